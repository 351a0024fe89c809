package io.github.atprotobackfill.xrpc;

import static io.github.atprotobackfill.xrpc.RawServer.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Nsid;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Hosts that hang, trickle, flood, reset and talk nonsense, over real sockets. */
@ParameterizedClass
@EnumSource
class HostileHostTest {

  private static final Nsid METHOD = Nsid.parse("com.example.test.query");
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
  private static final String ENDLESS = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n";
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofSeconds(30);

  /** The way of one JVM, and the way of a later one, both of which run on this one. */
  enum Way {
    BY_REQUEST_TIMEOUT(timer -> new FirstByteLimit.ByRequestTimeout()),
    BY_CANCELLING(FirstByteLimit.ByCancelling::new);

    private final Function<ScheduledExecutorService, FirstByteLimit> limit;

    Way(Function<ScheduledExecutorService, FirstByteLimit> limit) {
      this.limit = limit;
    }
  }

  private final Way way;
  private RawServer server;
  private XrpcClient client;

  HostileHostTest(Way way) {
    this.way = way;
  }

  /** Java's client takes its time to load, which is not what the short limits are to measure. */
  @BeforeAll
  static void warmUp() throws Exception {
    try (RawServer server = new RawServer((n, connection) -> write(connection, OK));
        XrpcClient client = XrpcClient.builder().allowPrivateHosts(true).build()) {
      client.query(server.url(), METHOD, XrpcParams.none());
    }
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    if (server != null) {
      server.close();
    }
  }

  private XrpcClientBuilder patient() {
    return XrpcClient.builder()
        .allowPrivateHosts(true)
        .hostPolicy(service -> new HostPolicy(100, Double.POSITIVE_INFINITY, 100))
        .firstByteLimit(way.limit)
        .retry(RetryPolicy.NONE)
        .deadline(LONG)
        .firstByte(LONG);
  }

  private XrpcException failureOf(XrpcClientBuilder with, RawServer.Script script)
      throws Exception {
    server = new RawServer(script);
    client = with.build();
    return failure();
  }

  private XrpcException failure() {
    return catchThrowableOfType(
        XrpcException.class, () -> client.query(server.url(), METHOD, XrpcParams.none()));
  }

  @Test
  void silence_ends_at_the_first_byte_floor_and_closes_the_connection() throws Exception {
    XrpcException failure =
        failureOf(patient().firstByte(SHORT), (n, connection) -> RawServer.hang(connection));

    assertThat(failure.kind()).isEqualTo(ErrorKind.TIMEOUT);
    assertThat(failure.status()).isZero();
    assertThat(failure).hasMessageContaining(METHOD.value()).hasMessageContaining("127.0.0.1");
    assertThat(server.sawClientClose()).isTrue();
  }

  @Test
  void trickling_headers_end_at_the_first_byte_floor() throws Exception {
    XrpcException failure =
        failureOf(
            patient().firstByte(SHORT),
            (n, connection) -> {
              write(connection, "HTTP/1.1 200 OK\r\nX-Slow: ");
              RawServer.trickle(connection);
            });

    assertThat(failure.kind()).isEqualTo(ErrorKind.TIMEOUT);
    assertThat(failure.status()).isZero();
    assertThat(server.sawClientClose()).isTrue();
  }

  @Test
  void a_trickling_body_ends_at_the_deadline_and_closes_the_connection() throws Exception {
    XrpcException failure =
        failureOf(
            patient().deadline(SHORT),
            (n, connection) -> {
              write(connection, ENDLESS);
              RawServer.trickle(connection);
            });

    assertThat(failure.kind()).isEqualTo(ErrorKind.TIMEOUT);
    assertThat(server.sawClientClose()).isTrue();
  }

