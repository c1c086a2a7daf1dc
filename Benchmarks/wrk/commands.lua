-- wrk -s commands.lua URL -- COMMAND KEYS BATCH SEED
--
-- POST /pipeline with BATCH times GET or SET of random keys out of KEYS; with BATCH 0 POST / with one. The
-- keys and values are those of random_key.lua; as there, whole requests are made before the clock starts.

local COMMANDS = 400000
local requests = {}
local at = 0

function init(args)
    local command, keys, batch, seed = args[1], tonumber(args[2]), tonumber(args[3]), tonumber(args[4])
    math.randomseed(seed)
    local path = batch == 0 and "/" or "/pipeline"
    local head = "POST " .. path .. " HTTP/1.1\r\nHost: " .. wrk.host .. ":" .. wrk.port .. "\r\nContent-Length: "
    local one
    if command == "SET" then
        one = function(key) return string.format('["SET","key:%012d","value:%026d"]', key, key) end
    else
        one = function(key) return string.format('["GET","key:%012d"]', key) end
    end
    for i = 1, math.max(16, math.floor(COMMANDS / math.max(batch, 1))) do
        local body
        if batch == 0 then
            body = one(math.random(0, keys - 1))
        else
            local list = {}
            for j = 1, batch do list[j] = one(math.random(0, keys - 1)) end
            body = "[" .. table.concat(list, ",") .. "]"
        end
        requests[i] = head .. #body .. "\r\n\r\n" .. body
    end
end

function request()
    at = at % #requests + 1
    return requests[at]
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        'RESULT {"requests":%d,"microseconds":%d,"errors":%d,"p99_microseconds":%d}\n',
        summary.requests, summary.duration,
        errors.connect + errors.read + errors.write + errors.status + errors.timeout,
        latency:percentile(99)))
end
