package io.github.atprotobackfill.redis.stream;

import static io.github.atprotobackfill.redis.stream.TestStreams.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.atprotobackfill.BackfillBuilder;
import io.github.atprotobackfill.identity.DidResolvers;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.sink.AccountEvent;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.testkit.network.AccountStatus;
import io.github.atprotobackfill.testkit.network.ExpectedOutcome;
import io.github.atprotobackfill.testkit.network.Fault;
import io.github.atprotobackfill.testkit.network.RepoSizes;
import io.github.atprotobackfill.testkit.network.SimulatedAccount;
import io.github.atprotobackfill.testkit.network.SimulatedHost;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import io.github.atprotobackfill.xrpc.HostPolicy;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.resps.StreamEntry;

/** Ingester and backfiller over a real Redis, against a simulated network. */
class StreamBackfillerTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration LONG_ENOUGH = Duration.ofMinutes(2);

  private final TestStreams streams = new TestStreams();
  private final SimulatedNetwork network =
      SimulatedNetwork.builder()
          .seed(41)
          .hosts(3)
          .accounts(120)
          .accountsOfEveryStatus(3)
          .repoSizes(RepoSizes.uniform(1, 250))
          .start();
  private final XrpcClient client =
      XrpcClient.builder()
          .allowPrivateHosts(true)
          .hostPolicy(any -> new HostPolicy(4, Double.POSITIVE_INFINITY, Integer.MAX_VALUE))
          .build();
  private final Kept kept = new Kept();

  @AfterEach
  void close() {
    client.close();
    network.close();
    streams.close();
  }

  // ---- the whole chain

  @Test
  void whatTheIngesterListsTheBackfillersRead() throws Exception {
    network.host(1).order(Fault.rateLimit(30, Duration.ofSeconds(1)));
    StreamIngesterBuilder ingester =
        StreamIngester.builder(streams.redis).names(streams.names).client(client);
    network.hosts().forEach(host -> ingester.host(host.url()));
    try (StreamBackfiller one = backfiller(kept).start();
        StreamBackfiller two = backfiller(kept).start();
        StreamIngester listing = ingester.start()) {
      assertThat(listing.await(LONG_ENOUGH)).isTrue();
      untilAllIsRead();

      assertThat(kept.records).isEqualTo(expected());
      int twice =
          network
              .accounts(AccountStatus.MIGRATED)
              .mapToInt(account -> records(account.did()).size())
              .sum();
      assertThat(kept.events)
          .as("what two hosts list is read twice, and nothing else")
          .hasValue(kept.records.size() + twice);
      assertThat(List.of(one.progress().state(), two.progress().state()))
          .containsOnly(JobState.RUNNING);
      until(() -> one.progress().repos().open() == 0);
      assertThat(one.progress().repos().failed()).isEqualTo(streams.dead().size());
    }
    assertThat(inactive())
        .containsAllEntriesOf(
            network
                .accounts()
                .filter(account -> account.status() == AccountStatus.TAKENDOWN)
                .collect(Collectors.toMap(SimulatedAccount::did, account -> "takendown")));
    Set<String> unresolvable =
        network
            .accounts()
            .filter(account -> account.status().outcome() == ExpectedOutcome.UNRESOLVABLE)
            .map(account -> "{\"did\":\"" + account.did())
            .collect(Collectors.toSet());
    assertThat(streams.dead()).hasSameSizeAs(unresolvable);
    assertThat(streams.dead())
        .allMatch(
            letter ->
                unresolvable.stream()
                    .anyMatch(begin -> letter.getFields().get("repo").startsWith(begin)));
    assertThat(network.host(1).requestsOverLimit())
        .as("asked too often, at most now and then")
        .isLessThan(20);
  }

  @Test
  void theStreamOfEventsHoldsWhatTheNetworkHolds() throws Exception {
    StreamIngesterBuilder ingester =
        StreamIngester.builder(streams.redis).names(streams.names).client(client);
    network.hosts().forEach(host -> ingester.host(host.url()));
    try (StreamBackfiller backfiller =
            StreamBackfiller.builder(streams.redis)
                .names(streams.names)
                .engine(this::onThisNetwork)
                .start();
        StreamIngester listing = ingester.start()) {
      assertThat(listing.await(LONG_ENOUGH)).isTrue();
      untilAllIsRead();
      assertThat(backfiller.progress().state()).isEqualTo(JobState.RUNNING);
    }

    Map<AtUri, Cid> records = new HashMap<>();
    Set<String> inactive = new HashSet<>();
    for (StreamEntry entry : streams.redis.xrange(streams.names.firehoseBackfill(), "-", "+")) {
      JsonNode event = JSON.readTree(entry.getFields().get("event"));
      assertThat(event.path("seq").asInt()).isEqualTo(-2);
      String did = event.path("did").asText();
      switch (event.path("type").asText()) {
        case "create" ->
            records.put(
                AtUri.parse(
                    String.format(
                        "at://%s/%s/%s",
                        did, event.path("collection").asText(), event.path("rkey").asText())),
                Cid.parse(event.path("cid").asText()));
        case "account" -> {
          if (!event.path("active").asBoolean()) {
            inactive.add(did);
          }
        }
        default -> assertThat(event.path("type").asText()).isEqualTo("repo");
      }
    }
    assertThat(records).isEqualTo(expected());
    assertThat(inactive)
        .containsAll(
            network
                .accounts()
                .filter(account -> account.status().outcome() == ExpectedOutcome.UNAVAILABLE)
                .map(account -> account.did().value())
                .toList());
  }

  @Test
  void onlyTheCollectionsThatAreWanted() throws Exception {
    Nsid wanted = Nsid.parse("com.example.note");
    Did did = anyActive(0);
    try (StreamBackfiller backfiller = backfiller(kept).collections(Set.of(wanted)).start()) {
      streams.addDid(did.value());
      untilAllIsRead();
      assertThat(backfiller.progress().repos().failed()).isZero();
    }
    assertThat(kept.records).isEqualTo(records(did, wanted.value()));
  }

  // ---- by hand

  @Test
  void whatIsAddedByHandIsReadEachTime() throws Exception {
    Did did = anyActive(0);
    AtUri added = AtUri.parse("at://" + did + "/com.example.note/added");
    try (StreamBackfiller backfiller = backfiller(kept).start()) {
      streams.addDid(did.value());
      untilAllIsRead();
      assertThat(kept.records).isEqualTo(records(did));
      int events = kept.events.get();

      streams.addDid(did.value());
      untilAllIsRead();
      assertThat(kept.events).as("though nothing changed").hasValue(2 * events);

      network.put(added, "{\"$type\":\"com.example.note\",\"text\":\"new\"}");
      streams.addDid(did.value());
      until(() -> kept.records.containsKey(added));
      untilAllIsRead();
      assertThat(kept.records).isEqualTo(records(did));
      assertThat(backfiller.progress().state()).isEqualTo(JobState.RUNNING);
    }
  }

  @Test
  void whoListedItMayBeARelayOrNobodyOrALiar() throws Exception {
    List<Did> dids = List.of(anyActive(0), anyActive(1), anyActive(2));
    try (StreamBackfiller backfiller = backfiller(kept).start()) {
      streams.add(message(dids.get(0), "\"" + network.relay().url() + "\""));
      streams.add(message(dids.get(1), "\"https://nobody.invalid\""));
      streams.add(message(dids.get(2), "{\"not\":\"text\"}"));
      untilAllIsRead();
      assertThat(backfiller.progress().repos().failed()).isZero();
    }
    Map<AtUri, Cid> all = new HashMap<>();
    dids.forEach(did -> all.putAll(records(did)));
    assertThat(kept.records).isEqualTo(all);
    assertThat(network.relay().requests()).isZero();
  }

  @Test
  void junkIsBuriedAndHoldsNobodyUp() throws Exception {
    Did did = anyActive(0);
    try (StreamBackfiller backfiller = backfiller(kept).start()) {
      for (int i = 0; i < 2_000; i++) {
        streams.add(i % 2 == 0 ? "junk " + i : "{\"did\":\"did:plc:" + i + "\"}");
      }
      streams.addDid(did.value());
      untilAllIsRead();
      until(() -> backfiller.progress().repos().failed() == 2_000);
    }
    assertThat(streams.dead()).hasSize(2_000);
    assertThat(kept.records).isEqualTo(records(did));
  }

  // ---- who dies, and who stops

  @Test
  void whatADeadBackfillerHadIsReadByTheNext() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    RecordSink standsStill =
        batch -> {
          begun.countDown();
          never.await();
        };
    network.accounts(AccountStatus.ACTIVE).forEach(one -> streams.addDid(one.did().value()));
    StreamBackfiller dead = backfiller(standsStill).start();
    begun.await();
    // It still lives, and loses everything all the same: its leases are anyone's.
    try (StreamBackfiller next = backfiller(kept).start()) {
      until(
          () -> {
            streams.lapse();
            return activeRecords().equals(kept.records);
          });
      assertThat(next.progress().state()).isEqualTo(JobState.RUNNING);
    } finally {
      never.countDown();
      dead.close();
    }
  }

  @Test
  void whoIsStoppedGivesEverythingBackAtOnceAndIsGoneOnFor() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    RecordSink standingStill =
        new Kept.Forwarding(kept) {
          @Override
          public void write(List<RecordEvent> batch) throws Exception {
            begun.countDown();
            goOn.await();
            kept.write(batch);
          }
        };
    network.accounts(AccountStatus.ACTIVE).forEach(one -> streams.addDid(one.did().value()));
    try (StreamBackfiller first =
        backfiller(standingStill).leaseFor(Duration.ofMinutes(10)).start()) {
      begun.await();
      first.stop();
      goOn.countDown();
      assertThat(first.await(LONG_ENOUGH)).isTrue();
      assertThat(first.completion().toCompletableFuture().join().state())
          .as("it is stopped, not ended")
          .isEqualTo(JobState.RUNNING);
    }
    assertThat(kept.records.size()).isLessThan(activeRecords().size());

    try (StreamBackfiller next = backfiller(kept).leaseFor(Duration.ofMinutes(10)).start()) {
      untilAllIsRead();
      assertThat(next.progress().repos().failed()).isZero();
    }
    assertThat(kept.records).isEqualTo(activeRecords());
    assertThat(kept.events).as("no page was written twice").hasValue(kept.records.size());
  }

  @Test
  void aRedisThatForgotEverythingIsGoneOnWith() throws Exception {
    Did first = anyActive(0);
    Did second = anyActive(1);
    try (StreamBackfiller backfiller = backfiller(kept).start()) {
      streams.addDid(first.value());
      untilAllIsRead();
      streams.flush();
      streams.addDid(second.value());
      until(() -> kept.records.keySet().containsAll(records(second).keySet()));
      assertThat(backfiller.progress().state()).isEqualTo(JobState.RUNNING);
      assertThat(backfiller.completion().toCompletableFuture()).isNotDone();
    }
  }

  // ---- what fails

  @Test
  void aHostThatFailsForAWhileIsTriedAgainAndOneThatFailsForGoodIsBuried() throws Exception {
    Did did = anyActive(0);
    SimulatedHost host = network.account(did).host();
    host.order(Fault.status(500).next(2));
    try (StreamBackfiller backfiller = backfiller(kept).start()) {
      streams.addDid(did.value());
      untilAllIsRead();
      assertThat(kept.records).isEqualTo(records(did));
      assertThat(streams.dead()).isEmpty();

      host.order(Fault.status(500));
      streams.addDid(did.value());
      until(() -> !streams.dead().isEmpty());
      assertThat(streams.dead().get(0).getFields().get("error")).startsWith("server_error: ");
      untilAllIsRead();
      assertThat(backfiller.progress().state()).isEqualTo(JobState.RUNNING);
    }
  }

  // ---- at hand

  private StreamBackfillerBuilder backfiller(RecordSink sink) {
    return StreamBackfiller.builder(streams.redis)
        .names(streams.names)
        .sink(sink)
        .engine(this::onThisNetwork);
  }

  private void onThisNetwork(BackfillBuilder engine) {
    engine
        .client(client)
        .resolver(DidResolvers.uncached(client, network.directory().url()))
        .hostPatience(Duration.ofSeconds(3))
        .retryAfter(Duration.ofMillis(50), Duration.ofMillis(200))
        .concurrency(8);
  }

  private void untilAllIsRead() {
    until(() -> streams.redis.xlen(streams.repos) == 0);
  }

  private Did anyActive(int number) {
    return network
        .accounts(AccountStatus.ACTIVE)
        .map(SimulatedAccount::did)
        .skip(number)
        .findFirst()
        .orElseThrow();
  }

  private static String message(Did did, String host) {
    return "{\"did\":\"" + did + "\",\"host\":" + host + ",\"rev\":\"3jzfcijpj2z2a\"}";
  }

  private Map<AtUri, Cid> expected() {
    return network
        .expectedRecords()
        .collect(Collectors.toMap(record -> record.uri(), record -> record.cid()));
  }

  private Map<AtUri, Cid> records(Did did, String... collections) {
    return network
        .expectedRecords(did, collections)
        .collect(Collectors.toMap(record -> record.uri(), record -> record.cid()));
  }

  private Map<AtUri, Cid> activeRecords() {
    Map<AtUri, Cid> all = new HashMap<>();
    network.accounts(AccountStatus.ACTIVE).forEach(one -> all.putAll(records(one.did())));
    return all;
  }

  private Map<Did, String> inactive() {
    return kept.accounts.stream()
        .filter(event -> !event.active())
        .collect(Collectors.toMap(AccountEvent::did, AccountEvent::status, (a, b) -> b));
  }

  /** Holds what it was given, and counts how often it was given anything. */
  private static final class Kept implements RecordSink {

    final Map<AtUri, Cid> records = new ConcurrentHashMap<>();
    final AtomicInteger events = new AtomicInteger();
    final List<AccountEvent> accounts = java.util.Collections.synchronizedList(new ArrayList<>());

    @Override
    public void write(List<RecordEvent> batch) {
      for (RecordEvent event : batch) {
        events.incrementAndGet();
        if (event instanceof RecordPut put) {
          records.put(put.uri(), put.cid());
        }
      }
    }

    @Override
    public void account(AccountEvent event) {
      accounts.add(event);
    }

    /** The same with something in between. */
    abstract static class Forwarding implements RecordSink {
      private final Kept kept;

      Forwarding(Kept kept) {
        this.kept = kept;
      }

      @Override
      public void account(AccountEvent event) {
        kept.account(event);
      }
    }
  }
}
