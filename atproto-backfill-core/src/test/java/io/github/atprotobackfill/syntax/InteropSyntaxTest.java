package io.github.atprotobackfill.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The protocol's own interoperability cases, read where they lie: in the folder that the system
 * property {@code atproto.interop} names, by default beside the checkout. Without them the tests
 * are skipped.
 */
class InteropSyntaxTest {

  private static final Path CASES =
      Path.of(System.getProperty("atproto.interop", "../../shared/interop"), "syntax");

  private static final Map<String, Function<String, ?>> PARSERS =
      Map.of(
          "did", Did::parse,
          "handle", Handle::parse,
          "nsid", Nsid::parse,
          "recordkey", RecordKey::parse,
          "tid", Tid::parse,
          "cid", Cid::parse,
          "atidentifier", AtIdentifier::parse);

  @TestFactory
  Stream<DynamicTest> everyValidCaseIsAccepted() {
    return PARSERS.entrySet().stream()
        .map(
            form ->
                DynamicTest.dynamicTest(
                    form.getKey(),
                    () ->
                        assertThat(cases(form.getKey(), "valid"))
                            .allSatisfy(
                                text ->
                                    assertThat(form.getValue().apply(text).toString())
                                        .isEqualToIgnoringCase(text))));
  }

  @TestFactory
  Stream<DynamicTest> everyInvalidCaseIsRefused() {
    return PARSERS.entrySet().stream()
        .map(
            form ->
                DynamicTest.dynamicTest(
                    form.getKey(),
                    () ->
                        assertThat(cases(form.getKey(), "invalid"))
                            .allSatisfy(
                                text ->
                                    assertThatThrownBy(() -> form.getValue().apply(text))
                                        .isInstanceOf(InvalidSyntaxException.class))));
  }

  @Test
  void atUrisOfEveryFormAreTold() throws IOException {
    assertThat(cases("aturi", "valid")).allMatch(AtUri::isValid);
    assertThat(cases("aturi", "invalid")).noneMatch(AtUri::isValid);
  }

  @Test
  void atUrisOfRecordsAndOnlyTheseAreParsed() throws IOException {
    Predicate<String> isRecord = text -> text.matches("at://did:[^/]+/[^/]+/[^/]+");

    assertThat(cases("aturi", "valid"))
        .anyMatch(isRecord)
        .allSatisfy(
            text ->
                assertThat(AtUri.tryParse(text).map(AtUri::toString))
                    .isEqualTo(Stream.of(text).filter(isRecord).findAny()));
    assertThat(cases("aturi", "invalid"))
        .allSatisfy(
            text ->
                assertThatThrownBy(() -> AtUri.parse(text))
                    .isInstanceOf(InvalidSyntaxException.class));
  }

  private static List<String> cases(String form, String verdict) throws IOException {
    Path file = CASES.resolve(form + "_syntax_" + verdict + ".txt");
    assumeTrue(
        Files.isRegularFile(file),
        () -> "skipped: no interoperability cases at " + file.toAbsolutePath().normalize());
    // Blanks at either end of a line are part of the case.
    List<String> cases =
        Files.readAllLines(file).stream()
            .filter(line -> !line.isEmpty() && !line.startsWith("# ") && !line.equals("#"))
            .toList();
    assertThat(cases).isNotEmpty();
    return cases;
  }
}
