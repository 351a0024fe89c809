-- ARGV: the letters of the states that are wanted, how many repos to look at, and buckets. Returns how
-- many of the buckets it looked into, and the DIDs in them that are in these states, in no order.

local wanted, left = ARGV[1], tonumber(ARGV[2])
local answer = {0}
for i = 3, #ARGV do
  local bucket = ARGV[i]
  local fields = call('HGETALL', key('repo:' .. bucket))
  for at = 1, #fields, 2 do
    local state = string.match(fields[at + 1], '^1([QLRDUGF]),')
    -- What is no repo is found out when it is read.
    if not state or string.find(wanted, state, 1, true) then
      answer[#answer + 1] = join(bucket, fields[at])
    end
  end
  answer[1] = answer[1] + 1
  left = left - #fields / 2
  if left <= 0 then
    break
  end
end
return answer
