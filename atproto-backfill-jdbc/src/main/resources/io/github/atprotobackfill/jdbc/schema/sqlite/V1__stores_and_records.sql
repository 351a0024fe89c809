-- Times are milliseconds since 1970-01-01T00:00Z by the clock of the machine.
-- Texts compare by their bytes (BINARY, SQLite's default collation).

CREATE TABLE ${prefix}schema_version (
  version INTEGER NOT NULL PRIMARY KEY,
  applied_at INTEGER NOT NULL
);

CREATE TABLE ${prefix}job (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL,
  body TEXT NOT NULL,
  -- hash of the specification while the job is unfinished: equal jobs are one job
  open_key TEXT UNIQUE,
  state TEXT NOT NULL,
  reason TEXT,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  ended_at INTEGER,
  requests INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  seen INTEGER NOT NULL DEFAULT 0,
  written INTEGER NOT NULL DEFAULT 0,
  unchanged INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0,
  rejected INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE ${prefix}job_error (
  job_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  occurred INTEGER NOT NULL,
  PRIMARY KEY (job_id, kind)
);

CREATE TABLE ${prefix}job_source (
  job_id TEXT NOT NULL,
  source TEXT NOT NULL,
  next_cursor TEXT,
  done INTEGER NOT NULL,
  discovered INTEGER NOT NULL,
  error_kind TEXT,
  error_message TEXT,
  PRIMARY KEY (job_id, source)
);

CREATE TABLE ${prefix}job_host (
  job_id TEXT NOT NULL,
  pds TEXT NOT NULL,
  PRIMARY KEY (job_id, pds)
);

CREATE TABLE ${prefix}repo (
  job_id TEXT NOT NULL,
  did TEXT NOT NULL,
  -- empty while the host is not known
  pds TEXT NOT NULL,
  state TEXT NOT NULL,
  fence INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  worker TEXT,
  -- when it was queued, is due again, or its lease ends; null once its part in the job is over
  available_at INTEGER,
  position TEXT,
  rev TEXT,
  reason TEXT,
  error_kind TEXT,
  error_message TEXT,
  PRIMARY KEY (job_id, did)
);

CREATE INDEX ${prefix}repo_available ON ${prefix}repo (job_id, pds, available_at)
  WHERE available_at IS NOT NULL;

CREATE TABLE ${prefix}held (
  did TEXT NOT NULL PRIMARY KEY,
  pds TEXT NOT NULL,
  rev TEXT,
  collections TEXT NOT NULL,
  status TEXT NOT NULL,
  verified_at INTEGER NOT NULL
);

CREATE TABLE ${prefix}record (
  did TEXT NOT NULL,
  collection TEXT NOT NULL,
  rkey TEXT NOT NULL,
  uri TEXT GENERATED ALWAYS AS ('at://' || did || '/' || collection || '/' || rkey) VIRTUAL,
  cid TEXT NOT NULL,
  rev TEXT NOT NULL,
  record TEXT NOT NULL,
  indexed_at TEXT NOT NULL,
  PRIMARY KEY (did, collection, rkey)
);

-- how accounts stand, of those that were ever told of
CREATE TABLE ${prefix}account (
  did TEXT NOT NULL PRIMARY KEY,
  active INTEGER NOT NULL,
  status TEXT NOT NULL,
  noted_at INTEGER NOT NULL
);

-- records, without those of accounts that are not active
CREATE VIEW ${prefix}visible_record AS
SELECT r.did, r.collection, r.rkey, r.uri, r.cid, r.rev, r.record, r.indexed_at
FROM ${prefix}record r
WHERE NOT EXISTS (SELECT 1 FROM ${prefix}account a WHERE a.did = r.did AND NOT a.active);

INSERT INTO ${prefix}schema_version (version, applied_at)
VALUES (1, CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER));
