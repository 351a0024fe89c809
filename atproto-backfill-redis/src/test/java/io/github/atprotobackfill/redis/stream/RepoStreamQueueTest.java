package io.github.atprotobackfill.redis.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.progress.ClaimFor;
import io.github.atprotobackfill.progress.Lease;
import io.github.atprotobackfill.progress.LeaseUpdate;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.params.XAddParams;
import redis.clients.jedis.resps.StreamEntry;

/** On a real server; time is moved by telling the server how long an entry has been idle. */
class RepoStreamQueueTest {

  private static final Duration LEASE = Duration.ofMinutes(1);
  private static final UUID JOB = UUID.randomUUID();
  private static final String ANN = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";
  private static final String BOB = "did:plc:bbbbbbbbbbbbbbbbbbbbbbbb";
  private static final ServiceUrl HOST = ServiceUrl.parse("https://pds.example.com");
  private static final Tid REV = Tid.parse("3jzfcijpj2z2a");
  private static final Failure FAILURE = new Failure(ErrorKind.SERVER_ERROR, "500");

  private final TestStreams streams = new TestStreams();
  private final RepoStreamQueue one = queue("one");
  private final RepoStreamQueue two = queue("two");

  private RepoStreamQueue queue(String consumer) {
    return new RepoStreamQueue(
        new ConsumerGroup(streams.redis, streams.repos, TestStreams.GROUP, consumer, LEASE),
        new RepoLeases(streams.redis, streams.repos, TestStreams.GROUP, consumer));
  }

  @AfterEach
  void clear() {
    streams.close();
  }

  // ---- claims and ends

  @Test
  void whatIsAddedIsClaimedOnceAndLeavesTheStreamWhenItIsDone() {
    streams.addDid(ANN);
    streams.add("{\"did\":\"" + BOB + "\",\"host\":\"https://relay.example\",\"rev\":\"x\"}");

    List<Lease> leases = claim(one);

    assertThat(leases).extracting(lease -> lease.did().value()).containsExactly(ANN, BOB);
    assertThat(leases).extracting(Lease::pds).as("who lists it may be a relay").containsOnlyNulls();
    assertThat(claim(two)).isEmpty();
    assertThat(stats(RepoState.LEASED)).isEqualTo(2);

    assertThat(one.apply(JOB, List.of(new LeaseUpdate.Done(leases.get(0), REV)))).isEmpty();
    assertThat(streams.redis.xlen(streams.repos)).isEqualTo(1);
    assertThat(streams.pending()).isEqualTo(1);
    one.apply(JOB, List.of(new LeaseUpdate.Closed(leases.get(1), RepoState.GONE, "gone")));
    assertThat(streams.redis.xlen(streams.repos)).isZero();
    assertThat(stats(RepoState.DONE)).isEqualTo(1);
    assertThat(stats(RepoState.GONE)).isEqualTo(1);
    assertThat(one.stats(JOB).open()).isZero();
    assertThat(streams.redis.keys("*" + ANN + "*")).as("nothing is kept of it").isEmpty();
  }

  @Test
  void noMoreAreClaimedThanAskedFor() {
    for (int i = 0; i < 5; i++) {
      streams.addDid("did:web:a" + i + ".example.com");
    }
    assertThat(one.claim(JOB, "w", List.of(new ClaimFor(null, 3)), LEASE)).hasSize(3);
    assertThat(stats(RepoState.QUEUED)).isEqualTo(2);
  }

  @Test
  void whatFailsLiesWithTheDeadLetters() {
    StreamEntryID id = streams.addDid(ANN);
    Lease lease = claim(one).get(0);

    one.apply(JOB, List.of(new LeaseUpdate.Failed(lease, FAILURE)));

    assertThat(streams.redis.xlen(streams.repos)).isZero();
    StreamEntry dead = streams.dead().get(0);
    assertThat(dead.getFields())
        .containsEntry("repo", "{\"did\":\"" + ANN + "\"}")
        .containsEntry("error", "server_error: 500")
        .containsEntry("id", id.toString());
    assertThat(stats(RepoState.FAILED)).isEqualTo(1);
  }

