-- Takes numbers, each wish with a key of its own, and tells wrk's figures as one line of JSON.
local services, run = {}, os.getenv("BENCH_RUN")
for name in os.getenv("BENCH_SERVICES"):gmatch("%S+") do services[#services + 1] = name end
local taken = 0

function request()
  taken = taken + 1
  local body = string.format('{"service":"%s","key":"%s-%d"}', services[taken % #services + 1], run, taken)
  return wrk.format("POST", nil, nil, body)
end

function done(summary, latency)
  io.write(string.format('\n{"requests":%d,"micros":%d,"refused":%d,"broken":%d,"p50":%.1f,"p99":%.1f}\n',
    summary.requests, summary.duration, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
