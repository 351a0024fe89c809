-- KEYS: which job is open for which specification. ARGV: a specification, the id of a job that has
-- ended.

if call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then
  call('HDEL', KEYS[1], ARGV[1])
end
return 0
