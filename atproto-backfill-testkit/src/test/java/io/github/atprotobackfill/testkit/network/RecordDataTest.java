package io.github.atprotobackfill.testkit.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Records and their CIDs as a reference host made them. */
class RecordDataTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "bafyreicyjzmyw3yhz5ueap57eyco5og2qaydbuyg5jsxhxbeurqsd7xz5u"
            + "|{\"n\":15,\"body\":\"key a-\",\"$type\":\"com.example.note\"}",
        "bafyreidyaeogu2lxdpkqtydu3thlefllji55sdd63mlrl5oa6nvlevts3m"
            + "|{\"file\":{\"ref\":{\"$link\":"
            + "\"bafkreid3ij7ocrbh26chxopwmjmcxk5gfuza3xib54r55zqt6wna2djt74\"},"
            + "\"size\":29,\"$type\":\"blob\",\"mimeType\":\"text/plain\"},"
            + "\"$type\":\"com.example.note\"}",
        "bafyreib4owck76hspsv25qn34vsnvn3slxa5fxrgtb5fy7gehni7nvw53u"
            + "|{\"data\":{\"$bytes\":\"AAECAwT/\"},\"$type\":\"com.example.note\","
            + "\"empty\":{\"$bytes\":\"\"}}",
        "bafyreibcp5g57al5dmqkhhvaj2tiprjh7byok7vf4yod5qkpqdtnuoq6be"
            + "|{\"b\":1,\"c\":3,\"aa\":2,\"no\":false,"
            + "\"ctl\":\"tab\\tnl\\nquote\\\"back\\\\slash\\u0001\",\"i32\":4294967296,"
            + "\"max\":9007199254740991,\"min\":-9007199254740991,\"neg\":-1,\"nfc\":\"\u00e9\","
            + "\"nfd\":\"e\u0301\",\"rtl\":\"שלום\",\"str\":\"\",\"yes\":true,\"none\":[],"
            + "\"zero\":0,\"🎉\":\"👩\u200d👩\u200d👧\u200d👦\",\"$type\":\"com.example.note\","
            + "\"empty\":{},\"astral\":\"𝒳\",\"nested\":{\"a\":[1,[2,[3,{\"b\":null}]]]},"
            + "\"nothing\":null,\"ключ\":\"значение\",\"with space\":1}"
      })
  void aRecordHasTheCidAndTheJsonThatAReferenceHostGivesIt(String cid, String json) {
    StoredRecord record = RecordData.parse("key", json);
    assertThat(record.cid()).isEqualTo(cid);
    assertThat(new String(record.json(), StandardCharsets.UTF_8)).isEqualTo(json);
  }

  @Test
  void keysAreBroughtIntoDagCborsOrder() {
    StoredRecord record =
        RecordData.parse("key", "{\"bb\":1,\"a\":2,\"ab\":3,\"b\":{\"zz\":1,\"y\":2}}");
    assertThat(record.json())
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("{\"a\":2,\"b\":{\"y\":2,\"zz\":1},\"ab\":3,\"bb\":1}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "1", "{\"a\":1.5}", "{\"a\":99999999999999999999}", "{", ""})
  void whatIsNoRecordIsRefused(String json) {
    assertThatThrownBy(() -> RecordData.parse("key", json))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
