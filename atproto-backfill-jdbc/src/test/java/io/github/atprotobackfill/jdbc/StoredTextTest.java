package io.github.atprotobackfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.ClaimFor;
import io.github.atprotobackfill.progress.DiscoveryState;
import io.github.atprotobackfill.progress.JobSpec;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.progress.Lease;
import io.github.atprotobackfill.progress.LeaseUpdate;
import io.github.atprotobackfill.progress.QueuedRepo;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.syntax.Did;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoredTextTest {

  private static final List<ClaimFor> ONE = List.of(new ClaimFor(null, 1));
  private static final Duration LEASE = Duration.ofMinutes(1);

  @ParameterizedTest
  @ValueSource(strings = {"", "plain", "\0", "a\0b", "\u001a", "\u001a0", "\u001a1", "\0\u001a\0"})
  void aCursorComesBackExactly(String cursor) {
    String stored = StoredText.encode(cursor);

    assertThat(stored).doesNotContain("\0");
    assertThat(StoredText.decode(stored)).isEqualTo(cursor);
  }

  @Test
  void nothingStaysNothing() {
    assertThat(StoredText.encode(null)).isNull();
    assertThat(StoredText.decode(null)).isNull();
    assertThat(StoredText.readable(null)).isNull();
  }

  @ParameterizedTest
  @EnumSource(TestStorage.Kind.class)
  void whatStrangersChoseBreaksNoStore(TestStorage.Kind kind) throws Exception {
    try (TestStorage storage = TestStorage.withSchema(kind)) {
      BackfillStores stores = storage.stores();
      UUID job = stores.progress().open(new JobSpec("collections", "{}")).id();
      DiscoveryState discovery = new DiscoveryState("relay", "a\0b", false, 1, 1, null);
      stores.progress().saveDiscovery(job, discovery);
      assertThat(stores.progress().discovery(job)).containsExactly(discovery);

      stores.queue().enqueue(job, List.of(new QueuedRepo(Did.parse("did:plc:a"), null, null)));
      Lease lease = stores.queue().claim(job, "w", ONE, LEASE).get(0);
      stores.queue().apply(job, List.of(new LeaseUpdate.Checkpoint(lease, "\0")));
      stores.queue().apply(job, List.of(new LeaseUpdate.Release(lease, null, Duration.ZERO, true)));
      lease = stores.queue().claim(job, "w", ONE, LEASE).get(0);
      assertThat(lease.position()).isEqualTo("\0");

      stores.queue().apply(job, List.of(new LeaseUpdate.Closed(lease, RepoState.GONE, "no\0ne")));
      assertThat(stores.queue().repos(job, Set.of(RepoState.GONE), null, 1).get(0).reason())
          .isEqualTo("none");
      stores.progress().move(job, JobState.PENDING, JobState.FAILED, "no\0ne");
      assertThat(stores.progress().find(job).orElseThrow().reason()).isEqualTo("none");
    }
  }
}
