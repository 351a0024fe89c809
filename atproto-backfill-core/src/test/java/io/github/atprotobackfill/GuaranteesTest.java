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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages name tests of all modules; a name that leads nowhere proves nothing. */
class GuaranteesTest {

  private static final Path CHECKOUT = Path.of("..");
  private static final Path PAGES = CHECKOUT.resolve("docs");
  private static final Pattern TEST =
      Pattern.compile("`([A-Z]\\w*(?:Test|IT|Contract))(?:\\.(\\w+))?`");

  @ParameterizedTest
  @ValueSource(strings = {"guarantees.md", "stores.md"})
  void everyTestThatIsNamedExists(String page) throws IOException {
    Map<String, String> sources = sources();
    List<MatchResult> named =
        TEST.matcher(Files.readString(PAGES.resolve(page))).results().toList();

    List<String> leadNowhere =
        named.stream().filter(test -> !exists(test, sources)).map(MatchResult::group).toList();

    assertThat(named).isNotEmpty();
    assertThat(leadNowhere).as("tests that docs/" + page + " names and nobody wrote").isEmpty();
  }

  @Test
  void everyPromiseHasATest() throws IOException {
    List<String> promises =
        Stream.of(Files.readString(PAGES.resolve("guarantees.md")).split("\n## ")).skip(1).toList();

    assertThat(promises).hasSize(10).allSatisfy(each -> assertThat(each).containsPattern(TEST));
  }

  private static boolean exists(MatchResult test, Map<String, String> sources) {
    String source = sources.getOrDefault(test.group(1), "");
    String method = test.group(2);
    return source.contains("class " + test.group(1))
        && (method == null || source.contains(" " + method + "("));
  }

  /** The text of each test class and contract, by its simple name. */
  private static Map<String, String> sources() throws IOException {
    try (Stream<Path> modules = Files.list(CHECKOUT)) {
      return modules
          .map(module -> module.resolve("src"))
          .filter(Files::isDirectory)
          .flatMap(GuaranteesTest::testsIn)
          .collect(Collectors.toMap(GuaranteesTest::nameOf, GuaranteesTest::read, String::concat));
    }
  }

  private static Stream<Path> testsIn(Path sources) {
    try (Stream<Path> files = Files.walk(sources)) {
      return files
          .filter(file -> file.toString().matches(".*(Test|IT|Contract)\\.java"))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
