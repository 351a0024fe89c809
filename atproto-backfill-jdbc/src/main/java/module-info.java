/**
 * Keeps progress and records in a relational database. Start at {@link
 * io.github.atprotobackfill.jdbc.JdbcStores} and {@link
 * io.github.atprotobackfill.jdbc.JdbcRecordSink}.
 */
module io.github.atprotobackfill.jdbc {
  requires transitive io.github.atprotobackfill;
  requires transitive java.sql;
  requires org.slf4j;
  requires static transitive org.jspecify;

  exports io.github.atprotobackfill.jdbc;
}
