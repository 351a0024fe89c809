-- What a job counted, beside what its own row says: in several rows, so that those who add to it at once need not
-- wait for one another's commits.

CREATE TABLE IF NOT EXISTS ${prefix}job_count (
  job_id UUID NOT NULL,
  slot INTEGER NOT NULL,
  requests BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  seen BIGINT NOT NULL,
  written BIGINT NOT NULL,
  unchanged BIGINT NOT NULL,
  deleted BIGINT NOT NULL,
  rejected BIGINT NOT NULL,
  PRIMARY KEY (job_id, slot)
);

INSERT INTO ${prefix}schema_version (version, applied_at)
VALUES (4, CAST(FLOOR(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000) AS BIGINT));
