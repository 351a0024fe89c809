package io.github.atprotobackfill.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.ClaimFor;
import io.github.atprotobackfill.progress.DiscoveryState;
import io.github.atprotobackfill.progress.HeldRepo;
import io.github.atprotobackfill.progress.JobCounts;
import io.github.atprotobackfill.progress.JobSpec;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.progress.Lease;
import io.github.atprotobackfill.progress.LeaseUpdate;
import io.github.atprotobackfill.progress.QueuedRepo;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.progress.StoreException;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.HostPolicy;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.SharedBudget;
import io.github.atprotobackfill.xrpc.SharedBudget.Draw;
import io.github.atprotobackfill.xrpc.SharedBudget.Spending;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.UnifiedJedis;

/** What is particular to Redis: keys that expire, servers that forget, and what others wrote. */
class RedisStoresTest {

  private static final ServiceUrl HOST = ServiceUrl.parse("https://pds.example.com");
  private static final Did DID = Did.parse("did:plc:dymdrt6um4ykyt2ykj6yjpfo");
  private static final Did OTHER = Did.parse("did:web:other.example.net");
  private static final Tid REV = Tid.parse("3jzfcijpj2z2a");
  private static final Duration LEASE = Duration.ofMinutes(1);
  private static final JobSpec SPEC = new JobSpec("repos", "{}");
  private static final JobCounts ONE = new JobCounts(1, 1, 1, 1, 1, 1, 1, Map.of());

  private final RedisHarness redis = new RedisHarness();
  private final BackfillStores stores = redis.open();
  private final UUID job = stores.progress().open(SPEC).id();

  @AfterEach
  void close() {
    redis.close();
  }

  private void enqueue(Did... dids) {
    stores
        .queue()
        .enqueue(job, List.of(dids).stream().map(did -> new QueuedRepo(did, HOST, REV)).toList());
  }

  private List<Lease> claim() {
    return stores.queue().claim(job, "test", List.of(new ClaimFor(HOST, 10)), LEASE);
  }

  private String key(String what) {
    return redis.prefix() + "{" + job + "}:" + what;
  }

  private void end() {
    assertThat(stores.progress().move(job, JobState.PENDING, JobState.RUNNING, null)).isTrue();
    assertThat(stores.progress().move(job, JobState.RUNNING, JobState.COMPLETED, null)).isTrue();
  }

  private List<String> keysOfTheJob() {
    return redis.keys().stream().filter(key -> key.contains(job.toString())).toList();
  }

  private void assertAllExpireWithinADay() {
    assertThat(keysOfTheJob())
        .isNotEmpty()
        .allSatisfy(
            key -> assertThat(redis.probe().ttl(key)).as("ttl of %s", key).isBetween(0L, 86_400L));
  }

  @Test
  void whatAnEndedJobLeavesExpiresAndNothingElseDoes() {
    enqueue(DID, OTHER);
    stores.progress().saveDiscovery(job, DiscoveryState.begin("relay"));
    stores.states().save(List.of(held()));
    Lease lease = claim().get(0);
    stores.queue().apply(job, List.of(new LeaseUpdate.Checkpoint(lease, "page 2")));
    assertThat(redis.keys()).allSatisfy(key -> assertThat(redis.probe().ttl(key)).isEqualTo(-1));

    end();

    assertAllExpireWithinADay();
    assertThat(redis.keys())
        .filteredOn(key -> !key.contains(job.toString()))
        .allSatisfy(key -> assertThat(redis.probe().ttl(key)).isEqualTo(-1));
    assertThat(stores.progress().open(SPEC).id()).isNotEqualTo(job);
  }

  @Test
  void whatIsWrittenOfAJobThatEndedExpiresWithIt() {
    enqueue(DID);
    List<Lease> leases = claim();
    end();

    enqueue(OTHER);
    stores.progress().saveDiscovery(job, DiscoveryState.begin("late"));
    stores
        .queue()
        .apply(
            job,
            List.of(
                new LeaseUpdate.Retry(
                    leases.get(0), null, LEASE, new Failure(ErrorKind.DNS, "late"))));

    assertAllExpireWithinADay();
  }

  @Test
  void whatAProcessDiedOverIsGivenItsTimeByTheNext() {
    enqueue(DID, OTHER);
    end();
    keysOfTheJob().forEach(key -> redis.probe().persist(key));

    assertThat(stores.progress().purge(Duration.ofDays(1))).isEmpty();

    assertAllExpireWithinADay();
  }

