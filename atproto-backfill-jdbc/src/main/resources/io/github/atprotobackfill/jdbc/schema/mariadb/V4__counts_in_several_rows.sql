-- What a job counted, beside what its own row says: in several rows, so that those who add to it at once need not
-- wait for one another's commits.

CREATE TABLE IF NOT EXISTS ${prefix}job_count (
  job_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  slot INT NOT NULL,
  requests BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  seen BIGINT NOT NULL,
  written BIGINT NOT NULL,
  unchanged BIGINT NOT NULL,
  deleted BIGINT NOT NULL,
  rejected BIGINT NOT NULL,
  PRIMARY KEY (job_id, slot)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;

INSERT INTO ${prefix}schema_version (version, applied_at)
VALUES (4, TIMESTAMPDIFF(MICROSECOND, TIMESTAMP'1970-01-01 00:00:00', UTC_TIMESTAMP(3)) DIV 1000)
ON DUPLICATE KEY UPDATE version = version;
