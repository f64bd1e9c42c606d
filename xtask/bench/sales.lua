-- POST /v1/sales with a new order of a new customer in every request.
-- Arguments: the secret key, a prefix that no earlier run has used, then click ids to take turns with.
local prefix
local evidence = {}
local sent = 0

function init(arguments)
  prefix = arguments[2]
  for at = 3, #arguments do
    evidence[#evidence + 1] = arguments[at]
  end
  wrk.method = "POST"
  wrk.headers["Authorization"] = "Bearer " .. arguments[1]
  wrk.headers["Content-Type"] = "application/json"
end

function request()
  sent = sent + 1
  local name = prefix .. "-" .. sent
  local body = '{"order_id":"order-' .. name .. '","customer_id":"customer-' .. name
    .. '","amount":4999,"currency":"EUR","click_id":"' .. evidence[sent % #evidence + 1] .. '"}'
  return wrk.format(nil, nil, nil, body)
end

function done(summary)
  local wrong = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format("GOODWORD %d %d %d\n", summary.requests, summary.duration, wrong))
  for kind, number in pairs(summary.errors) do
    if number > 0 then
      io.write(string.format("WRONG %d %s\n", number, kind))
    end
  end
end
