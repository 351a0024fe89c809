-- What every script on repo states begins with. KEYS[1] is the head of what is held; the other keys
-- begin as it does, and so share its hash tag.

local VERSION = 1
local head = KEYS[1]
local base = string.sub(head, 1, -(string.len('head') + 1))

local version = call('GET', head)
if version then
  check_version(version, VERSION, head)
end

local function key(name)
  return base .. name
end

-- Hosts and sets of collections repeat: each is kept once, and a number stands for it.
local numbers = { host = {}, set = {} }
local names = { host = {}, set = {} }

local function number_of(kind, name)
  local known = numbers[kind]
  if not known[name] then
    local number = call('HGET', key(kind .. 's'), name)
    if not number then
      number = whole(call('HLEN', key(kind .. 's')) + 1)
      call('HSET', key(kind .. 's'), name, number)
      call('HSET', key(kind .. '-names'), number, name)
    end
    known[name] = number
  end
  return known[name]
end

local function name_of(kind, number)
  local known = names[kind]
  if not known[number] then
    local name = call('HGET', key(kind .. '-names'), number)
    if not name then
      fail(key(kind .. '-names') .. ' ' .. number, 'no name')
    end
    known[number] = name
  end
  return known[number]
end

-- Version, rev, when it was verified, numbers of host and collections, and the status, last since a
-- stranger may have chosen it; nothing for active.
local function find(did)
  local bucket, field = split(did)
  local repo = { key = key('repo:' .. bucket), field = field }
  local value = call('HGET', repo.key, field)
  if value then
    local rev, verified, host, set, status =
        string.match(value, '^1,(%w*),(%w+),(%d+),(%d+),(.*)$')
    if not rev then
      local place = repo.key .. ' ' .. field
      check_version(string.match(value, '^(%d+),'), VERSION, place)
      fail(place, 'not a repo')
    end
    repo.known = true
    repo.rev, repo.verified, repo.host, repo.set, repo.status = rev, verified, host, set, status
  end
  return repo
end

local function save(repo)
  local value = table.concat(
      {VERSION, repo.rev, repo.verified, repo.host, repo.set, repo.status}, ',')
  call('HSET', repo.key, repo.field, value)
end
