-- KEYS: a DID's answer. Returns it, and for how many milliseconds it is still kept; nothing when
-- there is none.

local answer = call('GET', KEYS[1])
return answer and {answer, call('PTTL', KEYS[1])} or {}
