-- KEYS: the stream
-- ARGV: group, consumer, idle time in ms, by how much to lower the count of deliveries, then the ids
-- gives: the ids that the consumer still has. What others took over meanwhile stays theirs.
local stream, group, consumer = KEYS[1], ARGV[1], ARGV[2]
local held = {}
for i = 5, #ARGV do
  local pending = redis.call('XPENDING', stream, group, ARGV[i], ARGV[i], 1)[1]
  if pending and pending[2] == consumer then
    local deliveries = math.max(pending[4] - tonumber(ARGV[4]), 0)
    redis.call('XCLAIM', stream, group, consumer, 0, ARGV[i],
      'IDLE', ARGV[3], 'RETRYCOUNT', deliveries, 'JUSTID')
    held[#held + 1] = ARGV[i]
  end
end
return held
