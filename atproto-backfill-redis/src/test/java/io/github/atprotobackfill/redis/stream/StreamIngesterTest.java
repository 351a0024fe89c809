package io.github.atprotobackfill.redis.stream;

import static io.github.atprotobackfill.redis.stream.TestStreams.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.redis.stream.StreamIngester.State;
import io.github.atprotobackfill.testkit.network.AccountStatus;
import io.github.atprotobackfill.testkit.network.Fault;
import io.github.atprotobackfill.testkit.network.SimulatedAccount;
import io.github.atprotobackfill.testkit.network.SimulatedHost;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import io.github.atprotobackfill.xrpc.HostPolicy;
import io.github.atprotobackfill.xrpc.RetryPolicy;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.resps.StreamEntry;

class StreamIngesterTest {

  private static final String LIST_REPOS = "com.atproto.sync.listRepos";
  private static final Duration LONG_ENOUGH = Duration.ofMinutes(1);
  private static final int ACCOUNTS = 3_500;

  private final TestStreams streams = new TestStreams();
  private final SimulatedNetwork network =
      SimulatedNetwork.builder()
          .seed(31)
          .hosts(1)
          .accounts(ACCOUNTS)
          .accounts(AccountStatus.DEACTIVATED, 3)
          .start();
  private final SimulatedHost host = network.host(0);
  private final XrpcClient client =
      XrpcClient.builder()
          .allowPrivateHosts(true)
          .hostPolicy(any -> new HostPolicy(4, Double.POSITIVE_INFINITY, Integer.MAX_VALUE))
          .retry(RetryPolicy.NONE)
          .build();

  @AfterEach
  void close() {
    client.close();
    network.close();
    streams.close();
  }

  private StreamIngesterBuilder ingester() {
    return StreamIngester.builder(streams.redis)
        .names(streams.names)
        .client(client)
        .lookEvery(Duration.ofMillis(5))
        .firstWait(Duration.ofMillis(20))
        .host(host.url());
  }

  @Test
  void everyRepoIsToldOfAsTheHostListsIt() throws Exception {
    try (StreamIngester ingester = ingester().start()) {
      assertThat(ingester.await(LONG_ENOUGH)).isTrue();
      assertThat(ingester.progress())
          .extracting(StreamIngester.HostProgress::state)
          .containsExactly(State.DONE);
      assertThat(ingester.progress().get(0).listed()).isEqualTo(ACCOUNTS + 3);
    }

    assertThat(dids()).isEqualTo(accounts());
    SimulatedAccount active = network.accounts(AccountStatus.ACTIVE).findFirst().orElseThrow();
    assertThat(message(active))
        .isEqualTo(
            JsonMapper.builder()
                .build()
                .readTree(
                    String.format(
                        "{\"did\":\"%s\",\"host\":\"%s\",\"rev\":\"%s\",\"active\":true}",
                        active.did(), host.url(), active.rev())));
    JsonNode inactive =
        message(network.accounts(AccountStatus.DEACTIVATED).findFirst().orElseThrow());
    assertThat(inactive.path("active").asBoolean(true)).isFalse();
    assertThat(inactive.path("status").asText()).isEqualTo("deactivated");
    assertThat(cursor()).isEqualTo("!ingester-done");
  }

  @Test
  void whatIsListedToItsEndIsNotListedAgainUnlessThatIsWished() throws Exception {
    ingestAll(ingester());
    long asked = host.requests(LIST_REPOS);

    ingestAll(ingester());
    assertThat(host.requests(LIST_REPOS)).isEqualTo(asked);
    assertThat(streams.redis.xlen(streams.repos)).isEqualTo(ACCOUNTS + 3);

    ingestAll(ingester().startOver(true));
    assertThat(streams.redis.xlen(streams.repos)).isEqualTo(2 * (ACCOUNTS + 3));
    assertThat(cursor()).isEqualTo("!ingester-done");
  }

