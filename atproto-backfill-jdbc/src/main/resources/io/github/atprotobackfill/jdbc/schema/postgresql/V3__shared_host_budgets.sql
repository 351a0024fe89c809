-- What hosts still allow several processes behind one address, who spend it together.
-- Rows change twice a second, so each page has room for the next versions of its rows.
-- Times are microseconds since 1970-01-01T00:00Z by the same clock as all others, 0 for never.

CREATE TABLE ${prefix}host_budget (
  -- scheme, name and port
  host text COLLATE "C" NOT NULL PRIMARY KEY,
  -- when the bucket was empty; ahead of the time, when it is
  empty_at bigint NOT NULL,
  parked_until bigint NOT NULL,
  -- what the host tells of its window for whole repos, and of that for everything else
  exports_left bigint NOT NULL,
  exports_reset_at bigint NOT NULL,
  exports_parked_until bigint NOT NULL,
  others_left bigint NOT NULL,
  others_reset_at bigint NOT NULL,
  others_parked_until bigint NOT NULL
) WITH (fillfactor = 50);

INSERT INTO ${prefix}schema_version (version, applied_at)
VALUES (3, floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint);
