-- ARGV: how many at most, how long in microseconds, worker, then host and wanted number of each;
-- an empty host is the one that is not known. Returns how many of the hosts were finished, then of
-- each repo the place of its host, DID, fence, failed tries, rev and position.

local most, lasts, worker = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local hosts = {}
for i = 4, #ARGV, 2 do
  hosts[#hosts + 1] = ARGV[i]
end
if #hosts == 0 then
  return {0}
end

local at = now()
local until_now = whole(at)
local host_numbers = call('HMGET', key('hosts'), unpack(hosts))
local due = {}
local finished = 0

while finished < #hosts and #due < most do
  local place = finished + 1
  local number = hosts[place] == '' and '' or host_numbers[place]
  if number then
    local wanted = tonumber(ARGV[3 + 2 * place])
    local room = most - #due
    local name = lane(number)
    local dids =
        call('ZRANGEBYSCORE', name, '-inf', until_now, 'LIMIT', 0, math.min(wanted, room))
    for _, did in ipairs(dids) do
      local repo = find(did)
      if not repo then
        fail(name .. ' ' .. did, 'a repo that the job does not have')
      end
      repo.place = place
      due[#due + 1] = repo
    end
    if #dids == room and wanted > room then
      break
    end
  end
  finished = place
end

local answer = {finished}
if #due == 0 then
  return answer
end

local dids = {}
for i, repo in ipairs(due) do
  dids[i] = repo.did
end
local positions = call('HMGET', key('position'), unpack(dids))
local lease_end = whole(at + lasts)
local lanes, workers = {}, {}

for i, repo in ipairs(due) do
  -- The time, so that a fence is greater than those that a server knew which lost its memory.
  repo.fence = whole(math.max(at, (tonumber(repo.fence) or 0) + 1))
  become(repo, 'L')
  save(repo)
  add(lanes, lane(repo.host), lease_end, repo.did)
  workers[#workers + 1] = repo.did
  workers[#workers + 1] = worker
  for _, value in ipairs({repo.place, repo.did, repo.fence, repo.attempts, repo.rev}) do
    answer[#answer + 1] = value
  end
  answer[#answer + 1] = positions[i]
end

for name, members in pairs(lanes) do
  set_many('ZADD', name, members)
end
set_many('HSET', key('worker'), workers)
save_counts()
finish()
return answer
