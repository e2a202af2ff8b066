-- What wrk does with each answer, and the one line of JSON that load.py reads.

local threads = {}
refused = 0

function setup(thread)
   table.insert(threads, thread)
end

-- wrk itself counts only answers from 400 on; one that leads to the sign-in page is a failure here.
function response(status)
   if status < 200 or status > 299 then
      refused = refused + 1
   end
end

function done(summary, latency)
   local errors = summary.errors
   local failed = errors.connect + errors.read + errors.write + errors.timeout
   for _, thread in ipairs(threads) do
      failed = failed + thread:get("refused")
   end
   print(string.format(
      '{"requests": %d, "microseconds": %d, "bytes": %d, "failed": %d, "p95": %d}',
      summary.requests, summary.duration, summary.bytes, failed, latency:percentile(95)
   ))
end
