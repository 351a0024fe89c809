package io.github.atprotobackfill.examples;

import io.github.atprotobackfill.BackfillJobs;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.progress.DiscoveryState;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.progress.RepoEntry;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How a job stands, for people: what there is, what is missing, and what to do about it. */
final class SummaryText {

  /** How many sources, and how many repos, are named; {@code jobs errors} names all of them. */
  private static final int NAMED = 5;

  private final BackfillJobs jobs;
  private final Optional<NextCommands> next;

  /**
   * Writes about {@code jobs}.
   *
   * @param next the commands to propose; without, none are
   */
  SummaryText(BackfillJobs jobs, Optional<NextCommands> next) {
    this.jobs = jobs;
    this.next = next;
  }

  void write(PrintWriter out, JobStanding standing) {
    out.printf("job %s %s%s%n", standing.job(), standing.state().code(), reason(standing));
    writeCounts(out, standing);
    if (standing.state() == JobState.INCOMPLETE) {
      writeMissing(out, standing.job());
    }
    next.ifPresent(commands -> writeNext(out, standing, commands));
    out.flush();
  }

  /** One line on a repo that did not end as done. */
  static String line(RepoEntry repo) {
    String host = repo.pds() == null ? "" : " at " + repo.pds();
    return repo.state().code() + "  " + repo.did() + host + "  " + why(repo);
  }

  private static String why(RepoEntry repo) {
    if (repo.failure() == null) {
      return String.valueOf(repo.reason());
    }
    String message = repo.failure().message();
    String itself = repo.did() + ": ";
    return repo.failure().kind().code()
        + ": "
        + (message.startsWith(itself) ? message.substring(itself.length()) : message);
  }

  /** One line on a source that could not be listed to its end. */
  static String line(DiscoveryState source) {
    return "not listed to its end: " + source.source() + "  " + source.failure();
  }

  private static String reason(JobStanding standing) {
    return standing.reason().map(reason -> ": " + reason).orElse("");
  }

  private static void writeCounts(PrintWriter out, JobStanding standing) {
    var repos = standing.repos();
    var counts = standing.counts();
    out.printf(
        "  repos     %s: %s done, %s unavailable, %s gone, %s failed, %s open%n",
        Quantity.count(repos.discovered()),
        Quantity.count(repos.done()),
        Quantity.count(repos.unavailable()),
        Quantity.count(repos.gone()),
        Quantity.count(repos.failed()),
        Quantity.count(repos.open()));
    out.printf(
        "  records   %s seen: %s written, %s unchanged; %s deleted%s%n",
        Quantity.count(counts.seen()),
        Quantity.count(counts.written()),
        Quantity.count(counts.unchanged()),
        Quantity.count(counts.deleted()),
        counts.rejected() == 0 ? "" : "; " + Quantity.count(counts.rejected()) + " malformed");
    out.printf(
        "  network   %s, %s, %s%n",
        Quantity.of(counts.requests(), "request"),
        Quantity.bytes(counts.bytes()),
        Quantity.seconds(standing.elapsed()));
    if (!counts.errors().isEmpty()) {
      out.printf(
          "  errors    %s (each try counted)%n",
          SummaryJson.inOrder(counts.errors()).entrySet().stream()
              .map(error -> error.getKey().code() + " " + Quantity.count(error.getValue()))
              .collect(Collectors.joining(", ")));
    }
  }

  private void writeMissing(PrintWriter out, UUID job) {
    out.println("missing:");
    List<DiscoveryState> broken =
        jobs.sources(job).stream().filter(source -> source.failure() != null).toList();
    writeSome(out, broken.stream().map(SummaryText::line));
    if (broken.stream().anyMatch(SummaryText::isUnofferedListing)) {
      out.println("  (with --fallback-to-hosts, such a relay's hosts are listed instead)");
    }
    writeSome(out, FailedRepos.of(jobs, job, NAMED + 1).stream().map(SummaryText::line));
  }

  private static void writeSome(PrintWriter out, Stream<String> all) {
    List<String> lines = all.limit(NAMED + 1).toList();
    lines.stream().limit(NAMED).forEach(line -> out.println("  " + line));
    if (lines.size() > NAMED) {
      out.println("  ...");
    }
  }

  private static boolean isUnofferedListing(DiscoveryState source) {
    return source.failure() != null
        && source.failure().kind() == ErrorKind.NOT_SUPPORTED
        && source.source().startsWith("collection:");
  }

  private static void writeNext(PrintWriter out, JobStanding standing, NextCommands next) {
    var repos = standing.repos();
    if (repos.failed() + repos.unavailable() + repos.gone() > 0) {
      out.println("all that is not done:  " + next.errors(standing.job()));
    }
    switch (standing.state()) {
      case INCOMPLETE -> out.println("try just what failed:  " + next.retry(standing.job()));
      case PENDING, RUNNING, PAUSED ->
          out.println("to go on:  the same command, or  " + next.resume(standing.job()));
      case CANCELLING, COMPLETED, FAILED, CANCELLED -> {}
    }
  }
}
