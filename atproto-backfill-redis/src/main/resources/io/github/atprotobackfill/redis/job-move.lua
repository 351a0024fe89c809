-- ARGV: state from, state to, a name for this call, whether it starts the job, for how many
-- milliseconds the job is kept when it ends it, and the reason, when there is one. Returns 1 when
-- the job moved.

local from, to, call_name, starts, kept, reason = unpack(ARGV)

if not known then
  return 0
end
local fields = call('HMGET', job, 'state', 'moved', 'started')
if fields[1] == to and fields[2] == call_name then
  -- The answer to this very call was lost on the way, and the client made it again.
  return 1
end
if fields[1] ~= from then
  return 0
end

local at = now()
call('HSET', job, 'state', to, 'moved', call_name)
if reason then
  call('HSET', job, 'reason', reason)
else
  call('HDEL', job, 'reason')
end
if starts == '1' and not fields[3] then
  call('HSET', job, 'started', whole(at))
end
if kept ~= '' then
  local expires = whole(math.floor(at / 1000) + tonumber(kept))
  call('HSET', job, 'ended', whole(at), 'expires', expires)
  -- What is written of its queue from now on goes by this.
  call('HSET', base .. 'queue', 'v', VERSION, 'expires', expires)
end
return 1
