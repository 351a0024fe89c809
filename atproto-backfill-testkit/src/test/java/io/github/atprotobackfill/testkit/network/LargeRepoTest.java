package io.github.atprotobackfill.testkit.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import org.junit.jupiter.api.Test;

/** A large repo costs no memory: it is written as it is made. */
class LargeRepoTest {

  private static final int RECORDS = 250_000;
  private static final long HEAP_BYTES = 48L << 20;

  private final Http http = new Http();

  @Test
  void aRepoIsLargerThanTheMemoryThatItTakes() throws Exception {
    try (SimulatedNetwork network =
        SimulatedNetwork.builder()
            .hosts(1)
            .accounts(1)
            .repoSizes(RepoSizes.fixed(RECORDS))
            .start()) {
      SimulatedAccount account = network.account(0);
      String target = "com.atproto.sync.getRepo" + Http.query("did", account.did());
      byte[] buffer = new byte[64 * 1024];
      long bytes = 0;
      long most = 0;
      try (InputStream car = http.stream(account.host(), target)) {
        for (int count = car.read(buffer); count >= 0; count = car.read(buffer)) {
          boolean look = (bytes + count) >> 24 > bytes >> 24;
          bytes += count;
          most = look ? Math.max(most, heap()) : most;
        }
      }
      assertThat(bytes).isGreaterThan(RECORDS * 250L);
      assertThat(most).isBetween(1L, HEAP_BYTES);
    }
  }

  private static long heap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
