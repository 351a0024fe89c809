-- ARGV: of each repo its DID, rev, when it was verified, host, collections and status; the rev may be
-- empty. Of several for one repo each is taken in turn.

local FIELDS = 6

-- Byte by byte: Lua's own comparison goes by the server's language.
local function less(left, right)
  for i = 1, math.min(#left, #right) do
    local l, r = string.byte(left, i), string.byte(right, i)
    if l ~= r then
      return l < r
    end
  end
  return #left < #right
end

-- Before anything is written, so that what cannot be read leaves nothing half done.
for i = 1, #ARGV, FIELDS do
  find(ARGV[i])
end

for i = 1, #ARGV, FIELDS do
  local repo = find(ARGV[i])
  local rev, verified, host, set, status =
      ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4], ARGV[i + 5]
  local holds = repo.known and repo.rev ~= ''
  if not (holds and rev ~= '' and less(rev, repo.rev)) then
    if not (holds and rev == '') then
      repo.rev = rev
      repo.set = number_of('set', set)
    end
    repo.verified = verified
    repo.host = number_of('host', host)
    repo.status = status
    save(repo)
  end
end
call('SET', head, VERSION)
return 0
