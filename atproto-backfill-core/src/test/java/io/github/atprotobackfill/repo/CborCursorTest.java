package io.github.atprotobackfill.repo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class CborCursorTest {

  private static final String DIGEST =
      "9dfefe61dd76ea3dcae5023880b08379d57adf20482d6fdbe2759289f647677b";
  private static final String LINK = "d82a5825000171" + "1220" + DIGEST;

  @Test
  void itemAfterItemIsRead() {
    CborCursor cursor = cursor("85" + "1903e8" + "63e282ac" + "420102" + "f5" + "f6");

    assertThat(cursor.array()).isEqualTo(5);
    assertThat(cursor.integer()).isEqualTo(1_000);
    assertThat(cursor.text()).isEqualTo("€");
    assertThat(cursor.byteString()).containsExactly(1, 2);
    assertThat(cursor.tryNull()).isFalse();
    assertThat(cursor.bool()).isTrue();
    assertThat(cursor.tryNull()).isTrue();
    cursor.end();
  }

  @Test
  void aMapIsReadKeyByKey() {
    CborCursor cursor = cursor("a3" + "616101" + "61628102" + "62616103");
    List<String> keys = new ArrayList<>();
    int key = CborCursor.NO_KEY;

    for (int left = cursor.map(); left > 0; left--) {
      key = cursor.key(key);
      keys.add(cursor.keyText(key));
      cursor.skip();
    }

    cursor.end();
    assertThat(keys).containsExactly("a", "b", "aa");
  }

  @Test
  void aMapOfKnownKeysIsReadByTheirNames() {
    CborCursor cursor = cursor("a2" + "616101" + "616202");

    assertThat(cursor.map()).isEqualTo(2);
    cursor.requireKey(new byte[] {'a'});
    assertThat(cursor.integer()).isEqualTo(1);
    assertThatThrownBy(() -> cursor.requireKey(new byte[] {'c'}))
        .isInstanceOf(InvalidRepoException.class)
        .hasMessageContaining("\"c\"");
  }

  @Test
  void longKeysAreReadAndOrderedToo() {
    String first = "6b".repeat(24);
    String second = "6b".repeat(300);
    CborCursor cursor = cursor("a2" + "7818" + first + "00" + "79012c" + second + "00");

    cursor.map();
    int key = cursor.key(CborCursor.NO_KEY);
    assertThat(cursor.keyText(key)).isEqualTo("k".repeat(24));
    cursor.skip();
    key = cursor.key(key);
    assertThat(cursor.keyText(key)).isEqualTo("k".repeat(300));
  }

  @Test
  void keysOutOfOrderAreRefused() {
    assertRefused("a2616201616101", CborCursor::skip);
    assertRefused("a2" + "62616200" + "62616100", CborCursor::skip);
    assertRefused("a2" + "62616200" + "62616200", CborCursor::skip);
    // Bytes are compared as unsigned.
    cursor("a2" + "61" + "7a" + "00" + "62c3a900").skip();
    assertRefused("a2" + "62c3a900" + "627a7a00", CborCursor::skip);
  }

  @Test
  void aLinkOfTheTreeIsToABlockOfIt() {
    String raw = "d82a5825000155" + "1220" + DIGEST;

    assertThat(cursor(LINK).cid())
        .hasToString("bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm");
    assertThat(cursor("00" + LINK, 1).blockLink()).isEqualTo(1 + 5);
    assertRefused(raw, CborCursor::cid);
    assertRefused("d82a4600015500017a", CborCursor::cid);
    assertRefused("d82a582500017113" + "20" + DIGEST, CborCursor::cid);
    cursor(raw).skip();
    cursor("d82a4600015500017a").skip();
  }

  @Test
  void whatIsSomethingElseIsRefused() {
    List<Consumer<CborCursor>> readings =
        List.of(
            CborCursor::map,
            CborCursor::array,
            CborCursor::text,
            CborCursor::byteString,
            CborCursor::bool,
            CborCursor::integer,
            CborCursor::cid);
    List<String> items =
        List.of("a0", "80", "60", "40", "f4", "00", LINK, "f97e00", "f7", "ff", "");

    for (int i = 0; i < readings.size(); i++) {
      for (int k = 0; k < items.size(); k++) {
        if (i == k) {
          readings.get(i).accept(cursor(items.get(k)));
        } else {
          assertRefused(items.get(k), readings.get(i));
        }
      }
    }
  }

  @Test
  void aLengthIsCheckedBeforeAnythingIsMadeForIt() {
    assertRefused("5a7fffffff00", CborCursor::byteString);
    assertRefused("7b7fffffffffffffff00", CborCursor::text);
    assertRefused("8301", CborCursor::array);
    assertRefused("a2616101", cursor -> cursor.skip());
    assertRefused("ba0001000000", CborCursor::map);
  }

  @Test
  void textIsUtf8() {
    assertRefused("62c080", CborCursor::text);
    assertRefused("62c080", CborCursor::skip);
    assertRefused("a161ff00", CborCursor::skip);
    assertRefused(
        "a161ff00",
        cursor -> {
          cursor.map();
          cursor.keyText(cursor.key(CborCursor.NO_KEY));
        });
  }

  @Test
  void nothingBeyondTheEndIsRead() {
    byte[] bytes = HexFormat.of().parseHex(LINK + "6161");
    int linkEnd = LINK.length() / 2;

    assertThatThrownBy(() -> new CborCursor(bytes, 0, linkEnd - 1).cid())
        .isInstanceOf(InvalidRepoException.class);
    assertThatThrownBy(() -> new CborCursor(bytes, linkEnd, bytes.length - 1).text())
        .isInstanceOf(InvalidRepoException.class);
    assertThatThrownBy(() -> new CborCursor(bytes, 0, linkEnd + 1).end())
        .isInstanceOf(InvalidRepoException.class);
  }

  @Test
  void aRefusalSaysWhere() {
    assertThatThrownBy(() -> cursor("820100ff").end())
        .isInstanceOf(InvalidRepoException.class)
        .hasMessage("DAG-CBOR: something follows the end (at byte 0)");
  }

  @Test
  void aCursorBeginsAnew() {
    CborCursor cursor = cursor("01");
    byte[] other = "xdnext".getBytes(UTF_8);
    cursor.skip();

    cursor.reset(other, 1, 6);

    assertThat(cursor.text()).isEqualTo("next");
    cursor.end();
  }

  @Test
  void messagesCountFromTheBeginningOfTheBlock() {
    CborCursor cursor = cursor("f6f6f6" + "81" + "f7", 3);

    assertThatThrownBy(cursor::skip).hasMessageEndingWith("(at byte 1)");
  }

  private static void assertRefused(String hex, Consumer<CborCursor> reading) {
    assertThatThrownBy(() -> reading.accept(cursor(hex))).isInstanceOf(InvalidRepoException.class);
  }

  private static CborCursor cursor(String hex) {
    return cursor(hex, 0);
  }

  private static CborCursor cursor(String hex, int from) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    return new CborCursor(bytes, from, bytes.length);
  }
}
