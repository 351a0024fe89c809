-- Times are milliseconds since 1970-01-01T00:00Z by the clock of the machine.
-- H2 commits after each of these statements, so each may be run again.

CREATE TABLE IF NOT EXISTS ${prefix}schema_version (
  version INTEGER NOT NULL PRIMARY KEY,
  applied_at BIGINT NOT NULL
);

CREATE TABLE IF NOT EXISTS ${prefix}job (
  seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id UUID NOT NULL UNIQUE,
  type VARCHAR NOT NULL,
  body CLOB NOT NULL,
  -- hash of the specification while the job is unfinished: equal jobs are one job
  open_key VARCHAR UNIQUE,
  state VARCHAR NOT NULL,
  reason VARCHAR,
  created_at BIGINT NOT NULL,
  started_at BIGINT,
  ended_at BIGINT,
  requests BIGINT DEFAULT 0 NOT NULL,
  bytes BIGINT DEFAULT 0 NOT NULL,
  seen BIGINT DEFAULT 0 NOT NULL,
  written BIGINT DEFAULT 0 NOT NULL,
  unchanged BIGINT DEFAULT 0 NOT NULL,
  deleted BIGINT DEFAULT 0 NOT NULL,
  rejected BIGINT DEFAULT 0 NOT NULL
);

CREATE TABLE IF NOT EXISTS ${prefix}job_error (
  job_id UUID NOT NULL,
  kind VARCHAR NOT NULL,
  occurred BIGINT NOT NULL,
  PRIMARY KEY (job_id, kind)
);

CREATE TABLE IF NOT EXISTS ${prefix}job_source (
  job_id UUID NOT NULL,
  source VARCHAR NOT NULL,
  next_cursor VARCHAR,
  done BOOLEAN NOT NULL,
  discovered BIGINT NOT NULL,
  error_kind VARCHAR,
  error_message VARCHAR,
  PRIMARY KEY (job_id, source)
);

CREATE TABLE IF NOT EXISTS ${prefix}job_host (
  job_id UUID NOT NULL,
  pds VARCHAR NOT NULL,
  PRIMARY KEY (job_id, pds)
);

CREATE TABLE IF NOT EXISTS ${prefix}repo (
  job_id UUID NOT NULL,
  did VARCHAR NOT NULL,
  -- empty while the host is not known
  pds VARCHAR NOT NULL,
  state VARCHAR NOT NULL,
  fence BIGINT DEFAULT 0 NOT NULL,
  attempts INTEGER DEFAULT 0 NOT NULL,
  worker VARCHAR,
  -- when it was queued, is due again, or its lease ends; null once its part in the job is over
  available_at BIGINT,
  position VARCHAR,
  rev VARCHAR,
  reason VARCHAR,
  error_kind VARCHAR,
  error_message VARCHAR,
  PRIMARY KEY (job_id, did)
);

CREATE INDEX IF NOT EXISTS ${prefix}repo_available ON ${prefix}repo (job_id, pds, available_at);

CREATE TABLE IF NOT EXISTS ${prefix}held (
  did VARCHAR PRIMARY KEY,
  pds VARCHAR NOT NULL,
  rev VARCHAR,
  collections VARCHAR NOT NULL,
  status VARCHAR NOT NULL,
  verified_at BIGINT NOT NULL
);

CREATE TABLE IF NOT EXISTS ${prefix}record (
  did VARCHAR NOT NULL,
  collection VARCHAR NOT NULL,
  rkey VARCHAR NOT NULL,
  uri VARCHAR GENERATED ALWAYS AS ('at://' || did || '/' || collection || '/' || rkey),
  cid VARCHAR NOT NULL,
  rev VARCHAR NOT NULL,
  record CLOB NOT NULL,
  indexed_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
  PRIMARY KEY (did, collection, rkey)
);

-- how accounts stand, of those that were ever told of
CREATE TABLE IF NOT EXISTS ${prefix}account (
  did VARCHAR PRIMARY KEY,
  active BOOLEAN NOT NULL,
  status VARCHAR NOT NULL,
  noted_at BIGINT NOT NULL
);

-- records, without those of accounts that are not active
CREATE VIEW IF NOT EXISTS ${prefix}visible_record AS
SELECT r.did, r.collection, r.rkey, r.uri, r.cid, r.rev, r.record, r.indexed_at
FROM ${prefix}record r
WHERE NOT EXISTS (SELECT 1 FROM ${prefix}account a WHERE a.did = r.did AND NOT a.active);

INSERT INTO ${prefix}schema_version (version, applied_at)
VALUES (1, CAST(FLOOR(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000) AS BIGINT));
