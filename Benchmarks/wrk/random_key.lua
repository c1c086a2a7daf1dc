-- wrk -s random_key.lua URL -- METHOD PREFIX KEYS SEED [DEPTH]
--
-- A random key of KEYS for every request: METHOD PREFIX .. "key:000000000042". Whole request strings are
-- made before the clock starts, more of them than are sent in a second or two, and then handed out in the
-- order they were made: drawing and formatting a key per request would cost the load generator more than
-- the network does. A PUT carries the 32 bytes that the loader stores under the same key.

local PREPARED = 262144
local requests = {}
local at = 0

function init(args)
    local method, prefix, keys, seed = args[1], args[2], tonumber(args[3]), tonumber(args[4])
    local depth = tonumber(args[5] or 1)
    math.randomseed(seed)
    local host = wrk.host .. ":" .. wrk.port
    local head = method .. " " .. prefix .. "key:%012d HTTP/1.1\r\nHost: " .. host .. "\r\n"
    for i = 1, PREPARED do
        local key = math.random(0, keys - 1)
        if method == "PUT" then
            requests[i] = string.format(head .. "Content-Length: 32\r\n\r\nvalue:%026d", key, key)
        else
            requests[i] = string.format(head .. "\r\n", key)
        end
    end
    if depth > 1 then
        -- So many at a time: wrk counts each answer.
        local groups = {}
        for i = 1, PREPARED - depth, depth do groups[#groups + 1] = table.concat(requests, "", i, i + depth - 1) end
        requests = groups
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
