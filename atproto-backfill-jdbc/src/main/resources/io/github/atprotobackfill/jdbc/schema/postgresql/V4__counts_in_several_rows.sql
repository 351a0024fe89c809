-- What a job counted, beside what its own row says: in several rows, so that those who add to it at once need not
-- wait for one another's commits.

CREATE TABLE ${prefix}job_count (
  job_id uuid NOT NULL,
  slot integer NOT NULL,
  requests bigint NOT NULL,
  bytes bigint NOT NULL,
  seen bigint NOT NULL,
  written bigint NOT NULL,
  unchanged bigint NOT NULL,
  deleted bigint NOT NULL,
  rejected bigint NOT NULL,
  PRIMARY KEY (job_id, slot)
) WITH (fillfactor = 50);

INSERT INTO ${prefix}schema_version (version, applied_at)
VALUES (4, floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint);
