package io.github.atprotobackfill.examples.embedding;

import com.zaxxer.hikari.HikariDataSource;
import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.BackfillRun;
import io.github.atprotobackfill.identity.DidResolvers;
import io.github.atprotobackfill.jdbc.JdbcRecordSink;
import io.github.atprotobackfill.jdbc.JdbcSchema;
import io.github.atprotobackfill.jdbc.JdbcStores;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Every record of a collection in your own database, which also remembers how far that went: {@code
 * EmbedWithJdbc RELAY COLLECTION JDBC-URL}, and for a network of your own {@code DIRECTORY} as
 * well. Kill it at any moment and start it again: it goes on, with nothing missing and nothing
 * twice.
 */
public final class EmbedWithJdbc {

  private EmbedWithJdbc() {}

  /** Gets all records of {@code args[1]} that the relay {@code args[0]} leads to. */
  public static void main(String[] args) throws InterruptedException {
    boolean ownNetwork = args.length > 3;
    ServiceUrl directory = ownNetwork ? ServiceUrl.parse(args[3]) : DidResolvers.PUBLIC_DIRECTORY;

    try (HikariDataSource database = new HikariDataSource();
        XrpcClient client = XrpcClient.builder().allowPrivateHosts(ownNetwork).build()) {
      database.setJdbcUrl(args[2]);
      JdbcSchema.of(database).create();
      try (Backfill backfill =
          Backfill.builder()
              .client(client)
              .resolver(DidResolvers.standard(client, directory))
              // On one DataSource, records and progress are committed together.
              .stores(JdbcStores.builder(database).build())
              .sink(JdbcRecordSink.builder(database).build())
              .build()) {
        BackfillRun run =
            backfill.start(
                new BackfillJob.Collections(
                    List.of(ServiceUrl.parse(args[0])), Set.of(Nsid.parse(args[1])), true));
        while (!run.await(Duration.ofSeconds(5))) {
          System.err.println(run.progress().repos());
        }
        System.err.println(run.progress().state() + ": " + run.progress().counts());
      }
    }
  }
}
