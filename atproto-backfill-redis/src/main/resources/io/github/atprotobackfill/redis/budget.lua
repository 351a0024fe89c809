-- KEYS: the budget of a host. ARGV: nothing to begin with; then what was found before, what is to
-- stand there instead, and for how many milliseconds. Returns whether that was done, the time in
-- microseconds and what stands there otherwise. What is in between is reckoned by who asks, so that
-- there is one reckoning for all stores.

local found = call('GET', KEYS[1])
if #ARGV > 0 and (found or '') == ARGV[1] then
  call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
  return {1}
end
return {0, whole(now()), found}
