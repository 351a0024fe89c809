-- What hosts still allow several processes behind one address, who spend it together.
-- Times are microseconds since 1970-01-01T00:00Z by the same clock as all others, 0 for never.

CREATE TABLE ${prefix}host_budget (
  -- scheme, name and port
  host TEXT NOT NULL PRIMARY KEY,
  -- when the bucket was empty; ahead of the time, when it is
  empty_at INTEGER NOT NULL,
  parked_until INTEGER NOT NULL,
  -- what the host tells of its window for whole repos, and of that for everything else
  exports_left INTEGER NOT NULL,
  exports_reset_at INTEGER NOT NULL,
  exports_parked_until INTEGER NOT NULL,
  others_left INTEGER NOT NULL,
  others_reset_at INTEGER NOT NULL,
  others_parked_until INTEGER NOT NULL
);

INSERT INTO ${prefix}schema_version (version, applied_at)
VALUES (3, CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER));
