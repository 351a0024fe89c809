package io.github.atprotobackfill.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What is true of these stores beyond the contract, which the testkit runs on them. */
class InMemoryStoresTest {

  private static final ServiceUrl HOST = new ServiceUrl("https", "pds.example.com", -1);
  private static final Did ALICE = Did.parse("did:web:alice.example.com");
  private static final Did BOB = Did.parse("did:web:bob.example.com");
  private static final Tid REV = Tid.parse("3jzfcijpj2z2a");

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final BackfillStores stores = new InMemoryStores(() -> now);
  private final UUID job = stores.progress().open(new JobSpec("test", "{}")).id();

  private List<Lease> claim(int most) {
    return stores
        .queue()
        .claim(job, "test", List.of(new ClaimFor(HOST, most)), Duration.ofMinutes(1));
  }

  private void enqueue(Did... dids) {
    List<QueuedRepo> repos = new ArrayList<>();
    for (Did did : dids) {
      repos.add(new QueuedRepo(did, HOST, REV));
    }
    stores.queue().enqueue(job, repos);
  }

  @Test
  void reposQueuedAtTheSameInstantAreClaimedInTheOrderOfTheList() {
    enqueue(BOB, ALICE);

    assertThat(claim(2)).extracting(Lease::did).containsExactly(BOB, ALICE);
  }

  @Test
  void aLeaseEndsAtItsVeryTime() {
    enqueue(ALICE);
    claim(1);

    now = now.plus(Duration.ofMinutes(1)).minusMillis(1);
    assertThat(claim(1)).isEmpty();
    now = now.plusMillis(1);
    assertThat(claim(1)).extracting(Lease::fence).containsExactly(2L);
  }

  @Test
  void aClockThatGoesBackDelaysRetriesButLosesNothing() {
    enqueue(ALICE);
    Lease lease = claim(1).get(0);
    Failure failure = new Failure(ErrorKind.TIMEOUT, "slow");
    stores.queue().apply(job, List.of(new LeaseUpdate.Retry(lease, HOST, Duration.ZERO, failure)));

    now = now.minus(Duration.ofHours(1));

    assertThat(claim(1)).isEmpty();
    assertThat(stores.queue().stats(job).nextIn()).contains(Duration.ofHours(1));
    now = now.plus(Duration.ofHours(1));
    assertThat(claim(1)).hasSize(1);
  }

  @Test
  void twoUpdatesOfOneRepoInACallAreRefusedAndNothingStands() {
    enqueue(ALICE);
    Lease lease = claim(1).get(0);

    assertThatThrownBy(
            () ->
                stores
                    .queue()
                    .apply(
                        job,
                        List.of(
                            new LeaseUpdate.Checkpoint(lease, "page 2"),
                            new LeaseUpdate.Done(lease, REV))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(ALICE.value());

    assertThat(stores.queue().stats(job).count(RepoState.LEASED)).isEqualTo(1);
  }

  @Test
  void aRepoThatEndedKeepsWhatIsListedOfItOnly() {
    enqueue(ALICE);
    Lease lease = claim(1).get(0);
    stores.queue().apply(job, List.of(new LeaseUpdate.Checkpoint(lease, "page 2")));

    stores.queue().apply(job, List.of(new LeaseUpdate.Closed(lease, RepoState.GONE, "deleted")));

    assertThat(stores.queue().repos(job, EnumSet.allOf(RepoState.class), null, 9))
        .containsExactly(new RepoEntry(ALICE, HOST, RepoState.GONE, 0, null, "deleted", null));
  }

  @Test
  void reposAddedWhileTheyAreListedAreListedToo() {
    enqueue(BOB);
    Set<RepoState> queued = EnumSet.of(RepoState.QUEUED);
    assertThat(stores.queue().repos(job, queued, null, 9)).hasSize(1);

    enqueue(ALICE);

    assertThat(stores.queue().repos(job, queued, null, 9))
        .extracting(RepoEntry::did)
        .containsExactly(ALICE, BOB);
  }

  @Test
  void whatIsCountedForAJobThatIsNotThereIsRefused() {
    UUID unknown = UUID.randomUUID();

    assertThatThrownBy(() -> stores.progress().addCounts(unknown, JobCounts.NONE))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(unknown.toString());
    assertThatThrownBy(
            () -> stores.progress().saveDiscovery(unknown, DiscoveryState.begin("relay")))
        .isInstanceOf(StoreException.class);
  }

  @Test
  void didsWhoseHashesCollideAreStillToldApart() {
    // "Aa" and "BB" have one hash, and so has every text put together from them.
    List<QueuedRepo> colliding = new ArrayList<>();
    for (int i = 0; i < 1 << 12; i++) {
      StringBuilder did = new StringBuilder("did:web:");
      for (int bit = 0; bit < 12; bit++) {
        did.append((i >> bit & 1) == 0 ? "Aa" : "BB");
      }
      colliding.add(new QueuedRepo(Did.parse(did.toString()), HOST, null));
    }

    assertThat(stores.queue().enqueue(job, colliding)).isEqualTo(1 << 12);
    assertThat(stores.queue().enqueue(job, colliding)).isZero();
  }
}
