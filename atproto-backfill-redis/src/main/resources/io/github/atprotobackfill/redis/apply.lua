-- ARGV: of each update what it is, DID, fence, microseconds to wait, host, text. Returns the DIDs
-- whose leases were lost.

local FIELDS = 6
local at = now()

-- Before anything is written, so that what cannot be read leaves nothing half done.
local repos = {}
for i = 1, #ARGV, FIELDS do
  repos[i] = find(ARGV[i + 1])
end

local function wait(repo, micros)
  set('ZADD', lane(repo.host), whole(at + tonumber(micros)), repo.did)
end

local function forget(name, repo)
  call('HDEL', key(name), repo.did)
end

local function remember(name, repo, text)
  set('HSET', key(name), repo.did, text)
end

local function put_back(repo, state, host, micros)
  become(repo, state)
  call('ZREM', lane(repo.host), repo.did)
  repo.host = number_of(host)
  wait(repo, micros)
  forget('worker', repo)
  save(repo)
end

local function close(repo, state, rev)
  become(repo, state)
  call('ZREM', lane(repo.host), repo.did)
  forget('worker', repo)
  forget('position', repo)
  repo.fence = ''
  repo.rev = rev
  save(repo)
end

-- Those that did not end as done are few, and asked for: each such state has an index.
local function list(repo)
  set('ZADD', key('ended:' .. repo.state), 0, repo.did)
end

local updates = {
  renew = function(repo, micros)
    wait(repo, micros)
  end,
  checkpoint = function(repo, micros, _, position)
    remember('position', repo, position)
    wait(repo, micros)
  end,
  release = function(repo, micros, host)
    put_back(repo, 'Q', host, micros)
  end,
  restart = function(repo, micros, host)
    forget('position', repo)
    put_back(repo, 'Q', host, micros)
  end,
  retry = function(repo, micros, host, failure)
    repo.attempts = whole((tonumber(repo.attempts) or 0) + 1)
    remember('failure', repo, failure)
    put_back(repo, 'R', host, micros)
  end,
  done = function(repo, _, _, rev)
    close(repo, 'D', rev)
  end,
  unavailable = function(repo, _, _, reason)
    close(repo, 'U', '')
    remember('reason', repo, reason)
    list(repo)
  end,
  gone = function(repo, _, _, reason)
    close(repo, 'G', '')
    remember('reason', repo, reason)
    list(repo)
  end,
  failed = function(repo, _, _, failure)
    close(repo, 'F', '')
    remember('failure', repo, failure)
    list(repo)
  end,
}

local lost = {}
for i = 1, #ARGV, FIELDS do
  local repo = repos[i]
  if repo and repo.state == 'L' and repo.fence == ARGV[i + 2] then
    updates[ARGV[i]](repo, ARGV[i + 3], ARGV[i + 4], ARGV[i + 5])
  else
    lost[#lost + 1] = ARGV[i + 1]
  end
end
save_counts()
finish()
return lost
