package io.github.atprotobackfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.progress.JobSpec;
import io.github.atprotobackfill.progress.StoreException;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JobSpecsTest {

  private static final ServiceUrl A = ServiceUrl.parse("https://a.example.com");
  private static final ServiceUrl B = ServiceUrl.parse("https://b.example.com");
  private static final Nsid NOTE = Nsid.parse("com.example.note");
  private static final Nsid POST = Nsid.parse("app.bsky.feed.post");

  static List<BackfillJob> jobs() {
    return List.of(
        new BackfillJob.Collections(List.of(A, B), Set.of(NOTE, POST), true),
        new BackfillJob.Repos(
            List.of(Did.parse("did:plc:b"), Did.parse("did:web:a.example")), Set.of()),
        new BackfillJob.Hosts(List.of(A), Set.of(NOTE)),
        new BackfillJob.Network(List.of(B), Set.of()),
        new BackfillJob.Retry(UUID.randomUUID(), Set.of(POST)),
        new BackfillJob.Standing("repo_backfill", Set.of(NOTE)));
  }

  @ParameterizedTest
  @MethodSource("jobs")
  void aJobComesBackFromItsSpec(BackfillJob job) {
    assertThat(JobSpecs.decode(JobSpecs.encode(job))).isEqualTo(job);
  }

  @Test
  void theOrderInWhichThingsWereNamedMakesNoOtherJob() {
    JobSpec one = JobSpecs.encode(new BackfillJob.Hosts(List.of(A, B, A), Set.of(NOTE, POST)));
    JobSpec other = JobSpecs.encode(new BackfillJob.Hosts(List.of(B, A), Set.of(POST, NOTE)));
    assertThat(one).isEqualTo(other);
  }

  @Test
  void standingJobsAreToldApartByTheirNames() {
    assertThat(JobSpecs.encode(new BackfillJob.Standing("a", Set.of())))
        .isNotEqualTo(JobSpecs.encode(new BackfillJob.Standing("b", Set.of())));
    assertThatThrownBy(() -> new BackfillJob.Standing(" ", Set.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aJobOfALaterVersionIsRefusedByName() {
    assertThatThrownBy(() -> JobSpecs.decode(new JobSpec("mirror", "{}")))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("mirror");
  }
}