  @Test
  void aLostLeaseBuriesNothing() {
    streams.addDid(ANN);
    Lease stale = claim(one).get(0);
    streams.lapse();
    claim(two);

    assertThat(one.apply(JOB, List.of(new LeaseUpdate.Failed(stale, FAILURE))))
        .containsExactly(Did.parse(ANN));
    assertThat(streams.dead()).isEmpty();
    assertThat(streams.redis.xlen(streams.repos)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no json",
        "[]",
        "{}",
        "{\"did\":1}",
        "{\"did\":\"did:plc\"}",
        "{\"did\":\"did:plc:aaaaaaaaaaaaaaaaaaaaaaaa\"} {}",
        "{\"did\":\"did:plc:aaaaaaaaaaaaaaaaaaaaaaaa\""
      })
  void whatIsNoMessageLiesWithTheDeadLetters(String junk) {
    streams.add(junk);
    streams.addDid(BOB);

    assertThat(claim(one)).extracting(lease -> lease.did().value()).containsExactly(BOB);
    assertThat(streams.dead()).hasSize(1);
    assertThat(streams.dead().get(0).getFields()).containsEntry("repo", junk);
    assertThat(streams.redis.xlen(streams.repos)).isEqualTo(1);
    assertThat(stats(RepoState.FAILED)).isEqualTo(1);
  }

  @Test
  void soDoGiantsAndEntriesOfOtherFields() {
    streams.add("{\"did\":\"" + ANN + "\",\"x\":\"" + "x".repeat(RepoMessage.MAX_BYTES) + "\"}");
    streams.add("[".repeat(RepoMessage.MAX_BYTES));
    streams.redis.xadd(streams.repos, StreamEntryID.NEW_ENTRY, Map.of("event", "{}"));
    streams.redis.xadd(
        streams.repos.getBytes(),
        XAddParams.xAddParams(),
        Map.of("repo".getBytes(), new byte[] {(byte) 0xff, 0}));

    assertThat(claim(one)).isEmpty();
    assertThat(streams.dead()).hasSize(4);
    assertThat(streams.redis.xlen(streams.repos)).isZero();
  }

  // ---- the same repo again

  @Test
  void aRepoIsReadByOneAtATimeAndThenOnceMore() {
    streams.addDid(ANN);
    Lease first = claim(one).get(0);
    streams.addDid(ANN);
    assertThat(claim(two)).isEmpty();
    one.apply(JOB, List.of(new LeaseUpdate.Checkpoint(first, "page 2")));

    one.apply(JOB, List.of(new LeaseUpdate.Done(first, REV)));

    Lease second = claim(two).get(0);
    assertThat(second.did()).isEqualTo(first.did());
    assertThat(second.fence()).isGreaterThan(first.fence());
    assertThat(second.position()).as("from the beginning").isNull();
    two.apply(JOB, List.of(new LeaseUpdate.Done(second, REV)));
    assertThat(streams.redis.xlen(streams.repos)).isZero();
    assertThat(claim(one)).isEmpty();
  }

  @Test
  void twoOfOneRepoHandedOutTogetherAreReadOneAfterTheOther() {
    streams.addDid(ANN);
    streams.addDid(ANN);
    streams.addDid(ANN);
    for (int times = 0; times < 3; times++) {
      List<Lease> leases = claim(one);
      assertThat(leases).hasSize(1);
      one.apply(JOB, List.of(new LeaseUpdate.Done(leases.get(0), REV)));
    }
    assertThat(claim(one)).isEmpty();
    assertThat(stats(RepoState.DONE)).isEqualTo(3);
    assertThat(streams.redis.xlen(streams.repos)).isZero();
  }

  @Test
  void whatWasRemovedByHandWhileItWaitedBehindIsNotRead() {
    streams.addDid(ANN);
    Lease first = claim(one).get(0);
    StreamEntryID removed = streams.addDid(ANN);
    claim(one);
    streams.redis.xdel(streams.repos, removed);

    one.apply(JOB, List.of(new LeaseUpdate.Done(first, REV)));
    assertThat(claim(one)).isEmpty();
  }

  // ---- leases

