package io.github.atprotobackfill.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.repo.DagCbor;
import io.github.atprotobackfill.repo.InvalidRepoException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RecordValueTest {

  private static final String JSON = "{\"n\":1,\"text\":\"caf\u00e9\"}";

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void aBlockIsKeptAsItIsAndReadAsJson() {
    byte[] block = DagCbor.encodeJson(utf8(JSON));

    RecordValue value = RecordValue.ofCbor(block);

    assertThat(value.cbor()).containsSame(block);
    assertThat(value.size()).isEqualTo(block.length);
    assertThat(value.jsonText()).isEqualTo(JSON);
    assertThat(value.json()).isEqualTo(utf8(JSON)).isSameAs(value.json());
    assertThat(value.tree().path("n").asInt()).isEqualTo(1);
    assertThat(value).hasToString(JSON);
  }

  @Test
  void jsonIsKeptAsItIsAndHasNoBlock() {
    byte[] json = utf8(" {\"b\" : 1.5, \"a\":2} ");

    RecordValue value = RecordValue.ofJson(json);

    assertThat(value.json()).isSameAs(json);
    assertThat(value.size()).isEqualTo(json.length);
    assertThat(value.cbor()).isEmpty();
    assertThat(value.tree().path("b").asDouble()).isEqualTo(1.5);
  }

  @Test
  void aBlockThatIsNoRecordIsRefusedWhereItsJsonIsAskedFor() {
    for (byte[] block : new byte[][] {{}, {0x01}, {(byte) 0xa1}, {(byte) 0xa0, 0x00}}) {
      RecordValue value = RecordValue.ofCbor(block);

      assertThat(value.cbor()).containsSame(block);
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(value::json)
            .isInstanceOfSatisfying(
                InvalidRepoException.class,
                e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID_CAR));
      }
      assertThatThrownBy(value::jsonText).isInstanceOf(InvalidRepoException.class);
      assertThatThrownBy(value::tree).isInstanceOf(InvalidRepoException.class);
      assertThat(value.toString()).contains("InvalidRepoException");
    }
  }
}
