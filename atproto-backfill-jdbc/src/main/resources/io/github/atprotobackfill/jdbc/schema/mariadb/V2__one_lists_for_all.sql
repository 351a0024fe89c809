-- Of several processes that work on a job, one lists its sources.

CREATE TABLE IF NOT EXISTS ${prefix}job_discovery (
  job_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  worker LONGTEXT NOT NULL,
  -- when another may take it
  held_until BIGINT NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- How many repos the queue held when what the source told was in it. Where the column is there, this
-- fails with error 1060, which says that it is done.
ALTER TABLE ${prefix}job_source ADD COLUMN queued BIGINT NOT NULL DEFAULT 0;

INSERT INTO ${prefix}schema_version (version, applied_at)
VALUES (2, TIMESTAMPDIFF(MICROSECOND, TIMESTAMP'1970-01-01 00:00:00', UTC_TIMESTAMP(3)) DIV 1000)
ON DUPLICATE KEY UPDATE version = version;
