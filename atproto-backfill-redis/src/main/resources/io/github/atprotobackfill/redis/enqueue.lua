-- ARGV: DID, host, rev of each repo; host and rev may be empty. Returns how many were new.

local at = whole(now())
local lanes, buckets, seen = {}, {}, {}
local added = 0

for i = 1, #ARGV, 3 do
  local did, host, rev = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local bucket, field = split(did)
  local name = key('repo:' .. bucket)
  -- A host is met only by a repo that is new.
  if known_number(host) or call('HEXISTS', name, field) == 0 then
    local number = number_of(host)
    if set('HSETNX', name, field, record('Q', number, '', '', rev)) == 1 then
      add(lanes, lane(number), at, did)
      added = added + 1
      if not seen[bucket] then
        seen[bucket] = true
        buckets[#buckets + 1] = 0
        buckets[#buckets + 1] = bucket
      end
    end
  end
end

if added > 0 then
  for name, members in pairs(lanes) do
    set_many('ZADD', name, members)
  end
  set_many('ZADD', key('buckets'), buckets)
  set('HSET', head, 'v', VERSION)
  set('HINCRBY', head, 'Q', added)
  finish()
end
return added
