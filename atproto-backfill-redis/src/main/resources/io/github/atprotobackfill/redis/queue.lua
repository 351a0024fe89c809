-- What every script on a job's queue begins with. KEYS[1] is the queue's head; the other keys of the
-- job begin as it does, and so share its hash tag.

local VERSION = 1
local head = KEYS[1]
local base = string.sub(head, 1, -(string.len('queue') + 1))

local function key(name)
  return base .. name
end

local head_fields = call('HMGET', head, 'v', 'expires')
local expires = head_fields[2]
if head_fields[1] then
  check_version(head_fields[1], VERSION, head)
elseif call('EXISTS', head) == 1 then
  check_version(nil, VERSION, head)
end

-- Once its job has ended, what is still written of it expires with the rest.
local written = {}
local function finish()
  if expires then
    for name in pairs(written) do
      call('PEXPIREAT', name, expires)
    end
  end
end

local function set(command, name, ...)
  written[name] = true
  return call(command, name, ...)
end

-- ZADD and HSET of many members at once; a call takes no more arguments than Lua's stack holds.
local function set_many(command, name, arguments)
  for from = 1, #arguments, 2000 do
    set(command, name, unpack(arguments, from, math.min(from + 1999, #arguments)))
  end
end

local function add(lists, name, ...)
  local list = lists[name]
  if not list then
    list = {}
    lists[name] = list
  end
  for _, value in ipairs({...}) do
    list[#list + 1] = value
  end
end

-- A repo: version and state (its first letter), number of the host, failed tries, fence, rev. The
-- fence is left out once the repo has ended.
local function record(state, host, attempts, fence, rev)
  return VERSION .. state .. ',' .. host .. ',' .. attempts .. ',' .. fence .. ',' .. rev
end

-- The repo with this DID; nil when the job does not have it.
local function find(did)
  local name, field = split(did)
  name = key('repo:' .. name)
  local value = call('HGET', name, field)
  if not value then
    return nil
  end
  local state, host, attempts, fence, rev =
      string.match(value, '^1([QLRDUGF]),(%d*),(%d*),(%d*),(%w*)$')
  if not state or (rev ~= '' and #rev ~= 13) then
    check_version(string.match(value, '^(%d+)%u,'), VERSION, name .. ' ' .. field)
    fail(name .. ' ' .. field, 'not a repo')
  end
  return {
    did = did, key = name, field = field,
    state = state, host = host, attempts = attempts, fence = fence, rev = rev
  }
end

local function save(repo)
  set('HSET', repo.key, repo.field,
      record(repo.state, repo.host, repo.attempts, repo.fence, repo.rev))
end

local moved = {}
local function become(repo, state)
  moved[repo.state] = (moved[repo.state] or 0) - 1
  moved[state] = (moved[state] or 0) + 1
  repo.state = state
end

local function save_counts()
  for state, change in pairs(moved) do
    if change ~= 0 then
      set('HINCRBY', head, state, change)
    end
  end
end

-- The number that stands for a host; none for the host that is not known.
local numbers = {[''] = ''}
local function known_number(host)
  local number = numbers[host] or call('HGET', key('hosts'), host)
  numbers[host] = number or nil
  return number
end

-- As known_number; a host that is new gets the next.
local function number_of(host)
  local number = known_number(host)
  if not number then
    number = whole(call('HLEN', key('hosts')) + 1)
    set('HSET', key('hosts'), host, number)
    set('HSET', key('names'), number, host)
    numbers[host] = number
  end
  return number
end

-- The repos of a host that have not ended, by when they may be claimed.
local function lane(host)
  return key('lane:' .. host)
end
