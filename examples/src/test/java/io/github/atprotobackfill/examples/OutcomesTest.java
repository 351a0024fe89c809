package io.github.atprotobackfill.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.failure.ErrorKind;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The page of outcomes is read by a test against real servers, so it must stay readable. */
final class OutcomesTest {

  private static final String OUTCOME =
      "(done: all(?: and what was taken down)?, (signed|hashed)|(done|unavailable|gone): none)";
  private static final Set<String> TOLD = Set.of("active", "deactivated", "takendown", "deleted");

  @Test
  void everyRowSaysWhatCanBeChecked() throws IOException {
    Outcomes page = Outcomes.ofThePage();

    assertThat(page.byRole()).hasSize(20);
    assertThat(page.rows())
        .allSatisfy(
            row -> {
              assertThat(row.byExport()).matches(OUTCOME);
              assertThat(row.byListRecords()).matches(OUTCOME).doesNotContain("signed");
              assertThat(row.told()).isIn(TOLD);
              assertThat(row.told().equals("active")).isEqualTo(row.byExport().startsWith("done"));
              assertThat(row.counted().equals(Outcomes.NOTHING))
                  .isEqualTo(row.countedBy("export").isEmpty());
              assertThat(row.countedBy("export")).allSatisfy(OutcomesTest::isAKind);
              assertThat(row.countedBy("export")).containsAll(row.countedBy("list-records"));
            });
  }

  private static void isAKind(String code) {
    assertThat(ErrorKind.ofCode(code).code()).isEqualTo(code);
  }
}
