-- Times are milliseconds since 1970-01-01T00:00Z by this server's clock.
-- Everything that is compared or ordered by the protocol's rules is collated "C".

CREATE TABLE ${prefix}schema_version (
  version integer NOT NULL PRIMARY KEY,
  applied_at bigint NOT NULL
);

CREATE TABLE ${prefix}job (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id uuid NOT NULL UNIQUE,
  type text NOT NULL,
  body text NOT NULL,
  -- hash of the specification while the job is unfinished: equal jobs are one job
  open_key text COLLATE "C" UNIQUE,
  state text NOT NULL,
  reason text,
  created_at bigint NOT NULL,
  started_at bigint,
  ended_at bigint,
  requests bigint NOT NULL DEFAULT 0,
  bytes bigint NOT NULL DEFAULT 0,
  seen bigint NOT NULL DEFAULT 0,
  written bigint NOT NULL DEFAULT 0,
  unchanged bigint NOT NULL DEFAULT 0,
  deleted bigint NOT NULL DEFAULT 0,
  rejected bigint NOT NULL DEFAULT 0
);

CREATE TABLE ${prefix}job_error (
  job_id uuid NOT NULL,
  kind text COLLATE "C" NOT NULL,
  occurred bigint NOT NULL,
  PRIMARY KEY (job_id, kind)
);

CREATE TABLE ${prefix}job_source (
  job_id uuid NOT NULL,
  source text COLLATE "C" NOT NULL,
  next_cursor text,
  done boolean NOT NULL,
  discovered bigint NOT NULL,
  error_kind text,
  error_message text,
  PRIMARY KEY (job_id, source)
);

CREATE TABLE ${prefix}job_host (
  job_id uuid NOT NULL,
  pds text COLLATE "C" NOT NULL,
  PRIMARY KEY (job_id, pds)
);

-- Every claim and every checkpoint moves available_at, so dead rows come fast: vacuum early.
CREATE TABLE ${prefix}repo (
  job_id uuid NOT NULL,
  did text COLLATE "C" NOT NULL,
  -- empty while the host is not known
  pds text COLLATE "C" NOT NULL,
  state text COLLATE "C" NOT NULL,
  fence bigint NOT NULL DEFAULT 0,
  attempts integer NOT NULL DEFAULT 0,
  worker text,
  -- when it was queued, is due again, or its lease ends; null once its part in the job is over
  available_at bigint,
  position text,
  rev text COLLATE "C",
  reason text,
  error_kind text,
  error_message text,
  PRIMARY KEY (job_id, did)
) WITH (
  fillfactor = 85,
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_threshold = 2000,
  autovacuum_analyze_scale_factor = 0.05
);

CREATE INDEX ${prefix}repo_available ON ${prefix}repo (job_id, pds, available_at)
  WHERE available_at IS NOT NULL;

CREATE TABLE ${prefix}held (
  did text COLLATE "C" PRIMARY KEY,
  pds text NOT NULL,
  rev text COLLATE "C",
  collections text NOT NULL,
  status text NOT NULL,
  verified_at bigint NOT NULL
);

CREATE TABLE ${prefix}record (
  did text COLLATE "C" NOT NULL,
  collection text COLLATE "C" NOT NULL,
  rkey text COLLATE "C" NOT NULL,
  uri text COLLATE "C" GENERATED ALWAYS AS
    ('at://' || did || '/' || collection || '/' || rkey) STORED,
  cid text COLLATE "C" NOT NULL,
  rev text COLLATE "C" NOT NULL,
  record ${record_type} NOT NULL,
  indexed_at timestamptz NOT NULL,
  PRIMARY KEY (did, collection, rkey)
);

-- how accounts stand, of those that were ever told of
CREATE TABLE ${prefix}account (
  did text COLLATE "C" PRIMARY KEY,
  active boolean NOT NULL,
  status text NOT NULL,
  noted_at bigint NOT NULL
);

-- records, without those of accounts that are not active
CREATE VIEW ${prefix}visible_record AS
SELECT r.did, r.collection, r.rkey, r.uri, r.cid, r.rev, r.record, r.indexed_at
FROM ${prefix}record r
WHERE NOT EXISTS (SELECT 1 FROM ${prefix}account a WHERE a.did = r.did AND NOT a.active);

INSERT INTO ${prefix}schema_version (version, applied_at)
VALUES (1, floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint);
