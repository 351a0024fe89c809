-- What hosts still allow several processes behind one address, who spend it together.
-- Times are microseconds since 1970-01-01T00:00Z by the same clock as all others, 0 for never.

CREATE TABLE IF NOT EXISTS ${prefix}host_budget (
  -- scheme, name and port
  host VARCHAR(320) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  -- when the bucket was empty; ahead of the time, when it is
  empty_at BIGINT NOT NULL,
  parked_until BIGINT NOT NULL,
  -- what the host tells of its window for whole repos, and of that for everything else
  exports_left BIGINT NOT NULL,
  exports_reset_at BIGINT NOT NULL,
  exports_parked_until BIGINT NOT NULL,
  others_left BIGINT NOT NULL,
  others_reset_at BIGINT NOT NULL,
  others_parked_until BIGINT NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;

INSERT INTO ${prefix}schema_version (version, applied_at)
VALUES (3, TIMESTAMPDIFF(MICROSECOND, TIMESTAMP'1970-01-01 00:00:00', UTC_TIMESTAMP(3)) DIV 1000)
ON DUPLICATE KEY UPDATE version = version;
