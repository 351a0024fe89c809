package io.github.atprotobackfill.repo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.syntax.Cid;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class BlockCidTest {

  /** The tree of a repository without records, and its CID. */
  private static final byte[] EMPTY_TREE = HexFormat.of().parseHex("a2616580616cf6");

  private static final String EMPTY_TREE_CID =
      "bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm";

  private static final String BLOB_CID =
      "bafkreiccldh766hwcnuxnf2wh6jgzepf2nlu2lvcllt63eww5p6chi4ity";

  @Test
  void aBlockHasTheCidOfItsHash() {
    BlockCid cid = BlockCid.of(EMPTY_TREE);

    assertThat(cid).hasToString(EMPTY_TREE_CID);
    assertThat(cid.text()).isEqualTo(Cid.parse(EMPTY_TREE_CID));
    assertThat(cid.codec()).isEqualTo(BlockCid.DAG_CBOR);
    assertThat(cid.bytes()).hasSize(BlockCid.BYTES).startsWith(1, 0x71, 0x12, 0x20);
  }

  @Test
  void theHashIsThatOfThePartThatIsTheBlock() {
    byte[] around = new byte[EMPTY_TREE.length + 5];
    System.arraycopy(EMPTY_TREE, 0, around, 2, EMPTY_TREE.length);

    assertThat(BlockCid.of(around, 2, 2 + EMPTY_TREE.length)).hasToString(EMPTY_TREE_CID);
  }

  @Test
  void oneDigestHashesBlockAfterBlockWhereverTheyLie() {
    BlockCid.Hasher hasher = new BlockCid.Hasher();
    byte[] digests = new byte[2 + 2 * BlockCid.DIGEST_BYTES];
    ByteBuffer direct = ByteBuffer.allocateDirect(EMPTY_TREE.length).put(EMPTY_TREE).flip();

    hasher.digest(EMPTY_TREE, 0, EMPTY_TREE.length, digests, 1);
    hasher.digest(direct, digests, 1 + BlockCid.DIGEST_BYTES);

    byte[] expected = Arrays.copyOfRange(BlockCid.of(EMPTY_TREE).bytes(), 4, 36);
    assertThat(Arrays.copyOfRange(digests, 1, 33)).isEqualTo(expected);
    assertThat(Arrays.copyOfRange(digests, 33, 65)).isEqualTo(expected);
    assertThat(direct.hasRemaining()).isFalse();
  }

  @Test
  void aBlobsBlockIsRaw() {
    assertThat(BlockCid.tryParse(Cid.parse(BLOB_CID)))
        .get()
        .satisfies(cid -> assertThat(cid.codec()).isEqualTo(BlockCid.RAW))
        .hasToString(BLOB_CID);
  }

  @Test
  void onlyTheOneTextOfABlocksCidIsTaken() {
    String digest = EMPTY_TREE_CID.substring(8);
    List<String> others =
        List.of(
            EMPTY_TREE_CID.substring(0, 58),
            EMPTY_TREE_CID + "a",
            EMPTY_TREE_CID.toUpperCase(java.util.Locale.ROOT),
            "z" + EMPTY_TREE_CID.substring(1),
            // Bits that stand for nothing.
            EMPTY_TREE_CID.substring(0, 58) + "n",
            EMPTY_TREE_CID.substring(0, 58) + "1",
            // Another version, another codec, another hash, another length.
            "baj" + EMPTY_TREE_CID.substring(3),
            "bafzrei" + EMPTY_TREE_CID.substring(7),
            "bafyrmi" + digest + "a",
            "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG");

    assertThat(others).allSatisfy(text -> assertThat(BlockCid.tryParse(Cid.parse(text))).isEmpty());
  }

  @Property(tries = 200)
  void textAndBytesStandForEachOther(@ForAll @Size(max = 100) byte[] block) {
    BlockCid cid = BlockCid.of(block);

    assertThat(cid.toString()).hasSize(BlockCid.CHARACTERS);
    assertThat(BlockCid.tryParse(cid.text())).contains(cid);
    assertThat(BlockCid.at(cid.bytes(), 0)).isEqualTo(cid).hasSameHashCodeAs(cid);
    assertThat(cid.compareTo(BlockCid.of(EMPTY_TREE)) == 0)
        .isEqualTo(cid.equals(BlockCid.of(EMPTY_TREE)));
  }

  @Test
  void nobodyCanChangeOne() {
    BlockCid cid = BlockCid.of(EMPTY_TREE);

    cid.bytes()[10] ^= 1;

    assertThat(cid).hasToString(EMPTY_TREE_CID).isEqualTo(BlockCid.of(EMPTY_TREE));
  }

  @Test
  void oneIsFoundAmongOtherBytes() {
    BlockCid cid = BlockCid.of(EMPTY_TREE);
    byte[] bytes = new byte[BlockCid.BYTES + 2];
    cid.copyTo(bytes, 1);

    assertThat(BlockCid.isAt(bytes, 1)).isTrue();
    assertThat(cid.equalsAt(bytes, 1)).isTrue();
    assertThat(cid.equalsAt(bytes, 0)).isFalse();
    assertThat(cid.equalsAt(bytes, 3)).isFalse();
    assertThat(cid).isNotEqualTo(BlockCid.of(EMPTY_TREE_CID.getBytes(UTF_8)));
  }

  @Property(tries = 500)
  void base32LosesNothing(@ForAll @Size(max = 40) byte[] bytes) {
    byte[] text = new byte[Base32.length(bytes.length)];
    byte[] back = new byte[bytes.length];

    assertThat(Base32.encode(bytes, 0, bytes.length, text, 0)).isEqualTo(text.length);
    assertThat(Base32.decode(text, 0, text.length, back)).isEqualTo(bytes.length);
    assertThat(back).isEqualTo(bytes);
    if (bytes.length > 0) {
      byte[] tooShort = new byte[bytes.length - 1];
      assertThat(Base32.decode(text, 0, text.length, tooShort)).isEqualTo(Base32.MALFORMED);
    }
  }

  @Test
  void base32IsThatOfTheStandard() {
    assertThat(encode("foobar")).isEqualTo("mzxw6ytboi");
    assertThat(encode("fooba")).isEqualTo("mzxw6ytb");
    assertThat(encode("f")).isEqualTo("my");
    assertThat(encode("")).isEmpty();
  }

  private static String encode(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    byte[] encoded = new byte[Base32.length(bytes.length)];
    Base32.encode(bytes, 0, bytes.length, encoded, 0);
    return new String(encoded, UTF_8);
  }
}
