package io.github.atprotobackfill.repo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The protocol's own interoperability cases, read where they lie: in the folder that the system
 * property {@code atproto.interop} names, by default beside the checkout. Without them the tests
 * are skipped.
 */
class InteropKeyTest {

  private static final Path CASES =
      Path.of(System.getProperty("atproto.interop", "../../shared/interop"), "crypto");

  @Test
  void everySignatureIsJudgedAsItShouldBe() throws IOException {
    assertThat(cases("signature-fixtures.json"))
        .allSatisfy(
            fixture -> {
              RepoKey key = RepoKey.ofDidKey(fixture.get("publicKeyDid").asText()).orElseThrow();
              assertThat(key.verifies(bytes(fixture, "messageBase64"), signature(fixture)))
                  .as(fixture.get("comment").asText())
                  .isEqualTo(fixture.get("validSignature").asBoolean());
            });
  }

  @Test
  void everyKeyIsTheSameInItsOlderForm() throws IOException {
    assertThat(cases("signature-fixtures.json"))
        .allSatisfy(
            fixture ->
                assertThat(
                        RepoKey.parse(
                                fixture.get("didDocSuite").asText(),
                                fixture.get("publicKeyMultibase").asText())
                            .map(RepoKey::didKey))
                    .contains(fixture.get("publicKeyDid").asText()));
  }

  @ParameterizedTest
  @EnumSource
  void everySecretHasItsPublicKey(KeyCurve curve) throws IOException {
    assertThat(cases("w3c_didkey_" + curve + ".json"))
        .allSatisfy(
            fixture -> {
              String didKey = fixture.get("publicDidKey").asText();
              assertThat(new SigningPair(curve, secret(fixture)).key().didKey()).isEqualTo(didKey);
              assertThat(RepoKey.ofDidKey(didKey).map(RepoKey::didKey)).contains(didKey);
            });
  }

  private static BigInteger secret(JsonNode fixture) {
    return fixture.has("privateKeyBytesHex")
        ? new BigInteger(fixture.get("privateKeyBytesHex").asText(), 16)
        : new BigInteger(
            1, Base58.decode(fixture.get("privateKeyBytesBase58").asText(), 0, 32).orElseThrow());
  }

  private static byte[] signature(JsonNode fixture) {
    return bytes(fixture, "signatureBase64");
  }

  private static byte[] bytes(JsonNode fixture, String field) {
    return Base64.getDecoder().decode(fixture.get(field).asText());
  }

  private static List<JsonNode> cases(String name) throws IOException {
    Path file = CASES.resolve(name);
    assumeTrue(
        Files.isRegularFile(file),
        () -> "skipped: no interoperability cases at " + file.toAbsolutePath().normalize());
    List<JsonNode> cases = new ArrayList<>();
    new ObjectMapper().readTree(file.toFile()).forEach(cases::add);
    assertThat(cases).isNotEmpty();
    return cases;
  }
}
