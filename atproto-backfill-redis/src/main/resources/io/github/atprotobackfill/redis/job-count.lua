-- ARGV: a name for this call, for how many milliseconds it is remembered, then what to add to which
-- field. Returns whether there is such a job. A call that the client makes again is not added again.

if not known then
  return 0
end
if call('SET', base .. 'counted:' .. ARGV[1], 1, 'NX', 'PX', ARGV[2]) then
  for i = 3, #ARGV, 2 do
    call('HINCRBY', job, ARGV[i], ARGV[i + 1])
  end
end
return 1
