package io.github.atprotobackfill.testkit.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.atprotobackfill.syntax.Did;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FaultTest {

  private static final String HEALTH = "_health";
  private static final String LIST = "com.atproto.repo.listRecords";
  private static final String NOTE = "com.example.note";

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00.900Z"));
  private final List<SimulatedRequest> log = new CopyOnWriteArrayList<>();
  private final List<Long> pauses = new CopyOnWriteArrayList<>();
  private final Http http = new Http();
  private SimulatedNetwork network;
  private SimulatedAccount account;
  private SimulatedHost host;

  @BeforeEach
  void start() {
    SimulatedNetworkBuilder plan =
        SimulatedNetwork.builder()
            .seed(5)
            .hosts(2)
            .accounts(4)
            .repoSizes(RepoSizes.fixed(120))
            .collection(NOTE, 1)
            .clock(now::get)
            .onRequest(log::add);
    plan.pause = pauses::add;
    network = plan.start();
    account = network.account(0);
    host = account.host();
  }

  @AfterEach
  void stop() {
    network.close();
  }

  @Test
  void aRateLimitCountsWindowsByTheGivenClockAndSaysSo() throws Exception {
    host.order(Fault.rateLimit(2, Duration.ofSeconds(300)));
    Http.Reply first = http.xrpc(host, HEALTH);
    assertThat(first.status()).isEqualTo(200);
    assertThat(first.header("RateLimit-Limit")).isEqualTo("2");
    assertThat(first.header("RateLimit-Remaining")).isEqualTo("1");
    assertThat(first.header("RateLimit-Policy")).isEqualTo("2;w=300");
    long reset = Instant.parse("2026-01-01T00:05:00Z").getEpochSecond();
    assertThat(first.header("RateLimit-Reset")).isEqualTo(Long.toString(reset));
    assertThat(first.header("Retry-After")).isEmpty();

    now.updateAndGet(t -> t.plusSeconds(10));
    assertThat(http.xrpc(host, "com.atproto.sync.getRepoStatus", "did", "nope"))
        .extracting(Http.Reply::status, reply -> reply.header("RateLimit-Remaining"))
        .containsExactly(400, "0");
    Http.Reply refused = http.xrpc(host, HEALTH);
    assertThat(refused)
        .extracting(Http.Reply::status, Http.Reply::body, reply -> reply.header("Retry-After"))
        .containsExactly(
            429, "{\"error\":\"RateLimitExceeded\",\"message\":\"Rate Limit Exceeded\"}", "290");
    assertThat(host.requestsOverLimit()).isEqualTo(1);

    now.updateAndGet(t -> t.plusSeconds(290));
    assertThat(http.xrpc(host, HEALTH).status()).isEqualTo(200);
    assertThat(network.host(1).requestsOverLimit()).isZero();
  }

  @Test
  void tooManyRequestsMayComeWithoutAnyHeader() throws Exception {
    host.order(Fault.bareTooManyRequests().next(1));
    Http.Reply reply = http.xrpc(host, HEALTH);
    assertThat(reply.status()).isEqualTo(429);
    assertThat(reply.header("content-type")).startsWith("text/html");
    assertThat(reply.headers().map()).doesNotContainKeys("retry-after", "ratelimit-reset");
    assertThat(http.xrpc(host, HEALTH).status()).isEqualTo(200);
  }

  @Test
  void faultsStrikeASpanOfTheRequestsOfTheirMethods() throws Exception {
    host.order(Fault.status(503).on(HEALTH).after(1).next(2));
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      statuses.add(http.xrpc(host, HEALTH).status());
      assertThat(http.xrpc(host, "com.atproto.server.describeServer").status()).isEqualTo(200);
    }
    assertThat(statuses).containsExactly(200, 503, 503, 200, 200);
  }

  @Test
  void aShareOfTheRequestsIsStruckBySeed() throws Exception {
    host.order(Fault.status(500).withProbability(0.3));
    long struck = 0;
    for (int i = 0; i < 200; i++) {
      struck += http.xrpc(host, HEALTH).status() == 500 ? 1 : 0;
    }
    assertThat(struck).isBetween(30L, 90L);
  }

  @Test
  void errorsCarryTheGenericNameOfTheirStatusOrTheirOwn() throws Exception {
    host.order(
        Fault.status(502).next(1), Fault.error(400, "RepoTakendown", "gone").after(1).next(1));
    assertThat(http.xrpc(host, HEALTH).json().path("error").asText()).isEqualTo("UpstreamFailure");
    assertThat(http.xrpc(host, HEALTH).json().path("error").asText()).isEqualTo("RepoTakendown");
  }

  @Test
  void aRelayMayNotOfferTheCollectionListing() throws Exception {
    String method = "com.atproto.sync.listReposByCollection";
    for (int status : new int[] {400, 404, 501}) {
      network.relay().clearFaults();
      network.relay().order(Fault.unsupported(status).on(method));
      assertThat(http.xrpc(network.relay(), method, "collection", NOTE).status()).isEqualTo(status);
      assertThat(http.xrpc(network.relay(), "com.atproto.sync.listHosts").status()).isEqualTo(200);
    }
    network.relay().clearFaults();
    network.relay().order(Fault.unsupported(400).on(method));
    assertThat(http.xrpc(network.relay(), method, "collection", NOTE).body())
        .isEqualTo(
            "{\"error\":\"InvalidRequest\",\"message\":\"No service configured for "
                + method
                + "\"}");
  }

  @Test
  void aDirectoryMayBeDown() throws Exception {
    network.directory().order(Fault.status(503).on(SimulatedHost.DID_DOCUMENT));
    assertThat(http.get(network.directory(), "/" + account.did()).status()).isEqualTo(503);
    network.directory().stopListening();
    assertThatThrownBy(() -> http.get(network.directory(), "/" + account.did()))
        .isInstanceOf(ConnectException.class);
  }

  @Test
  void aHostThatStopsListeningRefusesAndComesBackAtTheSamePort() throws Exception {
    assertThat(http.xrpc(host, HEALTH).status()).isEqualTo(200);
    for (int round = 0; round < 20; round++) {
      host.stopListening();
      assertThat(host.isListening()).isFalse();
      assertThatThrownBy(() -> new Socket("127.0.0.1", host.url().port()).close())
          .isInstanceOf(ConnectException.class);
      host.listenAgain();
      assertThat(http.xrpc(host, HEALTH).status()).isEqualTo(200);
    }
    assertThat(http.xrpc(network.relay(), "com.atproto.sync.listHosts").body())
        .doesNotContain("offline");
  }

  @Test
  void silenceAnswersNothing() throws Exception {
    host.order(Fault.silence());
    try (Socket socket = ask(HEALTH, "")) {
      socket.setSoTimeout(100);
      assertThatThrownBy(() -> socket.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
    }
    assertThat(log).extracting(SimulatedRequest::status).containsExactly(0);
  }

  @Test
  void aResetCutsTheBodyInTheMiddle() throws Exception {
    host.order(Fault.reset());
    try (Socket socket = ask(listing(), "")) {
      InputStream in = socket.getInputStream();
      StringBuilder seen = new StringBuilder();
      assertThatThrownBy(
              () -> {
                for (int b = in.read(); b >= 0; b = in.read()) {
                  seen.append((char) b);
                }
              })
          .isInstanceOf(SocketException.class);
      assertThat(seen).startsWith("HTTP/1.1 200 OK");
      int length =
          Integer.parseInt(seen.toString().replaceAll("(?s).*Content-Length: (\\d+).*", "$1"));
      assertThat(seen.length() - seen.indexOf("\r\n\r\n") - 4).isEqualTo(length / 2);
    }
  }

  @Test
  void truncationEndsCleanlyInTheMiddleOfTheJson() throws Exception {
    String whole = http.get(host, "/xrpc/" + listing()).body();
    host.order(Fault.truncated());
    Http.Reply half = http.get(host, "/xrpc/" + listing());
    assertThat(half.status()).isEqualTo(200);
    assertThat(whole).startsWith(half.body().substring(0, half.body().length() - 1));
    assertThat(half.body().length()).isLessThan(whole.length());
  }

  @Test
  void trickleBoundsTheSpeedOfABody() throws Exception {
    int bytes = http.get(host, "/xrpc/" + listing()).body().length();
    host.order(Fault.trickle(bytes / 4));
    assertThat(http.get(host, "/xrpc/" + listing()).status()).isEqualTo(200);
    assertThat(pauses.stream().mapToLong(millis -> millis).sum()).isBetween(3_900L, 4_200L);
  }

  @Test
  void latencyComesBeforeTheAnswer() throws Exception {
    host.order(Fault.latency(Duration.ofMillis(40)), Fault.latency(Duration.ofMillis(20)));
    http.xrpc(host, HEALTH);
    assertThat(pauses).containsExactly(60L);
  }

  @Test
  void anOversizeBodyIsStillJson() throws Exception {
    host.order(Fault.oversize(3_000_000).next(1));
    Http.Reply reply = http.get(host, "/xrpc/" + listing());
    assertThat(reply.body().getBytes(StandardCharsets.UTF_8)).hasSize(3_000_000);
    assertThat(reply.json().path("records")).hasSize(50);
    assertThat(http.get(host, "/xrpc/" + listing()).body().length()).isLessThan(100_000);
  }

  @Test
  void anEndlessBodyGoesOnUntilTheClientHangsUp() throws Exception {
    host.order(Fault.endless());
    try (Socket socket = ask(HEALTH, "")) {
      assertThat(socket.getInputStream().readNBytes(20_000_000)).hasSize(20_000_000);
    }
  }

  @Test
  void aGzipBombIsSmallOnTheWire() throws Exception {
    host.order(Fault.gzipBomb(50_000_000));
    try (Socket socket = ask(HEALTH, "Accept-Encoding: gzip\r\n")) {
      byte[] wire = socket.getInputStream().readAllBytes();
      assertThat(wire.length).isLessThan(500_000);
      int body = new String(wire, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n") + 4;
      var zipped = new java.io.ByteArrayInputStream(wire, body, wire.length - body);
      assertThat(new GZIPInputStream(zipped).readAllBytes()).hasSize(50_000_000);
    }
  }

  @Test
  void answersMayBeHtmlOrNoJsonAtAll() throws Exception {
    host.order(Fault.html().next(1), Fault.invalidJson().after(1).next(1));
    Http.Reply html = http.get(host, "/xrpc/" + listing());
    assertThat(html.status()).isEqualTo(200);
    assertThat(html.header("content-type")).startsWith("text/html");
    Http.Reply invalid = http.get(host, "/xrpc/" + listing());
    assertThat(invalid.header("content-type")).startsWith("application/json");
    assertThatThrownBy(invalid::json).isInstanceOf(AssertionError.class);
  }

  @Test
  void aLoopingCursorNeverEnds() throws Exception {
    host.order(Fault.loopingCursor());
    String first = http.get(host, "/xrpc/" + listing()).json().path("cursor").asText();
    String second =
        http.get(host, "/xrpc/" + listing() + "&cursor=" + first).json().path("cursor").asText();
    assertThat(second).isEqualTo(first);
  }

  @Test
  void rowsMayComeTwice() throws Exception {
    host.order(Fault.duplicateRows());
    JsonNode page = http.get(host, "/xrpc/" + listing()).json();
    assertThat(page.path("records")).hasSize(100);
    assertThat(page.path("records").path(0)).isEqualTo(page.path("records").path(1));
  }

  @Test
  void pagesMayOverlapWithoutLosingAnything() throws Exception {
    host.order(Fault.overlappingPages(7));
    for (String ascending : List.of("true", "")) {
      List<JsonNode> all =
          http.list(
              host,
              LIST,
              "records",
              "repo",
              account.did(),
              "collection",
              NOTE,
              "reverse",
              ascending);
      assertThat(all).hasSize(120 + 3 * 7);
      assertThat(new HashSet<>(all)).hasSize(120);
    }
  }

  @Test
  void recordsMayClaimToBeAnotherAccounts() throws Exception {
    Did other = network.account(1).did();
    host.order(Fault.foreignRepo(other));
    for (JsonNode record : http.get(host, "/xrpc/" + listing()).json().path("records")) {
      assertThat(record.path("uri").asText()).startsWith("at://" + other + "/");
    }
  }

  @Test
  void fieldsMayBeMissing() throws Exception {
    host.order(Fault.missingField("cid"));
    String body = http.get(host, "/xrpc/" + listing()).body();
    assertThat(body).contains("\"uri\"").doesNotContain("\"cid\"");
  }

  @Test
  void aHostMaySendItsClientsElsewhere() throws Exception {
    host.order(Fault.redirect("http://169.254.169.254/latest"));
    Http.Reply reply = http.xrpc(host, HEALTH);
    assertThat(reply.status()).isEqualTo(302);
    assertThat(reply.header("location")).isEqualTo("http://169.254.169.254/latest");
  }

  @Test
  void faultsAddUp() throws Exception {
    host.order(
        Fault.rateLimit(100, Duration.ofSeconds(60)),
        Fault.duplicateRows(),
        Fault.latency(Duration.ofMillis(30)),
        Fault.body(json -> json.replace(NOTE, "com.example.other")));
    Http.Reply reply = http.get(host, "/xrpc/" + listing());
    assertThat(pauses).containsExactly(30L);
    assertThat(reply.header("RateLimit-Remaining")).isEqualTo("99");
    assertThat(reply.json().path("records")).hasSize(100);
    assertThat(reply.body()).doesNotContain(NOTE);
  }

  @Test
  void faultsThatNeedJsonLeaveAloneWhatAnotherHasSpoilt() throws Exception {
    host.order(Fault.truncated(), Fault.duplicateRows(), Fault.missingField("cid"));
    assertThatThrownBy(() -> http.get(host, "/xrpc/" + listing()).json())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("not JSON");
  }

  @Test
  void requestsAreCountedByMethodAndLogged() throws Exception {
    http.xrpc(host, HEALTH);
    http.get(host, "/xrpc/" + listing());
    http.get(network.directory(), "/" + account.did());
    assertThat(host.requests()).isEqualTo(2);
    assertThat(host.requestsByMethod()).containsEntry(HEALTH, 1L).containsEntry(LIST, 1L);
    assertThat(host.maxConcurrentRequests()).isEqualTo(1);
    assertThat(network.directory().requests(SimulatedHost.DID_DOCUMENT)).isEqualTo(1);
    assertThat(log)
        .extracting(SimulatedRequest::method)
        .containsExactly(HEALTH, LIST, SimulatedHost.DID_DOCUMENT);
    host.resetCounters();
    assertThat(host.requests()).isZero();
  }

  @Test
  void concurrentRequestsAreCountedWhileTheyAreUnderWay() throws Exception {
    host.order(Fault.silence().next(3));
    try (Socket a = ask(HEALTH, "");
        Socket b = ask(HEALTH, "");
        Socket c = ask(HEALTH, "")) {
      while (log.size() < 3) {
        Thread.onSpinWait();
      }
      assertThat(host.maxConcurrentRequests()).isEqualTo(3);
    }
  }

  @Test
  void noMoreRequestsAreCountedAtOnceThanThereAreClients() throws Exception {
    int clients = 4;
    ExecutorService threads = Executors.newFixedThreadPool(clients);
    try {
      List<Callable<Integer>> calls =
          Collections.nCopies(400, () -> http.get(host, "/xrpc/" + listing()).status());
      for (Future<Integer> status : threads.invokeAll(calls)) {
        assertThat(status.get()).isEqualTo(200);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(host.maxConcurrentRequests()).isBetween(1, clients);
    assertThat(host.requests(LIST)).isEqualTo(400);
  }

  private String listing() {
    return LIST + Http.query("repo", account.did(), "collection", NOTE);
  }

  private Socket ask(String method, String headers) throws IOException {
    Socket socket = new Socket("127.0.0.1", host.url().port());
    String request = "GET /xrpc/" + method + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }
}