  @Test
  void whatIsAbandonedIsTakenOverAtItsPageUnderAGreaterFence() {
    streams.addDid(ANN);
    Lease dead = claim(one).get(0);
    one.apply(JOB, List.of(new LeaseUpdate.Checkpoint(dead, "page 2")));
    assertThat(claim(two)).isEmpty();
    streams.lapse();

    Lease taken = claim(two).get(0);

    assertThat(taken.fence()).isGreaterThan(dead.fence());
    assertThat(taken.position()).isEqualTo("page 2");
    assertThat(one.apply(JOB, List.of(new LeaseUpdate.Checkpoint(dead, "page 3"))))
        .containsExactly(Did.parse(ANN));
    assertThat(one.apply(JOB, List.of(new LeaseUpdate.Renew(dead)))).isNotEmpty();
    assertThat(one.apply(JOB, List.of(new LeaseUpdate.Done(dead, REV)))).isNotEmpty();
    assertThat(two.apply(JOB, List.of(new LeaseUpdate.Done(taken, REV)))).isEmpty();
    assertThat(stats(RepoState.DONE)).isEqualTo(1);
  }

  @Test
  void renewedAndCheckpointedLeasesAreNotAbandoned() {
    streams.addDid(ANN);
    Lease lease = claim(one).get(0);
    streams.lapse();
    one.apply(JOB, List.of(new LeaseUpdate.Renew(lease)));
    assertThat(claim(two)).isEmpty();
    streams.lapse();
    one.apply(JOB, List.of(new LeaseUpdate.Checkpoint(lease, "page 2")));
    assertThat(claim(two)).isEmpty();
  }

  @Test
  void whoComesBackUnderItsNameGoesOnAtOnce() {
    streams.addDid(ANN);
    Lease before = claim(one).get(0);
    one.apply(JOB, List.of(new LeaseUpdate.Checkpoint(before, "page 2")));

    Lease again = claim(queue("one")).get(0);
    assertThat(again.position()).isEqualTo("page 2");
    assertThat(again.fence()).isGreaterThan(before.fence());
  }

  @Test
  void whatIsTakenFromALaneIsNotHandedOutAgainAsOnesOwn() {
    streams.addDid(ANN);
    Lease lease = claim(one).get(0);
    one.apply(JOB, List.of(new LeaseUpdate.Release(lease, HOST, Duration.ZERO, true)));

    RepoStreamQueue fresh = queue("fresh");
    Lease taken = claimAt(fresh, HOST).get(0);
    assertThat(claim(fresh)).isEmpty();
    assertThat(fresh.apply(JOB, List.of(new LeaseUpdate.Done(taken, REV)))).isEmpty();
  }

  @Test
  void whatKillsItsReadersIsGivenUpUnlessItComesToAPage() {
    streams.addDid(ANN);
    for (int times = 0; times < RepoStreamQueue.MOST_TAKEOVERS; times++) {
      assertThat(claim(queue("reader " + times))).as("time %d", times).hasSize(1);
      streams.lapse();
    }
    assertThat(claim(one)).isEmpty();
    assertThat(streams.dead().get(0).getFields().get("error")).contains("left behind");
    assertThat(streams.redis.xlen(streams.repos)).isZero();

    streams.addDid(BOB);
    for (int times = 0; times < 2 * RepoStreamQueue.MOST_TAKEOVERS; times++) {
      RepoStreamQueue next = queue("next reader " + times);
      Lease lease = claim(next).get(0);
      next.apply(JOB, List.of(new LeaseUpdate.Checkpoint(lease, "page " + times)));
      streams.lapse();
    }
    assertThat(streams.dead()).hasSize(1);
  }

  // ---- given back

  @Test
  void whatIsReleasedWaitsAtItsHostForAnyone() {
    streams.addDid(ANN);
    Lease lease = claim(one).get(0);
    one.apply(JOB, List.of(new LeaseUpdate.Checkpoint(lease, "page 2")));
    one.apply(JOB, List.of(new LeaseUpdate.Release(lease, HOST, Duration.ZERO, true)));

    assertThat(two.hosts(JOB)).containsExactly(HOST);
    assertThat(claim(two)).as("not among those without a host").isEmpty();
    Lease next = claimAt(two, HOST).get(0);
    assertThat(next.pds()).isEqualTo(HOST);
    assertThat(next.position()).isEqualTo("page 2");
    assertThat(next.attempts()).isZero();
    assertThat(two.hosts(JOB)).isEmpty();
    assertThat(one.apply(JOB, List.of(new LeaseUpdate.Done(lease, REV)))).isNotEmpty();
    two.apply(JOB, List.of(new LeaseUpdate.Release(next, null, Duration.ZERO, false)));
    assertThat(claim(one).get(0).position()).isNull();
  }

