-- Leases repos that wait in one lane, those first that were due first.
-- KEYS: the stream
-- ARGV: the prefix of our keys, group, consumer, reader, lease in ms, how long a record is kept
--       in ms, the host of the lane ('' when it is not known), how many
-- gives: { DID, fence, attempts, takeovers, position } of each
local stream, prefix, group, consumer, reader = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local lasts, kept, host = tonumber(ARGV[5]), ARGV[6], ARGV[7]

local function leave_lane(did)
  redis.call('ZREM', prefix .. 'waiting:' .. host, did)
  if redis.call('HINCRBY', prefix .. 'hosts', host, -1) <= 0 then
    redis.call('HDEL', prefix .. 'hosts', host)
  end
end

local leases = {}
local due = redis.call('ZRANGEBYSCORE', prefix .. 'waiting:' .. host, '-inf', now,
  'LIMIT', 0, ARGV[8])
for _, did in ipairs(due) do
  leave_lane(did)
  local key = prefix .. 'repo:' .. did
  local entry, state, attempts, takeovers, position =
    unpack(redis.call('HMGET', key, 'entry', 'state', 'attempts', 'takeovers', 'position'))
  if state == 'waiting' then
    local claimed = redis.pcall('XCLAIM', stream, group, consumer, 0, entry, 'JUSTID')
    -- Without its group the entry is new to whoever makes it anew, and comes by that way.
    if not claimed.err then
      local fence = next_fence(prefix)
      redis.call('HSET', key, 'state', 'leased', 'until', now + lasts, 'fence', fence,
        'reader', reader)
      redis.call('PEXPIRE', key, kept)
      leases[#leases + 1] = { did, fence, attempts, takeovers, position }
    elseif string.find(claimed.err, 'NOGROUP', 1, true) then
      redis.call('DEL', key)
    else
      return claimed
    end
  end
end
return leases
