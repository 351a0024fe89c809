-- KEYS: the stream; ARGV: group, idle time in ms, the consumer that leaves ('' when none does)
-- gives: how many were removed. Whoever is removed too early is back with its next reading.
-- To remove a consumer is to lose what is pending for it: so it is looked for in the same step.
local removed = 0
for _, fields in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local consumer = {}
  for i = 1, #fields, 2 do
    consumer[fields[i]] = fields[i + 1]
  end
  local is_gone = consumer.name == ARGV[3] or consumer.idle >= tonumber(ARGV[2])
  if is_gone and consumer.pending == 0 then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], consumer.name)
    removed = removed + 1
  end
end
return removed
