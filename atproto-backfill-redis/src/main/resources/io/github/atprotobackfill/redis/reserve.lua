-- KEYS: which job is open for which specification. ARGV: a specification, a new id. Returns the id
-- under which the specification is open; the new one when there was none.

call('HSETNX', KEYS[1], ARGV[1], ARGV[2])
return call('HGET', KEYS[1], ARGV[1])
