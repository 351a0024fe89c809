-- Stands before the scripts that lease: the server's time in ms, and fences.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- Greater than any before it, also than those of a server that has forgotten everything since.
local function next_fence(prefix)
  local last = tonumber(redis.call('GET', prefix .. 'fence') or '0')
  local fence = string.format('%.0f', math.max(last + 1, time[1] * 1000000 + time[2]))
  redis.call('SET', prefix .. 'fence', fence)
  return fence
end

