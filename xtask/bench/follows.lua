-- GET of links, as browsers send it. Arguments: the path before the code; the number of the run, or 0 for one and the
-- same visitor in all runs; how many links are followed; how many referrers there are, over whom they are spread evenly.
-- Links are b-0000001, b-0000002, …
local prefix, run, links, step, same
local sent = 0

local AGENTS = {
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Safari/537.36",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/%d.4 Safari/605.1.15",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/%d.5 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Mobile Safari/537.36",
  "Mozilla/5.0 (X11; Linux x86_64; rv:%d.0) Gecko/20100101 Firefox/%d.0",
}

function init(arguments)
  prefix, run, links = arguments[1], tonumber(arguments[2]), tonumber(arguments[3])
  step = math.floor(tonumber(arguments[4]) / links)
  wrk.headers["Accept"] = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
  wrk.headers["Accept-Language"] = "de-DE,de;q=0.9,en;q=0.8"
  wrk.headers["Referer"] = "https://www.example.com/"
  wrk.headers["Sec-Fetch-Dest"] = "document"
  wrk.headers["Sec-Fetch-Mode"] = "navigate"
  wrk.headers["Sec-Fetch-Site"] = "cross-site"
  wrk.headers["Sec-Fetch-User"] = "?1"
  wrk.headers["Upgrade-Insecure-Requests"] = "1"
  wrk.headers["User-Agent"] = AGENTS[1]:format(126)
  if run == 0 then
    same = wrk.format("GET", prefix .. "b-0000001")
  end
end

function request()
  if same then
    return same
  end
  sent = sent + 1
  -- No two runs send the same visitor; links are taken in an order that jumps.
  local visitor = run * 1000000 + sent
  local version = 90 + visitor % 40
  wrk.headers["User-Agent"] = AGENTS[visitor % #AGENTS + 1]:format(version, version)
  wrk.headers["X-Bench-Address"] = (visitor % 199 + 1) .. "." .. (math.floor(visitor / 199) % 256) .. "."
    .. (math.floor(visitor / 50944) % 256) .. "." .. (math.floor(visitor / 13041664) % 256)
  return wrk.format("GET", prefix .. ("b-%07d"):format((visitor * 7919) % links * step + 1))
end

function done(summary)
  local wrong = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format("GOODWORD %d %d %d\n", summary.requests, summary.duration, wrong))
end