  @Test
  void a_body_that_stops_ends_at_the_deadline() throws Exception {
    XrpcException failure =
        failureOf(
            patient().deadline(SHORT),
            (n, connection) -> {
              write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{");
              RawServer.hang(connection);
            });

    assertThat(failure.kind()).isEqualTo(ErrorKind.TIMEOUT);
    assertThat(server.sawClientClose()).isTrue();
  }

  @Test
  void a_trickling_body_ends_at_the_throughput_floor() throws Exception {
    XrpcException failure =
        failureOf(
            patient().throughputWindow(SHORT).minBytesPerSecond(10_000),
            (n, connection) -> {
              write(connection, ENDLESS);
              RawServer.trickle(connection);
            });

    assertThat(failure.kind()).isEqualTo(ErrorKind.TOO_SLOW);
    assertThat(server.sawClientClose()).isTrue();
  }

  @Test
  void an_endless_body_ends_at_the_cap_and_closes_the_connection() throws Exception {
    XrpcException failure =
        failureOf(
            patient().maxBodyBytes(100_000),
            (n, connection) -> {
              write(connection, ENDLESS);
              RawServer.flood(connection);
            });

    assertThat(failure.kind()).isEqualTo(ErrorKind.RESPONSE_TOO_LARGE);
    assertThat(server.sawClientClose()).isTrue();
  }

  @Test
  void an_announced_body_above_the_cap_is_not_read_at_all() throws Exception {
    XrpcException failure =
        failureOf(
            patient().maxBodyBytes(100_000),
            (n, connection) -> {
              write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 2000000000\r\n\r\n");
              RawServer.hang(connection);
            });

    assertThat(failure.kind()).isEqualTo(ErrorKind.RESPONSE_TOO_LARGE);
    assertThat(server.sawClientClose()).isTrue();
  }

  @Test
  void an_endless_error_body_still_tells_the_status() throws Exception {
    XrpcException failure =
        failureOf(
            patient(),
            (n, connection) -> {
              write(connection, "HTTP/1.1 403 Forbidden\r\n\r\n");
              RawServer.flood(connection);
            });

    assertThat(failure.kind()).isEqualTo(ErrorKind.REFUSED);
    assertThat(failure.status()).isEqualTo(403);
    assertThat(server.sawClientClose()).isTrue();
  }

  @Test
  void an_error_cut_in_the_middle_still_tells_status_and_name() throws Exception {
    XrpcException failure =
        failureOf(
            patient(),
            (n, connection) -> {
              write(connection, "HTTP/1.1 400 Bad Request\r\nContent-Length: 500\r\n\r\n");
              write(connection, "{\"error\":\"RepoNotFound\",\"mess");
              RawServer.reset(connection);
            });

    assertThat(failure.kind()).isEqualTo(ErrorKind.REPO_NOT_FOUND);
    assertThat(failure.error()).hasValue("RepoNotFound");
  }

  @Test
  void a_reset_in_the_middle_of_the_body_is_a_cut_connection() throws Exception {
    XrpcException failure =
        failureOf(
            patient(),
            (n, connection) -> {
              write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"repos\":[");
              RawServer.reset(connection);
            });

    assertThat(failure.kind()).isEqualTo(ErrorKind.CONNECT);
    assertThat(failure.status()).isEqualTo(200);
  }

  @Test
  void an_end_in_the_middle_of_a_chunked_body_is_a_cut_connection() throws Exception {
    XrpcException failure =
        failureOf(
            patient(),
            (n, connection) -> {
              write(
                  connection,
                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
              connection.close();
            });

    assertThat(failure.kind()).isEqualTo(ErrorKind.CONNECT);
  }

  @Test
  void a_reset_before_the_answer_is_a_cut_connection() throws Exception {
    XrpcException failure = failureOf(patient(), (n, connection) -> RawServer.reset(connection));

    assertThat(failure.kind()).isEqualTo(ErrorKind.CONNECT);
    assertThat(failure.status()).isZero();
  }

  @Test
  void an_end_before_the_answer_is_a_cut_connection() throws Exception {
    XrpcException failure = failureOf(patient(), (n, connection) -> connection.close());

    assertThat(failure.kind()).isEqualTo(ErrorKind.CONNECT);
    assertThat(failure.status()).isZero();
    // Java's client itself tries once more when a connection ends without a reset.
    assertThat(server.requests()).isLessThanOrEqualTo(2);
  }

  // In the next two, Java's client refuses to read on but does not close the connection (JDK 17
  // to 25), and gives nobody a way to: only the caller can be seen to go free.

  @Test
  void headers_without_end_are_not_read_for_ever() throws Exception {
    XrpcException failure =
        failureOf(
            patient(),
            (n, connection) -> {
              write(connection, "HTTP/1.1 200 OK\r\n");
              while (true) {
                write(connection, "X-More: " + "x".repeat(8000) + "\r\n");
              }
            });

    assertThat(failure.kind()).isEqualTo(ErrorKind.INVALID_RESPONSE);
  }

  @Test
  void interim_answers_without_end_are_not_waited_for() throws Exception {
    XrpcException failure =
        failureOf(
            patient(),
            (n, connection) -> {
              while (true) {
                write(connection, "HTTP/1.1 103 Early Hints\r\n\r\n");
                Thread.sleep(10);
              }
            });

    assertThat(failure.kind()).isEqualTo(ErrorKind.INVALID_RESPONSE);
    assertThat(failure.status()).isZero();
  }

  @Test
  void what_is_not_http_is_no_answer() throws Exception {
    XrpcException failure =
        failureOf(
            patient(),
            (n, connection) -> {
              write(connection, "SSH-2.0-OpenSSH_9.6\r\n\r\n");
              connection.close();
            });

    assertThat(failure.kind()).isIn(ErrorKind.INVALID_RESPONSE, ErrorKind.CONNECT);
    assertThat(failure.status()).isZero();
  }

  @Test
  void a_closed_port_is_a_failed_connection() throws Exception {
    ServiceUrl nobody;
    try (ServerSocket taken = new ServerSocket(0)) {
      nobody = ServiceUrl.parse("http://127.0.0.1:" + taken.getLocalPort());
    }
    client = patient().build();

    assertThatThrownBy(() -> client.query(nobody, METHOD, XrpcParams.none()))
        .isInstanceOfSatisfying(
            XrpcException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CONNECT));
  }

