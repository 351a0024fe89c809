-- Of several processes that work on a job, one lists its sources.

CREATE TABLE ${prefix}job_discovery (
  job_id TEXT NOT NULL PRIMARY KEY,
  worker TEXT NOT NULL,
  -- when another may take it
  held_until INTEGER NOT NULL
);

-- How many repos the queue held when what the source told was in it.
ALTER TABLE ${prefix}job_source ADD COLUMN queued INTEGER NOT NULL DEFAULT 0;

INSERT INTO ${prefix}schema_version (version, applied_at)
VALUES (2, CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER));
