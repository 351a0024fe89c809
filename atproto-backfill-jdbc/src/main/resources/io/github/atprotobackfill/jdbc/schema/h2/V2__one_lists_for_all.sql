-- Of several processes that work on a job, one lists its sources.

CREATE TABLE IF NOT EXISTS ${prefix}job_discovery (
  job_id UUID NOT NULL PRIMARY KEY,
  worker VARCHAR NOT NULL,
  -- when another may take it
  held_until BIGINT NOT NULL
);

-- How many repos the queue held when what the source told was in it.
ALTER TABLE ${prefix}job_source ADD COLUMN IF NOT EXISTS queued BIGINT DEFAULT 0 NOT NULL;

INSERT INTO ${prefix}schema_version (version, applied_at)
VALUES (2, CAST(FLOOR(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000) AS BIGINT));
