-- What every script begins with.

-- What goes wrong is told with the key it went wrong at, between marks that ScriptFailure looks for.
local function fail(key, what)
  error('<<' .. what .. ' at ' .. key .. '>>', 0)
end

local function call(command, key, ...)
  local answer = redis.pcall(command, key, ...)
  if type(answer) == 'table' and answer.err then
    fail(key, answer.err)
  end
  return answer
end

-- The server's time in microseconds.
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end

-- A number of microseconds in full, where Lua would write 1.7e+15.
local function whole(number)
  return string.format('%.0f', number)
end

-- Refuses what a later version of this library wrote, and what none did.
local function check_version(version, newest, key)
  local number = version and tonumber(version)
  if not number then
    fail(key, 'this was not written by atproto-backfill:')
  end
  if number > newest then
    fail(key, 'this was written by a later version of atproto-backfill:')
  end
end

-- Repos whose DIDs begin alike share a bucket, which Redis packs as long as it has few hundred of
-- them: with tens of millions of repos some 130,000 buckets hold 300 each. Buckets are in the order
-- of their DIDs, since a DID has no character below the mark between. The field is what the bucket
-- does not say.
local function split(did)
  if string.sub(did, 1, 8) ~= 'did:plc:' then
    return did .. '!', ''
  end
  local next = string.byte(did, 12) or 0
  local quarter = next < 99 and '0' or next < 107 and '1' or next < 115 and '2' or '3' -- c, k, s
  return string.sub(did, 1, 11) .. '!' .. quarter, string.sub(did, 12)
end

local function join(bucket, field)
  return string.match(bucket, '^[^!]*') .. field
end