  @Test
  void aRetryIsChargedAndWaitsUntilItIsDueThoughItsReaderDied() {
    streams.addDid(ANN);
    streams.addDid(BOB);
    List<Lease> leases = claim(one);
    one.apply(
        JOB,
        List.of(
            new LeaseUpdate.Retry(leases.get(0), HOST, Duration.ofHours(1), FAILURE),
            new LeaseUpdate.Retry(leases.get(1), HOST, Duration.ZERO, FAILURE)));
    streams.lapse();

    assertThat(claim(two)).as("it waits, and nobody abandoned it").isEmpty();
    Lease due = claimAt(two, HOST).get(0);
    assertThat(due.did().value()).isEqualTo(BOB);
    assertThat(due.attempts()).isEqualTo(1);
    assertThat(claimAt(two, HOST)).isEmpty();
    assertThat(stats(RepoState.RETRY)).isEqualTo(1);
    assertThat(streams.redis.xlen(streams.repos)).as("it is still to be done").isEqualTo(2);
  }

  @Test
  void noMoreIsTakenFromTheStreamWhileManyWait() {
    try (AbstractPipeline pipeline = streams.redis.pipelined()) {
      for (int i = 0; i <= RepoStreamQueue.MOST_WAITING; i++) {
        pipeline.xadd(
            streams.repos,
            StreamEntryID.NEW_ENTRY,
            Map.of("repo", "{\"did\":\"did:web:a" + i + ".example\"}"));
      }
      pipeline.sync();
    }
    List<Lease> leases =
        one.claim(JOB, "w", List.of(new ClaimFor(null, RepoStreamQueue.MOST_WAITING)), LEASE);
    assertThat(leases).hasSize(RepoStreamQueue.MOST_WAITING);
    List<LeaseUpdate> releases = new ArrayList<>();
    leases.forEach(
        lease -> releases.add(new LeaseUpdate.Release(lease, HOST, Duration.ZERO, true)));
    assertThat(one.apply(JOB, releases)).isEmpty();

    assertThat(claim(two)).isEmpty();
    assertThat(claimAt(two, HOST)).as("those that waited longest").hasSize(100);
    assertThat(claim(two)).hasSize(1);
  }

  // ---- a server without memory

  @Test
  void aServerThatForgotEverythingIsBegunWithAnew() {
    streams.addDid(ANN);
    streams.addDid(BOB);
    List<Lease> before = claim(one);
    one.apply(JOB, List.of(new LeaseUpdate.Release(before.get(1), HOST, Duration.ZERO, true)));
    streams.flush();

    assertThat(one.apply(JOB, List.of(new LeaseUpdate.Renew(before.get(0))))).hasSize(1);
    assertThat(claim(one)).isEmpty();
    assertThat(one.stats(JOB).total()).isZero();
    streams.addDid(ANN);
    Lease after = claim(one).get(0);
    assertThat(after.fence()).isGreaterThan(before.get(0).fence());
    assertThat(one.apply(JOB, List.of(new LeaseUpdate.Done(before.get(0), REV)))).hasSize(1);
  }

  @Test
  void aGroupThatIsGoneTakesItsLeasesWithItAndNothingElse() {
    streams.addDid(ANN);
    streams.addDid(BOB);
    List<Lease> before = claim(one);
    one.apply(JOB, List.of(new LeaseUpdate.Release(before.get(1), HOST, Duration.ZERO, true)));
    streams.redis.xgroupDestroy(streams.repos, TestStreams.GROUP);

    assertThat(one.apply(JOB, List.of(new LeaseUpdate.Renew(before.get(0))))).hasSize(1);
    assertThat(claimAt(one, HOST)).isEmpty();
    assertThat(claim(one)).extracting(lease -> lease.did().value()).containsExactly(ANN, BOB);
  }

  // ---- at hand

  private List<Lease> claim(RepoStreamQueue queue) {
    return claimAt(queue, null);
  }

  private List<Lease> claimAt(RepoStreamQueue queue, @Nullable ServiceUrl host) {
    return queue.claim(JOB, "worker", List.of(new ClaimFor(host, 100)), LEASE);
  }

  private long stats(RepoState state) {
    return one.stats(JOB).count(state);
  }
}
