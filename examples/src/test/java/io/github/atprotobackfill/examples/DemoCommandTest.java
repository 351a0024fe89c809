package io.github.atprotobackfill.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DemoCommandTest {

  @TempDir private Path directory;

  @Test
  void endsAsItHasToAndTellsWhy() {
    ToolRun run =
        ToolRun.of("demo", "--accounts", "150", "--seed", "7", "--dir", directory.toString());

    assertThat(run.status()).as(run.out() + run.err()).isEqualTo(ExitStatus.COMPLETED);
    assertThat(run.out())
        .contains("0 missing, 0 different, 0 too many")
        .contains("incomplete")
        .contains("on the dead host: failed (connect)")
        .contains("tombstoned: gone", "deactivated: unavailable")
        .contains("All ended as it had to.")
        .contains("sqlite3 " + directory);
    assertThat(directory.resolve("atproto-backfill-demo.db")).exists();
  }

  @Test
  void anEarlierDemoIsNotOverwritten() throws Exception {
    java.nio.file.Files.createFile(directory.resolve("atproto-backfill-demo.db"));

    ToolRun run = ToolRun.of("demo", "--dir", directory.toString());

    assertThat(run.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(run.err()).contains("is there already").hasLineCount(1);
  }
}
