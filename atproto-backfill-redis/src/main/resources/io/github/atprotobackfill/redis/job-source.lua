-- ARGV: a source, and how far it has been listed. Returns whether there is such a job.

if not known then
  return 0
end
call('HSET', base .. 'sources', ARGV[1], ARGV[2])
local expires = call('HGET', job, 'expires')
if expires then
  call('PEXPIREAT', base .. 'sources', expires)
end
return 1
