package io.github.atprotobackfill.benchmarks;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server: the one that {@code BACKFILL_TEST_PG_URL} names, or one that is unpacked and
 * started here with every commit synced to disk, as a server is by default.
 */
final class Postgres implements AutoCloseable {

  private static final String URL_VARIABLE = "BACKFILL_TEST_PG_URL";

  private final @Nullable EmbeddedPostgres ours;
  private final String url;
  private int databases;

  private Postgres(@Nullable EmbeddedPostgres ours, String url) {
    this.ours = ours;
    this.url = url;
  }

  static Postgres start() throws IOException {
    String given = System.getenv(URL_VARIABLE);
    if (given != null) {
      return new Postgres(null, given);
    }
    EmbeddedPostgres server =
        EmbeddedPostgres.builder()
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .start();
    return new Postgres(server, server.getJdbcUrl("postgres", "postgres"));
  }

  /** An empty schema with the library's tables, dropped when closed. */
  Database newDatabase() {
    String schema = "bench_" + ProcessHandle.current().pid() + "_" + databases++;
    return Database.onPostgres(url, schema);
  }

  @Override
  public void close() throws IOException {
    if (ours != null) {
      ours.close();
    }
  }
}
