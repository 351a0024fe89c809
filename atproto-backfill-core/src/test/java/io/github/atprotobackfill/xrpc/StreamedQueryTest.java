package io.github.atprotobackfill.xrpc;

import static io.github.atprotobackfill.xrpc.RawServer.write;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Nsid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Bodies handed on as they arrive, by hosts of all manners, over real sockets. */
@ParameterizedClass
@EnumSource
class StreamedQueryTest {

  private static final Nsid GET_REPO = Nsid.parse("com.atproto.sync.getRepo");
  private static final long MANY = 4L << 30;
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final String ENDLESS = "HTTP/1.1 200 OK\r\n\r\n";

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
  private final List<String> exchanges = new CopyOnWriteArrayList<>();
  private RawServer server;
  private XrpcClient client;

  StreamedQueryTest(Way way) {
    this.way = way;
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    server.close();
  }

  private XrpcClientBuilder patient() {
    return XrpcClient.builder()
        .allowPrivateHosts(true)
        .hostPolicy(service -> new HostPolicy(100, Double.POSITIVE_INFINITY, 100))
        .firstByteLimit(way.limit)
        .retry(new RetryPolicy(3, Duration.ZERO, Duration.ZERO))
        .listener((service, status, bytes, took) -> exchanges.add(status + " " + bytes));
  }

  private void open(XrpcClientBuilder with, RawServer.Script script) throws IOException {
    server = new RawServer(script);
    client = with.build();
  }

  private <T> T read(long most, BodyReader<T> reader) throws Exception {
    return client.query(server.url(), GET_REPO, XrpcParams.none(), most, reader);
  }

  private byte[] all() throws Exception {
    return read(MANY, (servedBy, body) -> body.readAllBytes());
  }

  private XrpcException failure() {
    return catchThrowableOfType(XrpcException.class, this::all);
  }

  private static void send(Socket connection, String headers, byte[] body) throws IOException {
    write(connection, "HTTP/1.1 200 OK\r\n" + headers);
    write(connection, "Content-Length: " + body.length + "\r\n\r\n");
    connection.getOutputStream().write(body);
  }

  private static byte[] noise(int length) {
    byte[] noise = new byte[length];
    new Random(7).nextBytes(noise);
    return noise;
  }

