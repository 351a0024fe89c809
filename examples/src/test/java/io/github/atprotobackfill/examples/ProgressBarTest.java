package io.github.atprotobackfill.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.BackfillProgress;
import io.github.atprotobackfill.progress.JobCounts;
import io.github.atprotobackfill.progress.JobState;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class ProgressBarTest {

  private static final int WIDTH = 100;

  private final StringWriter err = new StringWriter();

  @Test
  void terminalShowsOneLineThatIsRewritten() {
    ProgressBar bar = new ProgressBar(console(true), WIDTH);

    bar.begin(standing(Duration.ZERO, 0, 0, 0, false));
    bar.show(standing(Duration.ofSeconds(10), 250, 1000, 5_000, true));
    bar.show(standing(Duration.ofSeconds(20), 500, 1000, 10_000, true));
    bar.close();

    assertThat(err.toString().split("\r\u001b\\[K"))
        .containsExactly(
            "[#######.......................] 250/1,000 repos 500 rec/s hosts 5 busy 2 parked 1"
                + " down 0:30 left",
            "[###############...............] 500/1,000 repos 500 rec/s hosts 5 busy 2 parked 1"
                + " down 0:20 left");
    assertThat(err.toString()).doesNotContain("\n");
  }

  @Test
  void nothingIsEverWiderThanTheTerminal() {
    for (int width = 20; width < WIDTH; width++) {
      err.getBuffer().setLength(0);
      new ProgressBar(console(true), width)
          .show(standing(Duration.ofSeconds(9), 1_234_567, 9_999_999, 123_456_789, false));

      assertThat(err.toString()).hasSizeLessThan(width);
    }
  }

  @Test
  void elsewhereEachTimeIsALine() {
    ProgressBar bar = new ProgressBar(console(false), WIDTH);

    bar.begin(standing(Duration.ZERO, 0, 0, 0, false));
    bar.show(standing(Duration.ofSeconds(5), 1, 1, 700, false));
    bar.show(standing(Duration.ofSeconds(65), 30, 40, 1_300, true));
    bar.close();

    assertThat(err.toString().lines())
        .containsExactly(
            "0:05  1 of 1 repo so far, 700 records (140/s), hosts: 5 busy, 2 parked, 1 down",
            "1:05  30 of 40 repos, 1,300 records (10/s), hosts: 5 busy, 2 parked, 1 down, about"
                + " 0:21 left");
  }

  @Test
  void logLinesAppearAboveTheBar() {
    Console console = console(true);
    console.status("[bar]");

    console.note("WARN something");

    assertThat(err.toString()).isEqualTo("[bar]\r\u001b[KWARN something\n[bar]");
  }

  @Test
  void timeLeftIsNotGuessedWhileReposAreStillListed() {
    Pace pace = new Pace();
    pace.note(standing(Duration.ofSeconds(10), 250, 1000, 5_000, false));

    assertThat(pace.timeLeft()).isEmpty();
  }

  @Test
  void paceForgetsWhatIsLongAgo() {
    Pace pace = new Pace();
    for (int second = 0; second <= 100; second++) {
      int fast = Math.min(second, 50);
      int slow = second - fast;
      pace.note(standing(Duration.ofSeconds(second), 1, 2, fast * 1000L + slow * 10L, false));
    }

    assertThat(pace.recordsPerSecond()).isEqualTo(10);
  }

  private Console console(boolean terminal) {
    return new Console(
        InputStream.nullInputStream(),
        new PrintWriter(new StringWriter()),
        new PrintWriter(err),
        terminal,
        Interruption.NEVER);
  }

  private static BackfillProgress standing(
      Duration elapsed, long done, long discovered, long records, boolean listed) {
    return new BackfillProgress(
        new UUID(0, 1),
        JobState.RUNNING,
        Optional.empty(),
        listed,
        new BackfillProgress.Repos(discovered, done, 0, 0, 0),
        new JobCounts(0, 0, records, records, 0, 0, 0, Map.of()),
        new BackfillProgress.Readings(0, 0),
        new BackfillProgress.Hosts(5, 2, 1),
        elapsed);
  }
}
