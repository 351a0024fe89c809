package io.github.atprotobackfill.jdbc;

import java.util.Locale;

/**
 * The type of PostgreSQL's {@code record} column, chosen when the schema is made. The others keep
 * text.
 */
public enum RecordColumn {
  /**
   * The default: fit for queries and indexes into records. Key order and spelling are PostgreSQL's.
   *
   * <p>It refuses JSON escapes that stand for no character (U+0000, and unpaired surrogates), which
   * strangers may put into their records. {@link JdbcRecordSink} then stores the record with U+FFFD
   * in their place, logs it, and counts it in {@link JdbcRecordSink#altered}; the {@code cid} stays
   * that of the record as published.
   */
  JSONB,
  /**
   * The text exactly as it was published, checked to be JSON. A query that reads a field with such
   * an escape fails, for the whole query.
   */
  JSON,
  /** The text exactly as it was published, unchecked: the fastest to write. */
  TEXT;

  String sql() {
    return name().toLowerCase(Locale.ROOT);
  }
}
