package io.github.atprotobackfill.xrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.syntax.Nsid;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a client leaves behind: nothing. */
class XrpcClientLifecycleTest {

  private static final Nsid METHOD = Nsid.parse("com.example.test.query");
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(20);

  @Test
  void threads_are_daemons_with_a_name_and_end_with_the_client() throws Exception {
    Set<Thread> before = threads("atproto-http");
    try (RawServer server = new RawServer((n, connection) -> RawServer.write(connection, OK))) {
      XrpcClient client = XrpcClient.builder().allowPrivateHosts(true).build();
      client.query(server.url(), METHOD, XrpcParams.none());
      Set<Thread> threads = threads("atproto-http");
      threads.removeAll(before);
      assertThat(threads).isNotEmpty().allMatch(Thread::isDaemon);

      client.close();
      client.close();

      for (Thread thread : threads) {
        thread.join(LONG_ENOUGH.toMillis());
        assertThat(thread.isAlive()).as(thread.getName()).isFalse();
      }
      assertThatThrownBy(() -> client.query(server.url(), METHOD, XrpcParams.none()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("closed");
    }
  }

  @Test
  void the_thread_of_the_http_client_ends_too() throws Exception {
    Set<Thread> before = threads("SelectorManager");
    try (RawServer server = new RawServer((n, connection) -> RawServer.write(connection, OK))) {
      XrpcClient client = XrpcClient.builder().allowPrivateHosts(true).build();
      client.query(server.url(), METHOD, XrpcParams.none());
      Set<Thread> added = threads("SelectorManager");
      added.removeAll(before);
      assertThat(added).hasSize(1);

      client.close();

      Thread selector = added.iterator().next();
      for (int tries = 0; selector.isAlive() && tries < 100; tries++) {
        System.gc();
        selector.join(200);
      }
      assertThat(selector.isAlive()).isFalse();
    }
  }

  private static Set<Thread> threads(String named) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().contains(named))
        .collect(Collectors.toCollection(HashSet::new));
  }

  @Test
  void a_call_under_way_is_answered_though_the_client_is_closed() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    try (RawServer server =
        new RawServer(
            (n, connection) -> {
              asked.countDown();
              closed.await();
              RawServer.write(connection, OK);
            })) {
      XrpcClient client = XrpcClient.builder().allowPrivateHosts(true).build();
      CompletableFuture<String> answer = new CompletableFuture<>();
      new Thread(
              () -> {
                try {
                  byte[] body = client.query(server.url(), METHOD, XrpcParams.none()).body();
                  answer.complete(new String(body, StandardCharsets.UTF_8));
                } catch (Throwable failed) {
                  answer.completeExceptionally(failed);
                }
              })
          .start();
      asked.await();

      client.close();
      closed.countDown();

      assertThat(answer.get()).isEqualTo("{}");
    }
  }

  @Test
  void an_http_client_that_was_handed_in_stays_open() throws Exception {
    HttpClient ours = HttpClient.newHttpClient();
    try (RawServer server = new RawServer((n, connection) -> RawServer.write(connection, OK))) {
      for (int i = 0; i < 2; i++) {
        try (XrpcClient client =
            XrpcClient.builder().allowPrivateHosts(true).httpClient(ours).build()) {
          assertThat(client.query(server.url(), METHOD, XrpcParams.none()).body()).hasSize(2);
        }
      }
    }
  }
}
