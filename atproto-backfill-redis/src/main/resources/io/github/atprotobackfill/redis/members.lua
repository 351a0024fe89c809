-- ARGV: buckets. Returns the DIDs in them, in no order.

local dids = {}
for _, bucket in ipairs(ARGV) do
  for _, field in ipairs(call('HKEYS', key('repo:' .. bucket))) do
    dids[#dids + 1] = bucket .. field
  end
end
return dids
