-- POST /v1/sales with a new order of a new customer in every request.
-- Arguments: bearer token, a prefix no earlier run has used, then codes or click ids to take turns with.
local token, prefix, kind
local evidence = {}
local sent = 0

function init(arguments)
  token, prefix, kind = arguments[1], arguments[2], arguments[3]
  for at = 4, #arguments do
    evidence[#evidence + 1] = arguments[at]
  end
  wrk.method = "POST"
  wrk.headers["Authorization"] = "Bearer " .. token
  wrk.headers["Content-Type"] = "application/json"
end

function request()
  sent = sent + 1
  local name = prefix .. "-" .. sent
  local body = '{"order_id":"order-' .. name .. '","customer_id":"customer-' .. name
    .. '","amount":4999,"currency":"EUR","' .. kind .. '":"' .. evidence[sent % #evidence + 1] .. '"}'
  return wrk.format(nil, nil, nil, body)
end

function done(summary)
  local wrong = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format("GOODWORD %d %d %d\n", summary.requests, summary.duration, wrong))
end