  @Test
  void whatHasExpiredIsNotListed() {
    end();
    UUID next = stores.progress().open(SPEC).id();
    redis.probe().del(key("job"));

    assertThat(stores.progress().list(10)).extracting("id").containsExactly(next);
    assertThat(stores.progress().find(job)).isEmpty();
  }

  @Test
  void nothingIsLeftOfWhatIsPurged() throws Exception {
    enqueue(DID, OTHER);
    claim();
    end();
    redis.advance(Duration.ofHours(2));

    assertThat(stores.progress().purge(Duration.ofHours(1))).containsExactly(job);

    assertThat(redis.keys()).isEmpty();
  }

  @Test
  void allKeysOfAJobLieTogetherInACluster() {
    enqueue(DID, OTHER);
    stores.states().save(List.of(held()));
    claim();
    stores.progress().addCounts(job, ONE);
    stores.progress().holdDiscovery(job, "test", LEASE);

    assertThat(redis.keys()).allMatch(key -> key.matches(redis.prefix() + "\\{[^{}]+}:.+"));
    assertThat(redis.keys()).anyMatch(key -> key.endsWith(":lister"));
  }

  @Test
  void aServerThatForgotTheScriptsIsGivenThemAgain() {
    enqueue(DID);
    redis.probe().scriptFlush("");

    assertThat(claim()).hasSize(1);
  }

  @Test
  void aLeaseFromBeforeAServerLostItsMemoryIsNotTakenForANewOne() {
    enqueue(DID);
    Lease before = claim().get(0);
    redis.forgetEverything();
    stores.queue().enqueue(job, List.of(new QueuedRepo(DID, HOST, REV)));

    Lease since = claim().get(0);

    assertThat(since.fence()).isGreaterThan(before.fence());
    assertThat(stores.queue().apply(job, List.of(new LeaseUpdate.Done(before, REV))))
        .containsExactly(DID);
    assertThat(stores.queue().apply(job, List.of(new LeaseUpdate.Done(since, REV)))).isEmpty();
  }

  @Test
  void theQueueOfAJobThatIsKeptElsewhereWorksAlike() {
    UUID elsewhere = UUID.randomUUID();
    stores.queue().enqueue(elsewhere, List.of(new QueuedRepo(DID, HOST, REV)));

    List<Lease> leases =
        stores.queue().claim(elsewhere, "test", List.of(new ClaimFor(HOST, 1)), LEASE);

    assertThat(stores.queue().apply(elsewhere, List.of(new LeaseUpdate.Done(leases.get(0), REV))))
        .isEmpty();
    assertThat(stores.queue().stats(elsewhere).count(RepoState.DONE)).isEqualTo(1);
  }

  @Test
  void aServerThatDoesNotAnswerIsAStoreException() {
    try (UnifiedJedis nobody = TestRedis.connectToNobody()) {
      BackfillStores away = RedisStores.builder(nobody).build();
      assertFails(() -> away.progress().open(SPEC));
      assertFails(() -> away.progress().find(job));
      assertFails(() -> away.progress().purge(LEASE));
      assertFails(() -> away.queue().hosts(job));
      assertFails(() -> away.queue().enqueue(job, List.of(new QueuedRepo(DID, HOST, REV))));
      assertFails(() -> away.queue().stats(job));
      assertFails(() -> away.states().find(List.of(DID)));
    }
  }

  private static void assertFails(ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(StoreException.class).hasMessageStartingWith("could not");
  }

  @Test
  void whatAClientSendsTwiceDoesNoHarm() {
    try (UnifiedJedis stuttering = TestRedis.connectStuttering()) {
      BackfillStores twice = RedisStores.builder(stuttering).keyPrefix(redis.prefix()).build();

      UUID id = twice.progress().open(new JobSpec("twice", "{}")).id();
      twice.progress().addCounts(id, ONE);
      assertThat(twice.progress().find(id).orElseThrow().counts()).isEqualTo(ONE);
      assertThat(twice.progress().move(id, JobState.PENDING, JobState.RUNNING, null)).isTrue();
      assertThat(twice.progress().holdDiscovery(id, "test", LEASE)).isTrue();
      twice.queue().enqueue(id, List.of(new QueuedRepo(DID, HOST, REV)));
      assertThat(twice.queue().stats(id).total()).isEqualTo(1);
      List<Lease> leases = stores.queue().claim(id, "test", List.of(new ClaimFor(HOST, 1)), LEASE);
      twice.queue().apply(id, List.of(new LeaseUpdate.Done(leases.get(0), REV)));
      assertThat(twice.queue().stats(id).count(RepoState.DONE)).isEqualTo(1);
      assertThat(twice.queue().stats(id).total()).isEqualTo(1);
    }
  }

