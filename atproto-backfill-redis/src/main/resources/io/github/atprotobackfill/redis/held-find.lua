-- ARGV: DIDs. Returns of each that something is known of its DID, rev, when it was verified, host,
-- collections and status.

local found = {}
for _, did in ipairs(ARGV) do
  local repo = find(did)
  if repo.known then
    local values = {
      did, repo.rev, repo.verified, name_of('host', repo.host), name_of('set', repo.set), repo.status
    }
    for i = 1, 6 do
      found[#found + 1] = values[i]
    end
  end
end
return found
