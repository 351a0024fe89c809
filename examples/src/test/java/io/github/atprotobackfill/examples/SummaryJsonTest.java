package io.github.atprotobackfill.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.BackfillProgress;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.progress.JobCounts;
import io.github.atprotobackfill.progress.JobState;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class SummaryJsonTest {

  @Test
  void hasThisShapeAndNoOther() {
    JobStanding standing =
        new JobStanding(
            new UUID(0, 7),
            JobState.INCOMPLETE,
            Optional.of("1 repo failed"),
            new BackfillProgress.Repos(10, 6, 2, 1, 1),
            new JobCounts(
                20, 3000, 50, 40, 8, 2, 1, Map.of(ErrorKind.CONNECT, 4L, ErrorKind.DNS, 1L)),
            Duration.ofMillis(1500));

    assertThat(SummaryJson.of(standing).toString())
        .isEqualTo(
            """
            {"job":"00000000-0000-0000-0000-000000000007","state":"incomplete",\
            "repos":{"discovered":10,"done":6,"unavailable":2,"gone":1,"failed":1},\
            "records":{"seen":50,"written":40,"unchanged":8,"deleted":2},\
            "requests":20,"bytes":3000,"seconds":1.5,"errors":{"dns":1,"connect":4}}""");
  }
}