  @Test
  void junkIsNamed() {
    enqueue(DID);
    String repo = key("repo:did:plc:dym!1");
    assertThat(redis.probe().hget(repo, "drt6um4ykyt2ykj6yjpfo")).startsWith("1Q,");

    redis.probe().hset(repo, "drt6um4ykyt2ykj6yjpfo", "junk");
    assertNames(this::claim, repo);
    assertNames(() -> stores.queue().repos(job, Set.of(RepoState.QUEUED), null, 9), repo);
    redis.probe().hset(repo, "drt6um4ykyt2ykj6yjpfo", "1Z,,,,");
    assertNames(() -> stores.queue().repos(job, Set.of(RepoState.values()), null, 9), repo);
    redis.probe().hdel(repo, "drt6um4ykyt2ykj6yjpfo");
    assertNames(this::claim, key("lane:1"));
    redis.probe().set(key("lane:1"), "junk");
    assertNames(this::claim, key("lane:1"));
    assertNames(() -> stores.queue().stats(job), key("lane:1"));
    redis.probe().set(key("queue"), "junk");
    assertNames(() -> enqueue(OTHER), key("queue"));
    redis.probe().hset(key("sources"), "relay", "junk");
    assertNames(() -> stores.progress().discovery(job), key("sources"));
    redis.probe().set(key("job"), "junk");
    assertNames(() -> stores.progress().find(job), key("job"));
    redis.probe().del(key("job"));
    redis.probe().hset(key("job"), "state", "junk");
    assertNames(() -> stores.progress().find(job), key("job"));
    redis.probe().hset(redis.prefix() + "{jobs}:open", Map.of("junk", "junk"));
    redis.probe().zadd(redis.prefix() + "{jobs}:list", 1, "junk");
    assertNames(() -> stores.progress().list(10), "{jobs}:list");
    String heldKey = redis.prefix() + "{held}:repo:did:plc:dym!1";
    redis.probe().hset(heldKey, "drt6um4ykyt2ykj6yjpfo", "junk");
    assertNames(() -> stores.states().find(List.of(DID)), heldKey);
    assertNames(() -> stores.states().save(List.of(held())), heldKey);
    redis.probe().hset(key("hosts"), "junk", "9");
    assertNames(() -> stores.queue().hosts(job), key("hosts"));
    String budget = redis.prefix() + "budget:" + HOST;
    Draw draw =
        new Draw(HOST, Spending.OTHERS, new HostPolicy(1, 1, 1), 1, SharedBudget.Known.NOTHING);
    for (String junk : List.of("junk", "", "1,2", "1,a,b,c,d,e,f,g,h", "2,1,2,3,4,5,6,7,8")) {
      redis.probe().set(budget, junk);
      assertNames(() -> stores.sharedBudget().orElseThrow().draw(draw), budget);
    }
  }

  private static void assertNames(ThrowingCallable call, String key) {
    assertThatThrownBy(call).isInstanceOf(StoreException.class).hasMessageContaining(key);
  }

  @Test
  void whatALaterVersionWroteIsLeftAlone() {
    enqueue(DID, OTHER);
    Lease lease = claim().get(0);
    String other = key("repo:" + OTHER + "!");
    redis.probe().hset(other, "", "2L,1,,7,something new");
    List<LeaseUpdate> updates =
        List.of(
            new LeaseUpdate.Done(lease, REV),
            new LeaseUpdate.Done(new Lease(job, OTHER, 7, LEASE, HOST, null, 0, null), REV));

    assertLater(() -> stores.queue().apply(job, updates));
    assertThat(stores.queue().stats(job).count(RepoState.DONE)).as("nothing of it stands").isZero();

    redis.probe().hset(key("queue"), "v", "2");
    assertLater(() -> enqueue(DID));
    redis.probe().hset(key("job"), "v", "2");
    assertLater(() -> stores.progress().find(job));
    assertLater(() -> stores.progress().addCounts(job, ONE));
    redis.probe().hset(key("sources"), "relay", "{\"v\":2}");
    assertLater(() -> stores.progress().discovery(job));
    redis.probe().set(redis.prefix() + "{held}:head", "2");
    assertLater(() -> stores.states().find(List.of(DID)));
  }

  private static void assertLater(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("later version");
  }