  @Test
  void aStoppedListingIsGoneOnWithAtItsCursor() throws Exception {
    host.order(Fault.silence().on(LIST_REPOS).after(2).next(1));
    try (StreamIngester first = ingester().start()) {
      until(() -> host.requests(LIST_REPOS) == 3);
      assertThat(cursor()).isNotEqualTo("!ingester-done").isNotNull();
      first.stop();
      assertThat(first.await(LONG_ENOUGH)).as("it does not wait for the host").isTrue();
    }
    assertThat(streams.redis.xlen(streams.repos)).isEqualTo(2_000);

    ingestAll(ingester());
    assertThat(dids()).isEqualTo(accounts());
    assertThat(streams.redis.xlen(streams.repos)).as("nothing twice").isEqualTo(ACCOUNTS + 3);
  }

  @Test
  void aCursorThatWasNotStoredAnyMoreCostsAPageTwiceAndNothingElse() throws Exception {
    host.order(Fault.silence().on(LIST_REPOS).after(2).next(1));
    String before;
    try (StreamIngester first = ingester().start()) {
      until(() -> host.requests(LIST_REPOS) == 2 && cursor() != null);
      before = cursor();
      until(() -> host.requests(LIST_REPOS) == 3);
    }
    // As if the process had died between the page and its cursor.
    streams.redis.set(cursorKey(), before);

    ingestAll(ingester());
    assertThat(dids()).isEqualTo(accounts());
    assertThat(streams.redis.xlen(streams.repos)).isGreaterThanOrEqualTo(ACCOUNTS + 3);
  }

  @Test
  void aPageThatCouldNotBeAddedMovesNoCursor() throws Exception {
    String aside = streams.repos + ":aside";
    AtomicReference<String> before = new AtomicReference<>();
    host.order(
        Fault.body(
                page -> {
                  before.set(cursor());
                  streams.redis.rename(streams.repos, aside);
                  streams.redis.set(streams.repos, "no stream");
                  return page;
                })
            .on(LIST_REPOS)
            .after(1)
            .next(1));
    try (StreamIngester ingester = ingester().lookEvery(Duration.ofHours(1)).start()) {
      until(() -> ingester.progress().get(0).failure().isPresent());
      assertThat(cursor()).isNotNull().isEqualTo(before.get());

      streams.redis.rename(aside, streams.repos);
      assertThat(ingester.await(LONG_ENOUGH)).isTrue();
    }
    assertThat(dids()).isEqualTo(accounts());
  }

  @Test
  void ofTwoThatListOneHostOneDoesAndTheOtherGoesOnWhenItDies() throws Exception {
    host.order(Fault.silence().on(LIST_REPOS).after(1).next(1));
    StreamIngester first = ingester().lockFor(Duration.ofHours(1)).start();
    until(() -> host.requests(LIST_REPOS) == 2);
    try (StreamIngester second = ingester().lockFor(Duration.ofMillis(50)).start()) {
      until(() -> second.progress().get(0).state() == State.WAITING);
      String lock = RepoLeases.prefixOf(cursorKey()) + "lock";
      assertThat(streams.redis.exists(lock)).isTrue();
      assertThat(second.progress().get(0).listed()).isZero();

      // The first is dead, as far as anybody can tell: its lock has run out.
      streams.redis.del(lock);
      assertThat(second.await(LONG_ENOUGH)).isTrue();
      assertThat(second.progress().get(0).state()).isEqualTo(State.DONE);
    }
    first.close();
    assertThat(dids()).isEqualTo(accounts());
    assertThat(cursor()).isEqualTo("!ingester-done");
  }

  @Test
  void whoLostItsLockMovesNoCursor() throws Exception {
    ListingCursor stale = new ListingCursor(streams.redis, streams.repos, host.url(), LONG_ENOUGH);
    ListingCursor other = new ListingCursor(streams.redis, streams.repos, host.url(), LONG_ENOUGH);
    assertThat(stale.lock()).isTrue();
    assertThat(other.lock()).isFalse();
    assertThat(stale.save("a")).isTrue();
    streams.redis.del(RepoLeases.prefixOf(cursorKey()) + "lock");
    assertThat(other.lock()).isTrue();

    assertThat(stale.save("b")).isFalse();
    assertThat(stale.keep()).isFalse();
    stale.unlock();
    assertThat(other.keep()).isTrue();
    assertThat(other.stored()).contains("a");
  }

