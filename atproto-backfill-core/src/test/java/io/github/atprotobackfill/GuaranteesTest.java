package io.github.atprotobackfill;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page of guarantees names tests of all modules; a name that leads nowhere proves nothing. */
class GuaranteesTest {

  private static final Path CHECKOUT = Path.of("..");
  private static final Pattern TEST =
      Pattern.compile("`([A-Z]\\w*(?:Test|IT|Contract))(?:\\.(\\w+))?`");

  @Test
  void everyTestThatIsNamedExists() throws IOException {
    Map<String, String> sources = sources();
    List<MatchResult> named =
        TEST.matcher(Files.readString(CHECKOUT.resolve("docs/guarantees.md"))).results().toList();

    assertThat(named)
        .isNotEmpty()
        .allSatisfy(
            test -> {
              assertThat(sources).containsKey(test.group(1));
              if (test.group(2) != null) {
                assertThat(sources.get(test.group(1))).contains(" " + test.group(2) + "(");
              }
            });
  }

  @Test
  void everyPromiseHasATest() throws IOException {
    List<String> promises =
        Stream.of(Files.readString(CHECKOUT.resolve("docs/guarantees.md")).split("\n## "))
            .skip(1)
            .toList();

    assertThat(promises).hasSize(10).allSatisfy(each -> assertThat(each).containsPattern(TEST));
  }

  /** The text of each class in the sources of all modules, by its simple name. */
  private static Map<String, String> sources() throws IOException {
    try (Stream<Path> files = Files.walk(CHECKOUT)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> TEST.matcher("`" + nameOf(file) + "`").matches())
          .collect(Collectors.toMap(GuaranteesTest::nameOf, GuaranteesTest::read, String::concat));
    }
  }

  private static String nameOf(Path file) {
    String name = file.getFileName().toString();
    return name.substring(0, name.length() - ".java".length());
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