  /** As the first version left it; this must be read for ever. */
  @Test
  void whatTheFirstVersionWroteIsRead() {
    UnifiedJedis raw = redis.probe();
    String of = redis.prefix() + "{0d9a4b1e-5f0c-4a59-9c7c-2f2f6d2b9a10}:";
    UUID id = UUID.fromString("0d9a4b1e-5f0c-4a59-9c7c-2f2f6d2b9a10");
    raw.hset(
        of + "job",
        Map.of(
            "v",
            "1",
            "type",
            "repos",
            "body",
            "{}",
            "state",
            "running",
            "reason",
            "because",
            "created",
            "1795000000000001",
            "started",
            "1795000000000002",
            "requests",
            "3",
            "error:timeout",
            "2"));
    raw.hset(
        of + "sources",
        "relay",
        "{\"v\":1,\"cursor\":\"page\",\"done\":false,\"discovered\":9,\"queued\":8}");
    raw.hset(of + "queue", Map.of("v", "1", "Q", "1", "L", "1", "D", "1", "F", "1"));
    raw.hset(of + "hosts", HOST.toString(), "1");
    raw.hset(of + "names", "1", HOST.toString());
    raw.zadd(of + "buckets", 0, "did:plc:dym!1");
    raw.zadd(of + "buckets", 0, "did:web:other.example.net!");
    raw.hset(
        of + "repo:did:plc:dym!1",
        Map.of(
            "drt6um4ykyt2ykj6yjpfo", "1L,1,2,1795000000000005,3jzfcijpj2z2a",
            "drt6um4ykyt2ykj6yjpfp", "1D,1,,,3jzfcijpj2z2b",
            "drt6um4ykyt2ykj6yjpfq", "1F,1,5,,"));
    raw.hset(of + "repo:did:web:other.example.net!", "", "1Q,,,,");
    raw.zadd(of + "lane:1", 1_795_000_060_000_005.0, DID.toString());
    raw.zadd(of + "lane:", 1_795_000_000_000_004.0, OTHER.toString());
    raw.zadd(of + "ended:F", 0, "did:plc:dymdrt6um4ykyt2ykj6yjpfq");
    raw.hset(of + "position", DID.toString(), "page 2");
    raw.hset(of + "failure", "did:plc:dymdrt6um4ykyt2ykj6yjpfq", "timeout no answer");
    raw.set(redis.prefix() + "{held}:head", "1");
    raw.hset(redis.prefix() + "{held}:host-names", "1", HOST.toString());
    raw.hset(redis.prefix() + "{held}:set-names", "1", "com.example.note");
    raw.hset(
        redis.prefix() + "{held}:repo:did:plc:dym!1",
        "drt6um4ykyt2ykj6yjpfo",
        "1,3jzfcijpj2z2a," + Long.toString(THEN.toEpochMilli(), 36) + ",1,1,");

    assertThat(stores.progress().find(id).orElseThrow())
        .returns(new JobSpec("repos", "{}"), found -> found.spec())
        .returns(JobState.RUNNING, found -> found.state())
        .returns("because", found -> found.reason())
        .returns(
            new JobCounts(3, 0, 0, 0, 0, 0, 0, Map.of(ErrorKind.TIMEOUT, 2L)),
            found -> found.counts());
    assertThat(stores.progress().discovery(id))
        .containsExactly(new DiscoveryState("relay", "page", false, 9, 8, null));
    assertThat(stores.queue().stats(id).total()).isEqualTo(4);
    assertThat(stores.queue().repos(id, Set.of(RepoState.values()), null, 9))
        .extracting("state")
        .containsExactly(RepoState.LEASED, RepoState.DONE, RepoState.FAILED, RepoState.QUEUED);
    assertThat(stores.queue().repos(id, Set.of(RepoState.FAILED), null, 9).get(0))
        .returns(5, entry -> entry.attempts())
        .returns(new Failure(ErrorKind.TIMEOUT, "no answer"), entry -> entry.failure());
    Lease lease = new Lease(id, DID, 1795000000000005L, LEASE, HOST, null, 2, null);
    assertThat(stores.queue().apply(id, List.of(new LeaseUpdate.Release(lease, HOST, LEASE, true))))
        .isEmpty();
    assertThat(stores.queue().claim(id, "test", List.of(new ClaimFor(null, 9)), LEASE))
        .extracting(Lease::did)
        .containsExactly(OTHER);
    assertThat(stores.states().find(List.of(DID))).containsEntry(DID, held());
  }

  private static final Instant THEN = Instant.parse("2026-02-03T04:05:06.789Z");

  private static HeldRepo held() {
    return new HeldRepo(
        DID, HOST, REV, Set.of(Nsid.parse("com.example.note")), HeldRepo.ACTIVE, THEN);
  }
}
