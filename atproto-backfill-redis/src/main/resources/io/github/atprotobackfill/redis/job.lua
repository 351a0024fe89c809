-- What every script on a job begins with. KEYS[1] is the job; the other keys of the job begin as it
-- does, and so share its hash tag.

local VERSION = 1
local job = KEYS[1]
local base = string.sub(job, 1, -(string.len('job') + 1))

local version = call('HGET', job, 'v')
local known = call('EXISTS', job) == 1
if known then
  check_version(version, VERSION, job)
end
