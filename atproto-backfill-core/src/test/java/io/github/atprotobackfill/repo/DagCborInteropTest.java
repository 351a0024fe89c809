package io.github.atprotobackfill.repo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.atprotobackfill.syntax.Cid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/**
 * The protocol's own interoperability cases of the data model, read where they lie: in the folder
 * that the system property {@code atproto.interop} names, by default beside the checkout. Without
 * them the tests are skipped.
 */
class DagCborInteropTest {

  private static final Path CASES =
      Path.of(System.getProperty("atproto.interop", "../../shared/interop"), "data-model");

  private static final ObjectMapper MAPPER = new ObjectMapper();

  @Test
  void theKnownBlocksAndTheirJsonAreMadeOfEachOther() throws IOException {
    assertThat(cases("data-model-fixtures.json"))
        .allSatisfy(
            each -> {
              byte[] block = Base64.getDecoder().decode(each.get("cbor_base64").asText());

              assertThat(DagCbor.encodeJson(json(each))).isEqualTo(block);
              assertThat(DagCbor.tree(block, 0, block.length)).isEqualTo(each.get("json"));
              assertThat(DagCbor.encodeJson(DagCbor.toJson(block))).isEqualTo(block);
            });
  }

  @Test
  void theKnownBlocksHaveTheirCids() throws IOException {
    assertThat(cases("data-model-fixtures.json"))
        .allSatisfy(
            each -> {
              byte[] json = json(each);
              String cid = each.get("cid").asText();

              assertThat(BlockCid.of(DagCbor.encodeJson(json))).hasToString(cid);
              assertThat(new DagCborEncoder().recordCid(json, 0, json.length))
                  .isEqualTo(BlockCid.tryParse(Cid.parse(cid)).orElseThrow());
            });
  }

  @Test
  void everyValidValueIsTaken() throws IOException {
    assertThat(cases("data-model-valid.json"))
        .allSatisfy(
            each -> {
              byte[] block = DagCbor.encodeJson(json(each));

              assertThat(DagCbor.encodeJson(DagCbor.toJson(block))).isEqualTo(block);
            });
  }

  @Test
  void everyInvalidValueIsRefused() throws IOException {
    assertThat(cases("data-model-invalid.json"))
        .allSatisfy(
            each ->
                assertThatThrownBy(
                        () -> new DagCborEncoder().recordCid(json(each), 0, json(each).length))
                    .as(each.get("note").asText())
                    .isInstanceOf(InvalidRepoException.class));
  }

  private static byte[] json(JsonNode each) {
    return each.get("json").toString().getBytes(UTF_8);
  }

  private static JsonNode cases(String name) throws IOException {
    Path file = CASES.resolve(name);
    assumeTrue(
        Files.isRegularFile(file),
        () -> "skipped: no interoperability cases at " + file.toAbsolutePath().normalize());
    JsonNode cases = MAPPER.readTree(file.toFile());
    assertThat(cases).isNotEmpty();
    return cases;
  }
}
