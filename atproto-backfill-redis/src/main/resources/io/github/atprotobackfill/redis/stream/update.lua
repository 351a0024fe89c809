-- Applies updates of leased repos, each only under the fence of the last lease.
-- KEYS: the stream
-- ARGV: the prefix of our keys, group, consumer, reader, how long a record is kept in ms, then of
--       each update: what, DID, fence, and three values that depend on what:
--         renew        lease in ms, '', ''
--         checkpoint   lease in ms, position, ''
--         release      wait in ms, host ('' when not known), 'keep' to go on at the position
--         retry        wait in ms, host, ''
--         end          the state it ends in, '', ''
-- gives: the DIDs whose leases were lost
local stream, prefix, group, consumer, kept = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[5]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- False when the group is gone, which takes the lease with it.
local function keep_entry(entry)
  local claimed = redis.pcall('XCLAIM', stream, group, consumer, 0, entry, 'JUSTID')
  if claimed.err and not string.find(claimed.err, 'NOGROUP', 1, true) then
    error(claimed.err)
  end
  return not claimed.err
end

local function renew(key, entry, lasts)
  redis.call('HSET', key, 'until', now + tonumber(lasts))
  redis.call('PEXPIRE', key, kept)
  if keep_entry(entry) then
    return true
  end
  redis.call('DEL', key)
  return false
end

local function wait_in_lane(key, did, after, host)
  redis.call('HSET', key, 'state', 'waiting', 'until', 0)
  redis.call('PEXPIRE', key, kept)
  if redis.call('ZADD', prefix .. 'waiting:' .. host, now + tonumber(after), did) == 1 then
    redis.call('HINCRBY', prefix .. 'hosts', host, 1)
  end
end

-- The first entry that came for the repo meanwhile, and is still there, has it read again.
local function let_next_come(key, did)
  local behind = prefix .. 'behind:' .. did
  local popped = redis.call('ZPOPMIN', behind)
  while popped[1] do
    if redis.call('XRANGE', stream, popped[1], popped[1])[1] then
      redis.call('HSET', key, 'entry', popped[1], 'attempts', 0, 'takeovers', 0)
      wait_in_lane(key, did, 0, '')
      return
    end
    popped = redis.call('ZPOPMIN', behind)
  end
end

local apply = {}

function apply.renew(key, entry, did, lasts)
  return renew(key, entry, lasts)
end

function apply.checkpoint(key, entry, did, lasts, position)
  redis.call('HSET', key, 'position', position, 'takeovers', 0)
  return renew(key, entry, lasts)
end

function apply.release(key, entry, did, after, host, keep)
  if keep ~= 'keep' then
    redis.call('HDEL', key, 'position')
  end
  wait_in_lane(key, did, after, host)
  return keep_entry(entry)
end

function apply.retry(key, entry, did, after, host)
  redis.call('HINCRBY', key, 'attempts', 1)
  wait_in_lane(key, did, after, host)
  return keep_entry(entry)
end

apply['end'] = function(key, entry, did, state)
  redis.call('XACK', stream, group, entry)
  redis.call('XDEL', stream, entry)
  redis.call('DEL', key)
  redis.call('HINCRBY', prefix .. 'ended', state, 1)
  let_next_come(key, did)
  return true
end

local lost = {}
for i = 6, #ARGV, 6 do
  local what, did, fence = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local key = prefix .. 'repo:' .. did
  local entry, state, current = unpack(redis.call('HMGET', key, 'entry', 'state', 'fence'))
  if state ~= 'leased' or current ~= fence
    or not apply[what](key, entry, did, ARGV[i + 3], ARGV[i + 4], ARGV[i + 5]) then
    lost[#lost + 1] = did
  end
end
return lost
