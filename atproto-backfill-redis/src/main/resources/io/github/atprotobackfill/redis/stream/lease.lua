-- Leases repos to whom their entries were handed out.
-- KEYS: the stream
-- ARGV: the prefix of our keys, group, consumer, reader, lease in ms, how long a record is kept
--       in ms, then entry and DID in turn
-- gives, for each entry, { fence, attempts, takeovers, position } or nothing: when it is another
--       consumer's by now, when it waits in a lane, when this reader has the repo, or when that
--       is under way for an entry before it; then it comes behind that one.
local stream, prefix, group, consumer, reader = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local lasts, kept = tonumber(ARGV[5]), ARGV[6]

local function is_ours(entry)
  local pending = redis.call('XPENDING', stream, group, entry, entry, 1)[1]
  return pending and pending[2] == consumer
end

local function lease(entry, did)
  local key = prefix .. 'repo:' .. did
  local held, state, till, by, attempts, takeovers, position = unpack(redis.call('HMGET', key,
    'entry', 'state', 'until', 'reader', 'attempts', 'takeovers', 'position'))
  if held == entry then
    if state == 'waiting' or (by == reader and tonumber(till) > now) then
      return {}
    end
    takeovers = tostring(tonumber(takeovers) + 1)
  elseif held and (state == 'waiting' or tonumber(till) > now) then
    redis.call('ZADD', prefix .. 'behind:' .. did, 'NX', now, entry)
    redis.call('PEXPIRE', prefix .. 'behind:' .. did, kept)
    return {}
  else
    redis.call('DEL', key)
    attempts, takeovers, position = '0', '0', false
  end
  local fence = next_fence(prefix)
  redis.call('HSET', key, 'entry', entry, 'state', 'leased', 'until', now + lasts, 'fence', fence,
    'reader', reader, 'attempts', attempts, 'takeovers', takeovers)
  redis.call('PEXPIRE', key, kept)
  return { fence, attempts, takeovers, position }
end

local leases = {}
for i = 7, #ARGV, 2 do
  leases[#leases + 1] = is_ours(ARGV[i]) and lease(ARGV[i], ARGV[i + 1]) or {}
end
return leases
