package io.github.atprotobackfill.examples.soak;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.BackfillRun;
import io.github.atprotobackfill.fetch.AdaptiveFetcher;
import io.github.atprotobackfill.fetch.ListRecordsFetcher;
import io.github.atprotobackfill.fetch.RepoExportFetcher;
import io.github.atprotobackfill.identity.DidResolvers;
import io.github.atprotobackfill.jdbc.JdbcRecordSink;
import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.StoreException;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.xrpc.HostPolicy;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * One process of a fleet, as an application that embeds the library: starts the job, or joins it
 * when it is told its id, and ends when the job has ended. Its clock may be wrong.
 */
final class SoakWorker {

  /** Said when all is prepared; the next line of its input lets it begin. */
  static final String READY = "ready";

  /**
   * What it ends with when the stores were away just when it began; whoever keeps it restarts it.
   */
  static final int TRY_AGAIN = 75;

  private static final int CONNECTIONS = 4;
  private static final int CONCURRENCY = 3;
  private static final Duration CONNECTION_WAIT = Duration.ofSeconds(5);
  private static final Duration HOST_PATIENCE = Duration.ofSeconds(3);
  private static final int ATTEMPTS = 8;
  private static final Duration FIRST_RETRY = Duration.ofMillis(200);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(1);
  private static final Duration LONG_ENOUGH = Duration.ofHours(1);

  private SoakWorker() {}

  /**
   * What a worker is told.
   *
   * @param clockOffBy how wrong its clock is
   * @param job the job to join; none to start it
   */
  record Orders(
      StorePlace place,
      String relay,
      String directory,
      Duration lease,
      Duration clockOffBy,
      Optional<UUID> job) {

    List<String> arguments() {
      return List.of(
          place.kind().name(),
          place.database(),
          place.redis(),
          relay,
          directory,
          lease.toString(),
          clockOffBy.toString(),
          job.map(UUID::toString).orElse(""));
    }

    static Orders parse(String[] arguments) {
      return new Orders(
          new StorePlace(StorePlace.Kind.valueOf(arguments[0]), arguments[1], arguments[2]),
          arguments[3],
          arguments[4],
          Duration.parse(arguments[5]),
          Duration.parse(arguments[6]),
          Optional.of(arguments[7]).filter(id -> !id.isEmpty()).map(UUID::fromString));
    }
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Orders orders = Orders.parse(arguments);
    InstantSource clock = InstantSource.offset(InstantSource.system(), orders.clockOffBy());
    try (HikariDataSource database = pool(orders.place().database());
        XrpcClient client = client(clock)) {
      System.out.println(READY);
      new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
      try (BackfillStores stores = orders.place().open(database);
          Backfill backfill =
              Backfill.builder()
                  .client(client)
                  .clock(clock)
                  .resolver(DidResolvers.standard(client, ServiceUrl.parse(orders.directory())))
                  .fetcher(fetcher(client, clock))
                  .stores(stores)
                  .sink(JdbcRecordSink.builder(database).build())
                  .leaseFor(orders.lease())
                  .concurrency(CONCURRENCY)
                  .hostPatience(HOST_PATIENCE)
                  .maxAttempts(ATTEMPTS)
                  .retryAfter(FIRST_RETRY, LONGEST_RETRY)
                  .build()) {
        BackfillRun run = begin(backfill, orders);
        System.out.println(run.id());
        run.await(LONG_ENOUGH);
        run.completion().toCompletableFuture().join();
      }
    } catch (StoreException e) {
      System.err.println(e);
      System.exit(TRY_AGAIN);
    }
  }

  private static HikariDataSource pool(String url) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(CONNECTIONS);
    config.setConnectionTimeout(CONNECTION_WAIT.toMillis());
    config.setInitializationFailTimeout(-1);
    return new HikariDataSource(config);
  }

  private static XrpcClient client(InstantSource clock) {
    HostPolicy quick = new HostPolicy(4, Double.POSITIVE_INFINITY, Integer.MAX_VALUE);
    return XrpcClient.builder()
        .allowPrivateHosts(true)
        .hostPolicy(host -> quick)
        .clock(clock)
        .build();
  }

  private static AdaptiveFetcher fetcher(XrpcClient client, InstantSource clock) {
    return new AdaptiveFetcher(
        client,
        RepoExportFetcher.builder(client).clock(clock).build(),
        new ListRecordsFetcher(client));
  }

  private static BackfillRun begin(Backfill backfill, Orders orders) {
    if (orders.job().isPresent()) {
      return join(backfill, orders.job().get());
    }
    Set<Nsid> collections =
        SoakNetwork.COLLECTIONS.stream().map(Nsid::parse).collect(Collectors.toSet());
    return backfill.start(
        new BackfillJob.Collections(List.of(ServiceUrl.parse(orders.relay())), collections, false));
  }

  private static BackfillRun join(Backfill backfill, UUID job) {
    if (backfill.jobs().find(job).isEmpty()) {
      // The store has lost its memory, and those who work on the job have not put it back yet.
      throw new StoreException("the store does not know the job", null);
    }
    return backfill.resume(job);
  }
}
