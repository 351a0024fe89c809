package io.github.atprotobackfill.jdbc;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/**
 * The PostgreSQL server of this JVM: the one that {@code BACKFILL_TEST_PG_URL} names, or else one
 * unpacked and started here. Where neither is possible, tests that need it are skipped with the
 * reason, or fail when {@code backfill.requirePostgres} is set.
 */
final class PostgresServer {

  private static final String URL_VARIABLE = "BACKFILL_TEST_PG_URL";
  private static final String REQUIRED_PROPERTY = "backfill.requirePostgres";

  private static final Start START = start();

  /** How the start went: a URL, or what stood in the way. */
  private record Start(String url, Exception failure) {}

  private PostgresServer() {}

  /** Where it is reached; aborts the test where there is none. */
  static String url() {
    if (START.failure() != null) {
      if (Boolean.getBoolean(REQUIRED_PROPERTY)) {
        throw new IllegalStateException("PostgreSQL is required", START.failure());
      }
      Assumptions.abort("no PostgreSQL: " + URL_VARIABLE + " is not set, and: " + START.failure());
    }
    return START.url();
  }

  private static Start start() {
    Optional<String> given = Optional.ofNullable(System.getenv(URL_VARIABLE));
    if (given.isPresent()) {
      return new Start(given.get(), null);
    }
    try {
      EmbeddedPostgres server = EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
      return new Start(server.getJdbcUrl("postgres", "postgres"), null);
    } catch (IOException | RuntimeException e) {
      return new Start(null, e);
    }
  }
}
