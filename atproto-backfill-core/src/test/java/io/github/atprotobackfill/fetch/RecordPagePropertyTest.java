package io.github.atprotobackfill.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * Whatever is done to a page: it is refused as a whole, or gives valid records and nothing else.
 */
class RecordPagePropertyTest {

  private static final ServiceUrl PDS = new ServiceUrl("https", "pds.example.com", -1);
  private static final Did ALICE = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
  private static final Nsid NOTE = Nsid.parse("com.example.note");
  private static final Tid REV = Tid.parse("3jzfcijpj2z2a");
  private static final String CID = "bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq";
  private static final byte[] PAGE = page(5);

  /** Pieces that mean something to a JSON or UTF-8 reader. */
  private static final List<byte[]> PIECES =
      List.of(
          bytes("{"),
          bytes("}"),
          bytes("["),
          bytes("]"),
          bytes("\""),
          bytes(","),
          bytes(":"),
          bytes("\\"),
          bytes("\\u"),
          bytes("\\ud800"),
          bytes("null"),
          bytes("-"),
          bytes("1e5"),
          bytes("\"uri\":"),
          bytes("\"value\":{"),
          bytes("\"cursor\":\"x\","),
          bytes("\"records\":["),
          new byte[] {0},
          new byte[] {(byte) 0xc0, (byte) 0x80},
          new byte[] {(byte) 0xed, (byte) 0xa0},
          new byte[] {(byte) 0xef, (byte) 0xbb, (byte) 0xbf},
          new byte[] {(byte) 0xff});

  @Property(tries = 3_000)
  void aMutatedPageGivesValidRecordsOrIsRefused(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 6) int mutations) {
    Random random = new Random(seed);
    byte[] page = PAGE.clone();
    for (int i = 0; i < mutations; i++) {
      page = mutate(page, random);
    }
    try {
      RecordPage read = new RecordPageReader(PDS, ALICE, 1_000).read(page, NOTE, REV, "before");
      assertValid(read);
    } catch (XrpcException e) {
      assertThat(e.kind()).isEqualTo(ErrorKind.INVALID_RESPONSE);
      assertThat(e).hasMessageStartingWith("pds.example.com com.atproto.repo.listRecords: ");
    }
  }

  private static byte[] mutate(byte[] page, Random random) {
    if (page.length == 0) {
      return page;
    }
    int at = random.nextInt(page.length);
    return switch (random.nextInt(6)) {
      case 0 -> flipped(page, at, random.nextInt(Byte.SIZE));
      case 1 -> Arrays.copyOf(page, at);
      case 2 -> spliced(page, at, at, PIECES.get(random.nextInt(PIECES.size())));
      case 3 -> spliced(page, at, Math.min(page.length, at + random.nextInt(40)), new byte[0]);
      case 4 -> {
        int from = random.nextInt(page.length);
        int to = Math.min(page.length, from + random.nextInt(200));
        yield spliced(page, at, at, Arrays.copyOfRange(page, from, to));
      }
      default -> spliced(page, at, at + 1, new byte[] {(byte) random.nextInt()});
    };
  }

  private static void assertValid(RecordPage page) {
    String last = "";
    for (RecordEvent event : page.records()) {
      RecordPut put = (RecordPut) event;
      assertThat(put.did()).isSameAs(ALICE);
      assertThat(put.collection()).isSameAs(NOTE);
      assertThat(put.rkey().value()).isGreaterThanOrEqualTo(last);
      last = put.rkey().value();
      JsonNode tree = put.value().tree();
      assertThat(tree.isObject()).isTrue();
      assertThat(decodes(put.value().json())).isTrue();
    }
    assertThat(page.cursor()).isNotEqualTo("before").isNotEqualTo("");
    page.rejected().forEach(failure -> assertThat(failure.message()).contains("listRecords"));
  }

  private static boolean decodes(byte[] bytes) {
    try {
      UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static byte[] flipped(byte[] page, int at, int bit) {
    byte[] copy = page.clone();
    copy[at] ^= (byte) (1 << bit);
    return copy;
  }

  private static byte[] spliced(byte[] page, int from, int to, byte[] piece) {
    byte[] result = new byte[page.length - (to - from) + piece.length];
    System.arraycopy(page, 0, result, 0, from);
    System.arraycopy(piece, 0, result, from, piece.length);
    System.arraycopy(page, to, result, from + piece.length, page.length - to);
    return result;
  }

  private static byte[] page(int records) {
    StringBuilder page = new StringBuilder("{\"cursor\":\"3k9\",\"records\":[");
    for (int i = 0; i < records; i++) {
      page.append(i == 0 ? "" : ",")
          .append("{\"uri\":\"at://" + ALICE + "/" + NOTE + "/3k" + i + "\",\"cid\":\"" + CID)
          .append(
              "\",\"value\":{\"$type\":\"com.example.note\",\"text\":\"h\u00e9llo \ud83d\ude00\",")
          .append("\"tags\":[\"a\",{\"n\":[1,-2.5e3,true,null]}],\"esc\":\"\\n\\u20ac\"}}");
    }
    return bytes(page.append("]}").toString());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
