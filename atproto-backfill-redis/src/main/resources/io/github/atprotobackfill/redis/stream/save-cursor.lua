-- Sets the cursor of a listing, and holds on to the lock under which that may be done.
-- KEYS: the cursor, the lock; ARGV: token, lock time in ms, cursor
-- gives: 1, or 0 when the lock is another's
if redis.call('GET', KEYS[2]) ~= ARGV[1] then
  return 0
end
redis.call('PEXPIRE', KEYS[2], ARGV[2])
redis.call('SET', KEYS[1], ARGV[3])
return 1
