-- ARGV: a worker, and for how many milliseconds it wants to list the job's sources; 0 to give that
-- up. Returns whether it may.

local lister = base .. 'lister'
local other = call('GET', lister)
if not known or (other and other ~= ARGV[1]) then
  return 0
end
if ARGV[2] == '0' then
  call('DEL', lister)
  return 0
end
call('SET', lister, ARGV[1], 'PX', ARGV[2])
return 1
