-- KEYS: the stream; ARGV: group, then the ids
-- A failed XACK of one id must not keep the others: so one at a time, and in one step all the same.
for i = 2, #ARGV do
  redis.call('XACK', KEYS[1], ARGV[1], ARGV[i])
  redis.call('XDEL', KEYS[1], ARGV[i])
end
return #ARGV - 1
