-- ARGV: DIDs. Returns of each that the job has its DID, state, host, failed tries, rev, reason and
-- failure; nothing for what it does not have.

local entries = {}
local names = {}

local function name_of(number)
  if number == '' then
    return ''
  end
  if not names[number] then
    names[number] = call('HGET', key('names'), number)
    if not names[number] then
      fail(key('names') .. ' ' .. number, 'no host')
    end
  end
  return names[number]
end

for _, did in ipairs(ARGV) do
  local repo = find(did)
  if repo then
    local values = {
      did, repo.state, name_of(repo.host), repo.attempts, repo.rev,
      call('HGET', key('reason'), did), call('HGET', key('failure'), did)
    }
    for i = 1, 7 do
      entries[#entries + 1] = values[i]
    end
  end
end
return entries
