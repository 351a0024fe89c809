-- KEYS: what was deleted of one repo lately, and what was before that; ARGV: life in ms, then
--       records and revs in turn
-- Both expire after two lives. Once the first is a life old it becomes the second, so that each
-- delete is remembered for one life at least and for two at most, however many come.
local lately, before, life = KEYS[1], KEYS[2], tonumber(ARGV[1])
local left = redis.call('PTTL', lately)
if left >= 0 and left <= life then
  redis.call('RENAME', lately, before)
  left = -2
end
for i = 2, #ARGV, 2 do
  local known = redis.call('HGET', lately, ARGV[i])
  if not known or known < ARGV[i + 1] then
    redis.call('HSET', lately, ARGV[i], ARGV[i + 1])
  end
end
if left < 0 then
  redis.call('PEXPIRE', lately, 2 * life)
end
return 1
