-- Holds on to a lock, or lets go of it. KEYS: the lock; ARGV: token, lock time in ms, 0 to let go
-- gives: 1, or 0 when the lock is another's
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