  @Test
  void aFullStreamHoldsItUp() throws Exception {
    try (StreamIngester ingester = ingester().highWaterMark(1_500).start()) {
      until(() -> ingester.progress().get(0).state() == State.HELD_UP);
      long full = streams.redis.xlen(streams.repos);
      assertThat(full).isGreaterThanOrEqualTo(1_500);
      assertThat(cursor()).isNotEqualTo("!ingester-done");

      while (!ingester.await(Duration.ofMillis(1))) {
        streams.redis.xtrim(streams.repos, 0, false);
      }
      assertThat(ingester.progress().get(0).listed()).isEqualTo(ACCOUNTS + 3);
    }
  }

  @Test
  void aHostThatIsAwayIsAskedAgainAndARateLimitIsNoFailure() throws Exception {
    host.order(
        Fault.status(503).on(LIST_REPOS).next(1),
        Fault.error(429, "RateLimitExceeded", "slow down").on(LIST_REPOS).after(2).next(1));
    try (StreamIngester ingester = ingester().start()) {
      until(() -> ingester.progress().get(0).failure().isPresent());
      assertThat(ingester.progress().get(0).failure().orElseThrow().kind())
          .isEqualTo(ErrorKind.SERVER_ERROR);
      assertThat(ingester.await(LONG_ENOUGH)).isTrue();
      assertThat(ingester.progress().get(0).state()).isEqualTo(State.DONE);
    }
    assertThat(dids()).isEqualTo(accounts());
  }

  @Test
  void aListingThatGoesInCirclesIsGivenUpAndSoIsOneThatIsNotOffered() throws Exception {
    host.order(Fault.loopingCursor().on(LIST_REPOS));
    SimulatedHost relay = network.relay();
    relay.order(Fault.unsupported(404).on(LIST_REPOS));
    try (StreamIngester ingester = ingester().host(relay.url()).start()) {
      assertThat(ingester.await(LONG_ENOUGH)).isTrue();
      assertThat(ingester.progress())
          .extracting(StreamIngester.HostProgress::state)
          .containsOnly(State.FAILED);
      assertThat(ingester.progress())
          .extracting(progress -> progress.failure().orElseThrow().kind())
          .containsExactly(ErrorKind.INVALID_RESPONSE, ErrorKind.NOT_SUPPORTED);
    }
    assertThat(cursor()).isNotEqualTo("!ingester-done");
  }

  @Test
  void severalHostsAreListedSideBySideEachWithItsCursor() throws Exception {
    SimulatedHost relay = network.relay();
    ingestAll(ingester().host(relay.url()));
    assertThat(cursor()).isEqualTo("!ingester-done");
    assertThat(streams.redis.get(ListingCursor.key(streams.repos, relay.url())))
        .isEqualTo("!ingester-done");
    Set<String> hosts =
        entries().map(entry -> json(entry).path("host").asText()).collect(Collectors.toSet());
    assertThat(hosts).containsExactlyInAnyOrder(host.url().toString(), relay.url().toString());
  }

  private void ingestAll(StreamIngesterBuilder builder) throws InterruptedException {
    try (StreamIngester ingester = builder.start()) {
      assertThat(ingester.await(LONG_ENOUGH)).isTrue();
      assertThat(ingester.progress()).allMatch(progress -> progress.state() == State.DONE);
    }
  }

  private String cursor() {
    return streams.redis.get(cursorKey());
  }

  private String cursorKey() {
    return streams.repos + ":cursor:localhost:" + host.url().port();
  }

  private Set<String> accounts() {
    return network.accounts().map(account -> account.did().value()).collect(Collectors.toSet());
  }

  private Set<String> dids() {
    return entries()
        .map(entry -> json(entry).path("did").asText())
        .collect(Collectors.toCollection(HashSet::new));
  }

  private java.util.stream.Stream<StreamEntry> entries() {
    List<StreamEntry> all = streams.redis.xrange(streams.repos, "-", "+");
    return all.stream();
  }

  private JsonNode message(SimulatedAccount account) {
    return entries()
        .map(StreamIngesterTest::json)
        .filter(json -> json.path("did").asText().equals(account.did().value()))
        .findFirst()
        .orElseThrow();
  }

  private static JsonNode json(StreamEntry entry) {
    try {
      return JsonMapper.builder().build().readTree(entry.getFields().get("repo"));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
