-- What a job counted, beside what its own row says: in several rows, so that those who add to it at once need not
-- wait for one another's commits.

CREATE TABLE ${prefix}job_count (
  job_id TEXT NOT NULL,
  slot INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  seen INTEGER NOT NULL,
  written INTEGER NOT NULL,
  unchanged INTEGER NOT NULL,
  deleted INTEGER NOT NULL,
  rejected INTEGER NOT NULL,
  PRIMARY KEY (job_id, slot)
);

INSERT INTO ${prefix}schema_version (version, applied_at)
VALUES (4, CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER));
