package io.github.atprotobackfill.examples;

import io.github.atprotobackfill.BackfillProgress;
import io.github.atprotobackfill.progress.Job;
import io.github.atprotobackfill.progress.JobCounts;
import io.github.atprotobackfill.progress.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * What is said of a job, whether it was just run here or is only looked up.
 *
 * @param elapsed how long this run took; for a job that is looked up, from its first start to its
 *     end or until now
 */
record JobStanding(
    UUID job,
    JobState state,
    Optional<String> reason,
    BackfillProgress.Repos repos,
    JobCounts counts,
    Duration elapsed) {

  static JobStanding of(BackfillProgress run) {
    return new JobStanding(
        run.job(), run.state(), run.reason(), run.repos(), run.counts(), run.elapsed());
  }

  static JobStanding of(Job job, BackfillProgress.Repos repos, Instant now) {
    return new JobStanding(
        job.id(),
        job.state(),
        Optional.ofNullable(job.reason()),
        repos,
        job.counts(),
        took(job, now));
  }

  private static Duration took(Job job, Instant now) {
    if (job.startedAt() == null) {
      return Duration.ZERO;
    }
    return Duration.between(job.startedAt(), job.endedAt() == null ? now : job.endedAt());
  }
}
