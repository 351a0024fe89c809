package io.github.atprotobackfill.benchmarks;

import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.InMemoryStores;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.UnifiedJedis;

/**
 * One of several processes that work on one job. Warms up on a network of its own, says that it is
 * ready, joins the job when it is told to, and says when it saw the job's end.
 */
final class WorkerMain {

  private static final int WARM_UPS = 3;

  private WorkerMain() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Options options = new Options(List.of(arguments));
    int concurrency = options.number("concurrency", 8);
    Rig warm = rig(options.required("warm-directory"), 4 * concurrency);
    Rig rig = rig(options.required("directory"), concurrency);
    BackfillJob warmUp = job(options.required("warm-relay"));
    BackfillJob job = job(options.required("relay"));
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Optional<String> redis = options.text("redis");
    String prefix = options.text("prefix").orElse("");
    try (Database database = Database.at(options.required("database"));
        UnifiedJedis client = redis.map(RedisClient::create).orElse(null)) {
      options.refuseUnknown();
      BackfillStores stores = client == null ? database.stores() : Redis.stores(client, prefix);
      for (int i = 0; i < WARM_UPS; i++) {
        warm.run(warmUp, new InMemoryStores(), events -> {});
      }
      System.out.println(WorkerProcess.READY);
      orders.readLine();
      Rig.Ended ended = rig.run(job, stores, database.sink());
      if (ended.progress().state() != JobState.COMPLETED) {
        throw new IllegalStateException("the job did not end well: " + ended.progress());
      }
      System.out.println(WorkerProcess.ENDED);
      orders.readLine();
    }
  }

  private static Rig rig(String directory, int concurrency) {
    return Rig.unlimited(ServiceUrl.parse(directory)).concurrency(concurrency);
  }

  private static BackfillJob job(String relay) {
    return new BackfillJob.Collections(
        List.of(ServiceUrl.parse(relay)), Set.of(Rig.COLLECTION), false);
  }
}
