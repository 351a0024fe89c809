-- Of several processes that work on a job, one lists its sources.

CREATE TABLE ${prefix}job_discovery (
  job_id uuid NOT NULL PRIMARY KEY,
  worker text NOT NULL,
  -- when another may take it
  held_until bigint NOT NULL
);

-- How many repos the queue held when what the source told was in it.
ALTER TABLE ${prefix}job_source ADD COLUMN queued bigint NOT NULL DEFAULT 0;

INSERT INTO ${prefix}schema_version (version, applied_at)
VALUES (2, floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint);
