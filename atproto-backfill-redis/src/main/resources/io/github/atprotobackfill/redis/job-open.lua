-- ARGV: for how many milliseconds the job is kept, should it have ended, then its fields and values,
-- should there be none yet; without fields it is just looked for. Returns the fields and values of
-- the job, nothing when there is none.

if not known and #ARGV > 1 then
  local at = now()
  call('HSET', job, 'v', VERSION, unpack(ARGV, 2))
  call('HSETNX', job, 'created', whole(at))
  if call('HEXISTS', job, 'ended') == 1 then
    call('HSET', job, 'expires', whole(math.floor(at / 1000) + tonumber(ARGV[1])))
  end
end
return call('HGETALL', job)
