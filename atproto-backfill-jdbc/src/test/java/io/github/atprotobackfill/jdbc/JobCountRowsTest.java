package io.github.atprotobackfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.progress.AtomicScope;
import io.github.atprotobackfill.progress.JobCounts;
import io.github.atprotobackfill.progress.JobSpec;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Writers that count for one job need not wait for one another's commits. */
class JobCountRowsTest {

  private static final JobCounts ONE = new JobCounts(1, 1, 1, 1, 1, 1, 1, Map.of());

  @ParameterizedTest
  @EnumSource(
      value = TestStorage.Kind.class,
      names = {"POSTGRESQL", "MARIADB"})
  void whoCountsDoesNotWaitForATransactionThatCounted(TestStorage.Kind kind) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (TestStorage storage = TestStorage.withSchema(kind)) {
      JdbcStores stores = storage.stores();
      UUID job = stores.progress().open(new JobSpec("collections", "{}")).id();
      CountDownLatch counted = new CountDownLatch(1);
      CountDownLatch mayCommit = new CountDownLatch(1);
      AtomicScope scope = stores.queue().atomicScope().orElseThrow();
      Future<Boolean> first =
          threads.submit(
              () ->
                  scope.run(
                      () -> {
                        stores.progress().addCounts(job, ONE);
                        counted.countDown();
                        return mayCommit.await(1, TimeUnit.MINUTES);
                      }));
      counted.await();

      threads.submit(() -> stores.progress().addCounts(job, ONE)).get(1, TimeUnit.MINUTES);

      assertThat(stores.progress().find(job).orElseThrow().counts()).isEqualTo(ONE);
      mayCommit.countDown();
      assertThat(first.get()).as("the first was let go on, and did not give up").isTrue();
      assertThat(stores.progress().find(job).orElseThrow().counts()).isEqualTo(ONE.plus(ONE));
    } finally {
      threads.shutdownNow();
    }
  }
}
