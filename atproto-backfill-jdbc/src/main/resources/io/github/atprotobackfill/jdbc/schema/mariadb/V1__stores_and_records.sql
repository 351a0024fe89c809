-- For MariaDB 10.6 or later and MySQL 8 or later.
-- Times are milliseconds since 1970-01-01T00:00Z by this server's clock; indexed_at is UTC.
-- Both commit after each of these statements, so each may be run again.
--
-- What the protocol compares by bytes is ASCII, and so it is here: case-sensitive, in the order of
-- the bytes, and short enough for InnoDB's keys of 3072 bytes, however long a DID (2048), collection
-- (317) and record key (512) are.

CREATE TABLE IF NOT EXISTS ${prefix}schema_version (
  version INTEGER NOT NULL PRIMARY KEY,
  applied_at BIGINT NOT NULL
) ENGINE = InnoDB;

CREATE TABLE IF NOT EXISTS ${prefix}job (
  seq BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL UNIQUE,
  type LONGTEXT NOT NULL,
  body LONGTEXT NOT NULL,
  -- hash of the specification while the job is unfinished: equal jobs are one job
  open_key CHAR(64) CHARACTER SET ascii COLLATE ascii_bin UNIQUE,
  state VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reason LONGTEXT,
  created_at BIGINT NOT NULL,
  started_at BIGINT,
  ended_at BIGINT,
  requests BIGINT NOT NULL DEFAULT 0,
  bytes BIGINT NOT NULL DEFAULT 0,
  seen BIGINT NOT NULL DEFAULT 0,
  written BIGINT NOT NULL DEFAULT 0,
  unchanged BIGINT NOT NULL DEFAULT 0,
  deleted BIGINT NOT NULL DEFAULT 0,
  rejected BIGINT NOT NULL DEFAULT 0
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS ${prefix}job_error (
  job_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  occurred BIGINT NOT NULL,
  PRIMARY KEY (job_id, kind)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;

CREATE TABLE IF NOT EXISTS ${prefix}job_source (
  job_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- as long as a key may be
  source VARCHAR(700) NOT NULL,
  next_cursor LONGTEXT,
  done BOOLEAN NOT NULL,
  discovered BIGINT NOT NULL,
  error_kind VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin,
  error_message LONGTEXT,
  PRIMARY KEY (job_id, source)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS ${prefix}job_host (
  job_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  pds VARCHAR(320) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (job_id, pds)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;

CREATE TABLE IF NOT EXISTS ${prefix}repo (
  job_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  did VARCHAR(2048) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- empty while the host is not known
  pds VARCHAR(320) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  fence BIGINT NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  worker LONGTEXT,
  -- when it was queued, is due again, or its lease ends; null once its part in the job is over
  available_at BIGINT,
  position LONGTEXT,
  rev CHAR(13) CHARACTER SET ascii COLLATE ascii_bin,
  reason LONGTEXT,
  error_kind VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin,
  error_message LONGTEXT,
  PRIMARY KEY (job_id, did),
  KEY ${prefix}repo_available (job_id, pds, available_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS ${prefix}held (
  did VARCHAR(2048) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  pds VARCHAR(320) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  rev CHAR(13) CHARACTER SET ascii COLLATE ascii_bin,
  collections LONGTEXT NOT NULL,
  status LONGTEXT NOT NULL,
  verified_at BIGINT NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS ${prefix}record (
  did VARCHAR(2048) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  collection VARCHAR(317) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  rkey VARCHAR(512) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  uri VARCHAR(2884) CHARACTER SET ascii COLLATE ascii_bin
    GENERATED ALWAYS AS (CONCAT(_ascii'at://', did, _ascii'/', collection, _ascii'/', rkey)) VIRTUAL,
  cid VARCHAR(256) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  rev CHAR(13) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- the text as published; a JSON column would spell numbers, keys and escapes in its own way
  record LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  indexed_at DATETIME(3) NOT NULL,
  PRIMARY KEY (did, collection, rkey)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;

-- how accounts stand, of those that were ever told of
CREATE TABLE IF NOT EXISTS ${prefix}account (
  did VARCHAR(2048) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  active BOOLEAN NOT NULL,
  status LONGTEXT NOT NULL,
  noted_at BIGINT NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- records, without those of accounts that are not active
CREATE OR REPLACE VIEW ${prefix}visible_record AS
SELECT r.did, r.collection, r.rkey, r.uri, r.cid, r.rev, r.record, r.indexed_at
FROM ${prefix}record r
WHERE NOT EXISTS (SELECT 1 FROM ${prefix}account a WHERE a.did = r.did AND NOT a.active);

INSERT INTO ${prefix}schema_version (version, applied_at)
VALUES (1, TIMESTAMPDIFF(MICROSECOND, TIMESTAMP'1970-01-01 00:00:00', UTC_TIMESTAMP(3)) DIV 1000)
ON DUPLICATE KEY UPDATE version = version;