  private static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(plain);
    }
    return packed.toByteArray();
  }

  @Test
  void a_body_larger_than_any_held_one_is_read_whole_and_the_connection_kept() throws Exception {
    byte[] large = noise(3_000_000);
    open(patient().maxBodyBytes(1000), (n, connection) -> send(connection, "", large));

    assertThat(all()).isEqualTo(large);
    assertThat(all()).isEqualTo(large);

    assertThat(server.connections()).isEqualTo(1);
    assertThat(exchanges).containsExactly("200 3000000", "200 3000000");
    assertThat(client.totals()).isEqualTo(new XrpcTotals(2, 6_000_000));
    assertThat(server.heads().get(0)).contains("Accept-Encoding: gzip");
  }

  @Test
  void a_packed_body_is_unpacked_and_the_connection_kept() throws Exception {
    byte[] plain = new byte[1_000_000];
    System.arraycopy(noise(1000), 0, plain, 500_000, 1000);
    byte[] packed = gzip(plain);
    open(patient(), (n, connection) -> send(connection, "Content-Encoding: gzip\r\n", packed));

    assertThat(all()).isEqualTo(plain);
    assertThat(all()).isEqualTo(plain);

    assertThat(server.connections()).isEqualTo(1);
    assertThat(exchanges).containsOnly("200 " + packed.length);
  }

  @Test
  void single_bytes_and_small_chunks_make_up_the_same_body() throws Exception {
    open(
        patient(),
        (n, connection) -> {
          write(connection, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
          for (int i = 0; i < 500; i++) {
            write(connection, "3\r\nabc\r\n");
          }
          write(connection, "0\r\n\r\n");
        });

    String text =
        read(
            MANY,
            (servedBy, body) -> {
              StringBuilder letters = new StringBuilder();
              for (int letter; (letter = body.read()) >= 0; ) {
                letters.append((char) letter);
              }
              return letters.toString();
            });

    assertThat(text).isEqualTo("abc".repeat(500));
  }

  @Test
  void nothing_is_a_body_too_packed_or_not() throws Exception {
    open(
        patient(),
        (n, connection) ->
            send(connection, n == 1 ? "" : "Content-Encoding: gzip\r\n", new byte[0]));

    assertThat(all()).isEmpty();
    assertThat(all()).isEmpty();
  }

  @Test
  void a_host_is_held_back_while_its_reader_is_behind() throws Exception {
    CountDownLatch looked = new CountDownLatch(1);
    AtomicInteger sent = new AtomicInteger();
    open(
        patient(),
        (n, connection) -> {
          write(connection, ENDLESS);
          byte[] much = new byte[64 * 1024];
          for (int i = 0; i < 1000; i++) {
            connection.getOutputStream().write(much);
            sent.incrementAndGet();
          }
          connection.close();
        });

    long size =
        read(
            MANY,
            (servedBy, body) -> {
              body.read();
              // Until what the sockets themselves hold is full, the host can send; then no more.
              for (int before = -1; before != sent.get(); ) {
                before = sent.get();
                looked.await(200, TimeUnit.MILLISECONDS);
              }
              assertThat(sent.get()).isLessThan(1000);
              return 1 + body.transferTo(OutputStream.nullOutputStream());
            });

    assertThat(size).isEqualTo(1000L * 64 * 1024);
  }

  @Test
  void an_error_is_told_by_its_name_and_never_handed_on() throws Exception {
    open(
        patient(),
        (n, connection) -> {
          String json = "{\"error\":\"RepoNotFound\"}";
          write(connection, "HTTP/1.1 400 Bad\r\nContent-Length: " + json.length() + "\r\n\r\n");
          write(connection, json);
        });

    XrpcException failure =
        catchThrowableOfType(
            XrpcException.class,
            () ->
                read(
                    MANY,
                    (servedBy, body) -> {
                      throw new AssertionError("read");
                    }));

    assertThat(failure.kind()).isEqualTo(ErrorKind.REPO_NOT_FOUND);
    assertThat(exchanges).hasSize(1);
  }

  @Test
  void a_redirect_is_followed_and_the_reader_told_who_answered() throws Exception {
    try (RawServer pds = new RawServer((n, connection) -> send(connection, "", noise(10)))) {
      open(
          patient(),
          (n, connection) ->
              write(
                  connection,
                  "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: "
                      + pds.url()
                      + "/xrpc/com.atproto.sync.getRepo\r\n\r\n"));

      ServiceUrl answered = read(MANY, (servedBy, body) -> servedBy);

      assertThat(answered).isEqualTo(pds.url());
    }
  }

  @Test
  void what_fails_before_the_body_is_tried_again() throws Exception {
    open(
        patient(),
        (n, connection) -> {
          if (n == 1) {
            RawServer.reset(connection);
          } else if (n == 2) {
            write(connection, "HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n");
          } else {
            send(connection, "", noise(10));
          }
        });

    assertThat(all()).isEqualTo(noise(10));
    assertThat(server.requests()).isEqualTo(3);
  }

  @Test
  void a_body_that_breaks_off_is_a_cut_connection_and_not_tried_again() throws Exception {
    // What breaks before the reader has it may be tried again.
    CountDownLatch handedOn = new CountDownLatch(1);
    open(
        patient(),
        (n, connection) -> {
          write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nabc");
          assertThat(handedOn.await(10, TimeUnit.SECONDS)).isTrue();
          connection.close();
        });
    List<Throwable> seen = Collections.synchronizedList(new ArrayList<>());

    XrpcException failure =
        catchThrowableOfType(
            XrpcException.class,
            () ->
                read(
                    MANY,
                    (servedBy, body) -> {
                      assertThat(body.readNBytes(3)).isEqualTo("abc".getBytes(UTF_8));
                      handedOn.countDown();
                      IOException broken = catchThrowableOfType(IOException.class, body::read);
                      seen.add(broken);
                      seen.add(catchThrowable(body::read));
                      throw new IllegalStateException("no repo", broken);
                    }));

    assertThat(failure.kind()).isEqualTo(ErrorKind.CONNECT);
    assertThat(failure.status()).isEqualTo(200);
    assertThat(failure.getSuppressed()).singleElement().isInstanceOf(IllegalStateException.class);
    assertThat(seen)
        .allSatisfy(each -> assertThat(each).isInstanceOf(IOException.class).hasCause(failure));
    assertThat(server.requests()).isEqualTo(1);
  }

  @Test
  void packed_bytes_that_end_in_the_middle_are_a_cut_connection() throws Exception {
    byte[] packed = gzip(noise(100_000));
    open(
        patient(),
        (n, connection) ->
            send(
                connection,
                "Content-Encoding: gzip\r\n",
                Arrays.copyOf(packed, packed.length - 20)));

    assertThat(failure().kind()).isEqualTo(ErrorKind.CONNECT);
  }

  @Test
  void what_is_not_packed_as_it_says_is_an_invalid_response() throws Exception {
    open(
        patient(),
        (n, connection) ->
            send(
                connection,
                n == 1 ? "Content-Encoding: gzip\r\n" : "Content-Encoding: br\r\n",
                "certainly no gzip".getBytes(ISO_8859_1)));

    assertThat(failure().kind()).isEqualTo(ErrorKind.INVALID_RESPONSE);
    assertThat(failure().kind()).isEqualTo(ErrorKind.INVALID_RESPONSE);
  }

  private ErrorKind failureAbove(long cap) {
    return catchThrowableOfType(
            XrpcException.class, () -> read(cap, (servedBy, body) -> body.readAllBytes()))
        .kind();
  }

  @Test
  void an_endless_body_ends_at_the_cap_and_an_announced_one_is_not_begun() throws Exception {
    open(
        patient(),
        (n, connection) -> {
          if (n == 1) {
            send(connection, "", new byte[100_001]);
          } else {
            write(connection, ENDLESS);
            RawServer.flood(connection);
          }
        });

    for (int i = 0; i < 2; i++) {
      assertThat(failureAbove(100_000)).isEqualTo(ErrorKind.RESPONSE_TOO_LARGE);
      assertThat(server.sawClientClose()).isTrue();
    }
  }

  @Test
  void a_small_body_that_unpacks_to_a_large_one_ends_at_the_cap() throws Exception {
    byte[] bomb = gzip(new byte[10_000_000]);
    open(patient(), (n, connection) -> send(connection, "Content-Encoding: gzip\r\n", bomb));

    assertThat(failureAbove(100_000)).isEqualTo(ErrorKind.RESPONSE_TOO_LARGE);
  }

  @Test
  void a_body_of_exactly_the_cap_is_read() throws Exception {
    open(patient(), (n, connection) -> send(connection, "", noise(1000)));

    byte[] read = read(1000, (servedBy, body) -> body.readAllBytes());

    assertThat(read).isEqualTo(noise(1000));
  }

  @Test
  void a_trickling_body_ends_at_the_throughput_floor() throws Exception {
    open(
        patient().throughputWindow(SHORT).minBytesPerSecond(10_000),
        (n, connection) -> {
          write(connection, ENDLESS);
          RawServer.trickle(connection);
        });

    assertThat(failure().kind()).isEqualTo(ErrorKind.TOO_SLOW);
    assertThat(server.sawClientClose()).isTrue();
  }

  @Test
  void a_body_ends_at_the_deadline_of_its_own_and_not_at_the_other() throws Exception {
    open(
        patient().deadline(Duration.ofHours(1)).streamDeadline(SHORT),
        (n, connection) -> {
          write(connection, ENDLESS);
          RawServer.trickle(connection);
        });

    XrpcException failure = failure();

    assertThat(failure.kind()).isEqualTo(ErrorKind.TIMEOUT);
    assertThat(failure).hasMessageContaining("300 ms");
    assertThat(server.sawClientClose()).isTrue();
  }

  @Test
  void silence_ends_at_the_first_byte_floor() throws Exception {
    open(
        patient().firstByte(SHORT).retry(RetryPolicy.NONE),
        (n, connection) -> RawServer.hang(connection));

    assertThat(failure().kind()).isEqualTo(ErrorKind.TIMEOUT);
    assertThat(server.sawClientClose()).isTrue();
  }

  @Test
  void a_reader_that_has_enough_closes_the_connection() throws Exception {
    open(
        patient(),
        (n, connection) -> {
          write(connection, ENDLESS);
          RawServer.flood(connection);
        });
    List<InputStream> kept = new CopyOnWriteArrayList<>();

    int first =
        read(
            MANY,
            (servedBy, body) -> {
              kept.add(body);
              return body.read();
            });

    assertThat(first).isZero();
    assertThat(server.sawClientClose()).isTrue();
    assertThatThrownBy(kept.get(0)::read).isInstanceOf(IOException.class);
  }

  @Test
  void what_a_reader_throws_of_its_own_passes_through() throws Exception {
    open(
        patient(),
        (n, connection) -> {
          write(connection, ENDLESS);
          RawServer.flood(connection);
        });
    IOException full = new IOException("disk full");
    IllegalArgumentException wrong = new IllegalArgumentException("wrong");

    for (Exception own : List.of(full, wrong, new InterruptedException())) {
      assertThatThrownBy(() -> read(MANY, (servedBy, body) -> throwing(own))).isSameAs(own);
      assertThat(server.sawClientClose()).isTrue();
    }
  }

  private static Void throwing(Exception own) throws IOException, InterruptedException {
    if (own instanceof IOException io) {
      throw io;
    }
    if (own instanceof InterruptedException stop) {
      throw stop;
    }
    throw (RuntimeException) own;
  }

  @Test
  void a_reader_that_makes_do_with_what_there_was_is_believed() throws Exception {
    // A body that breaks off before there is a reader has none.
    CountDownLatch reading = new CountDownLatch(1);
    open(
        patient(),
        (n, connection) -> {
          write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nabc");
          assertThat(reading.await(10, TimeUnit.SECONDS)).isTrue();
          connection.close();
        });

    String part =
        read(
            MANY,
            (servedBy, body) -> {
              String text = new String(body.readNBytes(3), UTF_8);
              reading.countDown();
              assertThatThrownBy(body::read).isInstanceOf(IOException.class);
              return text;
            });

    assertThat(part).isEqualTo("abc");
  }

  @Test
  void an_interrupt_while_waiting_for_the_body_closes_the_connection() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    open(
        patient(),
        (n, connection) -> {
          write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{");
          RawServer.hang(connection);
        });

    assertThat(
            interruptedAfter(
                reading,
                (servedBy, body) -> {
                  body.read();
                  reading.countDown();
                  return body.read();
                }))
        .isInstanceOf(InterruptedException.class)
        .hasSuppressedException(new InterruptedIOException("interrupted while reading a body"));
    assertThat(server.sawClientClose()).isTrue();
  }

  @Test
  void an_interrupt_is_noticed_though_there_is_always_more() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    open(
        patient(),
        (n, connection) -> {
          write(connection, ENDLESS);
          RawServer.flood(connection);
        });

    assertThat(
            interruptedAfter(
                reading,
                (servedBy, body) -> {
                  reading.countDown();
                  return body.transferTo(OutputStream.nullOutputStream());
                }))
        .isInstanceOf(InterruptedException.class);
    assertThat(server.sawClientClose()).isTrue();
  }

  private Throwable interruptedAfter(CountDownLatch reading, BodyReader<?> reader)
      throws Exception {
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    Thread caller = new Thread(() -> end.complete(catchThrowable(() -> read(MANY, reader))));
    caller.start();
    reading.await();
    caller.interrupt();
    return end.get();
  }

  @Test
  void a_repo_is_spent_from_the_budget_for_repos() throws Exception {
    long reset = Instant.now().getEpochSecond() + 200;
    open(
        patient(),
        (n, connection) ->
            send(
                connection,
                "RateLimit-Remaining: 0\r\nRateLimit-Reset: " + reset + "\r\n",
                noise(10)));

    all();

    assertThat(client.budget(server.url(), GET_REPO).parkedFor()).isPositive();
    assertThat(client.budget(server.url()).parkedFor()).isZero();
    assertThat(failure().kind()).isEqualTo(ErrorKind.RATE_LIMITED);
    assertThat(server.requests()).isEqualTo(1);
  }

  @Test
  void a_closed_client_lets_the_body_under_way_end() throws Exception {
    open(patient(), (n, connection) -> send(connection, "", noise(1_000_000)));

    byte[] body =
        read(
            MANY,
            (servedBy, stream) -> {
              client.close();
              return stream.readAllBytes();
            });

    assertThat(body).isEqualTo(noise(1_000_000));
  }

  @Test
  void a_cap_is_positive() throws Exception {
    open(patient(), (n, connection) -> send(connection, "", noise(10)));

    assertThatThrownBy(() -> read(0, (servedBy, body) -> body.read()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
