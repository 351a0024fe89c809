package io.github.atprotobackfill.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.progress.WorkQueue;
import io.github.atprotobackfill.redis.RedisStores;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.UnifiedJedis;

/**
 * Four processes on one job against real servers, two of them killed again and again: the store is
 * what the network is, and the hosts themselves say how often they were asked.
 */
class FleetRealNetIT {

  private static final Set<String> COLLECTIONS = Set.of("com.example.note", "app.bsky.feed.post");
  private static final int WORKERS = 4;
  private static final int KILLED = 2;
  private static final int RATE = 3;
  private static final Duration SPAN = Duration.ofSeconds(10);

  @TempDir Path folder;

  private Path network;
  private NetworkTruth truth;

  @BeforeEach
  void read() throws Exception {
    network = Path.of(System.getProperty("realnet"));
    truth = NetworkTruth.read(network.toString());
  }

  @Test
  void fourOnPostgresOfWhichTwoAreKilledAgainAndAgain() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
      String url = postgres.getJdbcUrl("postgres", "postgres");
      Instant began = Instant.now();
      String job = work(List.of("--db", url));

      assertThat(Stored.records(url)).isEqualTo(truth.records(COLLECTIONS));
      assertEnds(Stored.ends(url, job));
      assertWithinBudget(began);
    }
  }

  @Test
  void fourOnRedisOfWhichTwoAreKilledAgainAndAgain() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
        LocalRedis redis = LocalRedis.start();
        UnifiedJedis client = redis.client()) {
      String url = postgres.getJdbcUrl("postgres", "postgres");
      Instant began = Instant.now();
      String job = work(List.of("--db", url, "--redis", redis.url()));

      assertThat(Stored.records(url)).isEqualTo(truth.records(COLLECTIONS));
      assertEnds(ends(RedisStores.builder(client).build().queue(), UUID.fromString(job)));
      assertWithinBudget(began);
    }
  }

  private static Map<String, String> ends(WorkQueue queue, UUID job) {
    return queue.repos(job, EnumSet.allOf(RepoState.class), null, 10_000).stream()
        .collect(Collectors.toMap(repo -> repo.did().toString(), repo -> repo.state().code()));
  }

  private void assertEnds(Map<String, String> ends) {
    Map<String, String> expected = new HashMap<>(truth.ends());
    expected.keySet().retainAll(ends.keySet());
    assertThat(ends)
        .as("what became of each repo that was listed")
        .isNotEmpty()
        .isEqualTo(expected);
  }

  /** Works on the job until it has ended, and says which it was. */
  private String work(List<String> place) throws Exception {
    List<ToolProcess> workers = new ArrayList<>();
    workers.add(ToolProcess.start(folder, run(place)));
    String job = running(place);
    List<String> join = join(place, job);
    while (workers.size() < WORKERS) {
      workers.add(0, ToolProcess.start(folder, join));
    }
    int kills = killSomeUntilTheOthersEnd(workers, join);
    for (ToolProcess worker : workers) {
      ToolRun ended = worker.await();
      assertThat(ended.status()).as(ended.err()).isZero();
    }
    assertThat(kills).as("kills of processes at work").isGreaterThan(KILLED);
    return job;
  }

  /** The job that was started, once it is there. */
  private static String running(List<String> place) throws Exception {
    while (true) {
      ToolRun jobs = ToolRun.of(List.of("jobs", "list"), place.toArray(String[]::new));
      if (jobs.status() == ExitStatus.COMPLETED && jobs.out().contains("running")) {
        return jobs.out().split(" ", -1)[0];
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  private int killSomeUntilTheOthersEnd(List<ToolProcess> workers, List<String> join)
      throws Exception {
    Random random = new Random(4);
    int kills = 0;
    while (survivorsWork(workers)) {
      TimeUnit.MILLISECONDS.sleep(500 + random.nextInt(1500));
      int victim = kills % KILLED;
      if (workers.get(victim).alive() && survivorsWork(workers)) {
        workers.get(victim).kill();
        workers.set(victim, ToolProcess.start(folder, join));
        kills++;
      }
    }
    return kills;
  }

  private static boolean survivorsWork(List<ToolProcess> workers) {
    return workers.subList(KILLED, WORKERS).stream().allMatch(ToolProcess::alive);
  }

  private List<String> run(List<String> place) {
    List<String> command = new ArrayList<>(List.of("run", "--relay", truth.relay(), "--json"));
    COLLECTIONS.forEach(collection -> command.addAll(List.of("--collection", collection)));
    command.addAll(place);
    command.addAll(common());
    return command;
  }

  private List<String> join(List<String> place, String job) {
    List<String> command = new ArrayList<>(List.of("worker", job));
    command.addAll(place);
    command.addAll(common());
    return command;
  }

  private List<String> common() {
    return List.of(
        "--plc",
        truth.directory(),
        "--allow-private-hosts",
        "--fetch",
        "list-records",
        "--share-host-budgets",
        "--max-rps-per-host",
        Integer.toString(RATE));
  }

  /**
   * All are behind one address, so that together they may ask a host as often as one may. What was
   * asked for in one second may arrive in the next.
   */
  private void assertWithinBudget(Instant began) throws Exception {
    long most = RATE * (SPAN.toSeconds() + 1) + RATE;
    for (Path log : HostLog.of(network)) {
      if (HostLog.isKept(log)) {
        List<Instant> requests = HostLog.requests(log, began);
        System.out.printf(
            "%s: %d requests, at most %d in %d s%n",
            log.getFileName(),
            requests.size(),
            HostLog.mostWithin(SPAN, requests),
            SPAN.toSeconds());
        assertThat(requests).as(log.toString()).isNotEmpty();
        assertThat((long) HostLog.mostWithin(SPAN, requests))
            .as("requests that reached %s within %s", log.getFileName(), SPAN)
            .isLessThanOrEqualTo(most);
      }
    }
  }
}