  @Test
  void a_pooled_connection_that_the_host_has_reset_is_not_noticed_by_the_caller() throws Exception {
    server =
        new RawServer(
            (n, connection) -> {
              if (n == 2) {
                RawServer.reset(connection);
              } else {
                write(connection, OK);
              }
            });
    client = patient().retry(new RetryPolicy(2, Duration.ofDays(1), Duration.ofDays(1))).build();

    client.query(server.url(), METHOD, XrpcParams.none());
    XrpcResponse second = client.query(server.url(), METHOD, XrpcParams.none());

    assertThat(new String(second.body(), StandardCharsets.UTF_8)).isEqualTo("{}");
    assertThat(server.requests()).isEqualTo(3);
  }

  @Test
  void an_interrupt_before_the_answer_closes_the_connection() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    server =
        new RawServer(
            (n, connection) -> {
              asked.countDown();
              RawServer.hang(connection);
            });
    client = patient().build();

    assertThat(interruptedAfter(asked)).isInstanceOf(InterruptedException.class);
    assertThat(server.sawClientClose()).isTrue();
  }

  @Test
  void an_interrupt_in_the_middle_of_the_body_closes_the_connection() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    server =
        new RawServer(
            (n, connection) -> {
              write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{");
              asked.countDown();
              RawServer.hang(connection);
            });
    client = patient().build();

    assertThat(interruptedAfter(asked)).isInstanceOf(InterruptedException.class);
    assertThat(server.sawClientClose()).isTrue();
  }

  private Throwable interruptedAfter(CountDownLatch asked) throws Exception {
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                client.query(server.url(), METHOD, XrpcParams.none());
                end.complete(new AssertionError("answered"));
              } catch (Throwable thrown) {
                end.complete(thrown);
              }
            });
    caller.start();
    asked.await();
    caller.interrupt();
    return end.get();
  }

  @Test
  void connections_are_kept_and_used_again() throws Exception {
    server = new RawServer((n, connection) -> write(connection, OK));
    client = patient().build();

    for (int i = 0; i < 5; i++) {
      client.query(server.url(), METHOD, XrpcParams.none());
    }

    assertThat(server.connections()).isEqualTo(1);
  }

  @Test
  void requests_say_who_asks_and_never_ask_for_an_upgrade() throws Exception {
    server = new RawServer((n, connection) -> write(connection, OK));
    client = patient().userAgent("my-app/1.2 (+https://example.com)").http2(true).build();

    client.query(server.url(), METHOD, XrpcParams.none().with("a", "b c"));

    List<String> lines = server.heads().get(0).lines().toList();
    assertThat(lines.get(0)).isEqualTo("GET /xrpc/com.example.test.query?a=b%20c HTTP/1.1");
    assertThat(lines)
        .contains("User-Agent: my-app/1.2 (+https://example.com)", "Accept-Encoding: gzip")
        .noneMatch(line -> line.startsWith("Upgrade"));
  }
}
