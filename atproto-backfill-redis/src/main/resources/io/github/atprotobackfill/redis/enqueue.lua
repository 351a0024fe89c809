-- ARGV: DID, host, rev of each repo; host and rev may be empty. Returns how many were new.

local at = whole(now())
local lanes, open, buckets = {}, {}, {}
local added = 0

for i = 1, #ARGV, 3 do
  local did, host, rev = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local bucket, field = split(did)
  local name = key('repo:' .. bucket)
  if call('HEXISTS', name, field) == 0 then
    local number = number_of(host)
    set('HSET', name, field, record('Q', number, '', '', rev))
    add(lanes, lane(number), at, did)
    open[#open + 1] = 0
    open[#open + 1] = did
    buckets[#buckets + 1] = 0
    buckets[#buckets + 1] = bucket
    added = added + 1
  end
end

if added > 0 then
  for name, members in pairs(lanes) do
    set_many('ZADD', name, members)
  end
  set_many('ZADD', key('open'), open)
  set_many('ZADD', key('buckets'), buckets)
  set('HSET', head, 'v', VERSION)
  set('HINCRBY', head, 'Q', added)
  finish()
end
return added
