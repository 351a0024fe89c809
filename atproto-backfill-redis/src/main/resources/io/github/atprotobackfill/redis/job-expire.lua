-- ARGV: a time in milliseconds, or nothing for at once. Returns whether there was such a job.

for _, name in ipairs({'sources', 'job'}) do
  if ARGV[1] == '' then
    call('UNLINK', base .. name)
  else
    call('PEXPIREAT', base .. name, ARGV[1])
  end
end
return known and 1 or 0
