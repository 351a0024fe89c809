-- Returns how many microseconds ago the job ended, when it has; -1 when there is no such job.

if not known then
  return '-1'
end
local ended = call('HGET', job, 'ended')
return ended and whole(math.max(0, now() - tonumber(ended))) or ''
