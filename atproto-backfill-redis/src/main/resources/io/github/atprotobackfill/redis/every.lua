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

-- A repo's key is made of the beginning of its DID and shared with others, so that Redis packs
-- them; the rest of the DID is the field. Both keep the order of DIDs.
local function split(did)
  if string.sub(did, 1, 8) == 'did:plc:' then
    return string.sub(did, 1, 12), string.sub(did, 13)
  end
  return did, ''
end
