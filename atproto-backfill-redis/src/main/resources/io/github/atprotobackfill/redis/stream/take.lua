-- KEYS: the stream
-- ARGV: group, consumer, most entries, lease in ms,
--       the id after which the consumer's own entries are wanted ('' for none of them),
--       the id from which abandoned entries are looked for
-- gives: { entries { id, fields, deliveries }, id of the last own entry ('' when there are no more),
--          the id from which to look next, how many were taken over, how many were gone }
local stream, group, consumer = KEYS[1], ARGV[1], ARGV[2]
local most = tonumber(ARGV[3])
local entries, taken_over, gone = {}, 0, 0

local function deliveries(id)
  local pending = redis.call('XPENDING', stream, group, id, id, 1)
  return pending[1] and pending[1][4] or 1
end

-- An entry that was removed while it was pending is pending for ever, until it is acknowledged.
local function forget(id)
  redis.call('XACK', stream, group, id)
  gone = gone + 1
end

local function read(after)
  local read_streams = redis.call(
    'XREADGROUP', 'GROUP', group, consumer, 'COUNT', most - #entries, 'STREAMS', stream, after)
  return read_streams and read_streams[1][2] or {}
end

local last_own = ''
if ARGV[5] ~= '' then
  local own = read(ARGV[5])
  for _, entry in ipairs(own) do
    if entry[2] then
      entries[#entries + 1] = { entry[1], entry[2], deliveries(entry[1]) }
    else
      forget(entry[1])
    end
  end
  if #own == most then
    last_own = own[#own][1]
  end
end

local look_from = ARGV[6]
if #entries < most and last_own == '' then
  local claimed = redis.call('XAUTOCLAIM', stream, group, consumer, ARGV[4], look_from,
    'COUNT', most - #entries, 'JUSTID')
  look_from = claimed[1]
  for _, id in ipairs(claimed[2]) do
    -- Only now, not with JUSTID, does it count as delivered once more.
    local entry = redis.call('XCLAIM', stream, group, consumer, 0, id)[1]
    if entry then
      entries[#entries + 1] = { id, entry[2], deliveries(id) }
      taken_over = taken_over + 1
    else
      forget(id)
    end
  end
end

if #entries < most and last_own == '' then
  for _, entry in ipairs(read('>')) do
    entries[#entries + 1] = { entry[1], entry[2], 1 }
  end
end

return { entries, last_own, look_from, taken_over, gone }
