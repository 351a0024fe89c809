package io.github.atprotobackfill;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class WorkThreadsTest {

  /** Each of it may wait for a sink that is away, and nobody is left who needs it. */
  @Test
  void whatWasToBeAskedAheadHoldsNoEndUp() throws Exception {
    WorkThreads threads = new WorkThreads(UUID.randomUUID(), 1);
    CountDownLatch never = new CountDownLatch(1);
    AtomicBoolean asked = new AtomicBoolean();
    for (int i = 0; i < WorkThreads.COMPARING; i++) {
      threads
          .comparing()
          .execute(
              () -> {
                try {
                  never.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
    }
    threads.comparing().execute(() -> asked.set(true));

    threads.close(Duration.ofMinutes(1));

    assertThat(asked).isFalse();
  }
}
