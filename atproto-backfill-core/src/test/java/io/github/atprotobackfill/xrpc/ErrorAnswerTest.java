package io.github.atprotobackfill.xrpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.failure.ErrorKind;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorAnswerTest {

  private static ErrorAnswer parse(int status, String body) {
    return ErrorAnswer.parse(status, body.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource({
    "400, RepoNotFound, '', REPO_NOT_FOUND",
    "404, RepoNotFound, '', REPO_NOT_FOUND",
    "400, RepoDeactivated, '', REFUSED",
    "403, RepoTakendown, '', REFUSED",
    "404, HostNotFound, '', REFUSED",
    "404, RepoNotSynchronized, '', REFUSED",
    "400, InvalidRequest, 'Could not find repo: did:plc:x', REFUSED",
    "400, InvalidRequest, 'No service configured for com.atproto.sync.listHosts', NOT_SUPPORTED",
    "501, MethodNotImplemented, '', NOT_SUPPORTED",
    "400, MethodNotImplemented, '', NOT_SUPPORTED",
    "404, XRPCNotSupported, '', NOT_SUPPORTED",
    "429, RateLimitExceeded, '', RATE_LIMITED",
    "400, RateLimitExceeded, '', RATE_LIMITED",
    "500, RepoNotFound, '', REPO_NOT_FOUND",
    "500, InternalServerError, '', SERVER_ERROR",
    "502, UpstreamFailure, '', SERVER_ERROR",
    "503, NotEnoughResources, '', SERVER_ERROR",
    "401, AuthMissing, '', REFUSED",
  })
  void the_name_decides_before_the_status(int status, String name, String message, ErrorKind kind) {
    ErrorAnswer answer =
        parse(status, "{\"error\":\"" + name + "\",\"message\":\"" + message + "\"}");

    assertThat(answer.name()).isEqualTo(name);
    assertThat(answer.kind(true)).isEqualTo(kind);
  }

  @ParameterizedTest
  @CsvSource({
    "304, INVALID_RESPONSE",
    "400, REFUSED",
    "403, REFUSED",
    "404, NOT_SUPPORTED",
    "410, REFUSED",
    "429, RATE_LIMITED",
    "500, SERVER_ERROR",
    "501, NOT_SUPPORTED",
    "504, SERVER_ERROR",
    "599, SERVER_ERROR",
  })
  void without_a_name_the_status_decides(int status, ErrorKind kind) {
    for (String body : new String[] {"", "<html>oops</html>", "null", "[]", "{\"error\":"}) {
      assertThat(parse(status, body).kind(true)).isEqualTo(kind);
    }
  }

  @Test
  void a_document_that_is_not_there_says_nothing_about_endpoints() {
    assertThat(parse(404, "{\"message\":\"DID not registered\"}").kind(false))
        .isEqualTo(ErrorKind.REFUSED);
  }

  @Test
  void a_body_cut_in_two_is_read_as_far_as_it_goes() {
    ErrorAnswer answer = parse(400, "{\"error\":\"RepoNotFound\",\"message\":\"Could not f");

    assertThat(answer.name()).isEqualTo("RepoNotFound");
    assertThat(answer.message()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"error\":5,\"message\":[\"x\"]}",
        "{\"error\":{\"error\":\"RepoNotFound\"}}",
        "{\"nested\":{\"error\":\"RepoNotFound\"}}",
        "[{\"error\":\"RepoNotFound\"}]",
      })
  void only_a_text_of_the_object_itself_is_a_name(String body) {
    assertThat(parse(400, body)).isEqualTo(new ErrorAnswer(400, null, null));
  }

  @Test
  void unknown_fields_are_skipped() {
    assertThat(parse(400, "{\"a\":{\"b\":[1,2]},\"error\":\"X\",\"c\":null}").name())
        .isEqualTo("X");
  }

  @Test
  void words_of_the_host_are_bounded() {
    ErrorAnswer answer =
        parse(
            400,
            "{\"error\":\""
                + "e".repeat(10_000)
                + "\",\"message\":\""
                + "m".repeat(10_000)
                + "\"}");

    assertThat(answer.line()).hasSizeLessThan(500).startsWith("HTTP 400 eee");
  }

  @Property
  void no_body_breaks_anything(@ForAll byte[] body) {
    assertThat(ErrorAnswer.parse(500, body).status()).isEqualTo(500);
  }
}
