-- Returns how many repos are queued, leased, to be tried again, done, unavailable, gone and failed,
-- and in how many microseconds the next may be claimed.

local counts = call('HMGET', head, 'Q', 'L', 'R', 'D', 'U', 'G', 'F')
local next_at = nil

local function look(number)
  local first = call('ZRANGE', lane(number), 0, 0, 'WITHSCORES')
  local at = first[2] and tonumber(first[2])
  if at and (not next_at or at < next_at) then
    next_at = at
  end
end

look('')
for number = 1, call('HLEN', key('hosts')) do
  look(whole(number))
end
counts[#counts + 1] = next_at and whole(next_at - now()) or false
return counts
