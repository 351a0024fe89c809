-- ARGV: a time in milliseconds, or nothing for at once, then names of keys of the job.

for i = 2, #ARGV do
  if ARGV[1] == '' then
    call('UNLINK', key(ARGV[i]))
  else
    call('PEXPIREAT', key(ARGV[i]), ARGV[1])
  end
end
return 0
