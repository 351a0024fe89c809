package io.github.atprotobackfill.testkit.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;

/** A CAR, read without any help of what is tested: by the letter of the specification. */
final class TestCar {

  /** A link as it stands in a block. */
  record Link(String cid) {}

  /** A block as it came. */
  record Block(String cid, byte[] data) {

    boolean hashes() {
      byte[] hash = sha256(data);
      byte[] named = Base32.decode(cid.substring(1));
      return Arrays.equals(hash, 0, 32, named, 4, 36);
    }

    Object value() {
      Cbor cbor = new Cbor(data);
      Object value = cbor.item();
      assertThat(cbor.at).isEqualTo(data.length);
      return value;
    }

    Map<String, Object> map() {
      return asMap(value());
    }
  }

  final List<String> roots = new ArrayList<>();
  final List<Block> blocks = new ArrayList<>();
  private final Map<String, Block> byCid = new LinkedHashMap<>();

  TestCar(byte[] bytes) {
    Cbor in = new Cbor(bytes);
    Cbor header = new Cbor(in.take((int) in.varint()));
    Map<String, Object> fields = asMap(header.item());
    assertThat(fields).containsEntry("version", 1L).hasSize(2);
    asList(fields.get("roots")).forEach(root -> roots.add(((Link) root).cid()));
    while (in.at < bytes.length) {
      byte[] frame = in.take((int) in.varint());
      String cid = "b" + Base32.encode(Arrays.copyOf(frame, 36));
      Block block = new Block(cid, Arrays.copyOfRange(frame, 36, frame.length));
      blocks.add(block);
      byCid.put(cid, block);
    }
  }

  Block block(String cid) {
    assertThat(byCid).containsKey(cid);
    return byCid.get(cid);
  }

  boolean has(String cid) {
    return byCid.containsKey(cid);
  }

  Map<String, Object> commit() {
    return block(roots.get(0)).map();
  }

  /** The CIDs of all records by path, found by walking the tree and checking its rules. */
  TreeMap<String, String> records() {
    TreeMap<String, String> records = new TreeMap<>();
    walk(((Link) commit().get("data")).cid(), -1, new ArrayList<>(), records);
    return records;
  }

  private void walk(String cid, int level, List<String> order, Map<String, String> records) {
    Map<String, Object> node = block(cid).map();
    assertThat(node.keySet()).containsExactly("e", "l");
    List<Object> entries = asList(node.get("e"));
    int own = level;
    if (level < 0 && !entries.isEmpty()) {
      own = level(asMap(entries.get(0)).get("k"));
    }
    below(node.get("l"), own, order, records);
    byte[] before = {};
    for (Object item : entries) {
      Map<String, Object> entry = asMap(item);
      assertThat(entry.keySet()).containsExactly("k", "p", "t", "v");
      byte[] rest = (byte[]) entry.get("k");
      int prefix = ((Long) entry.get("p")).intValue();
      byte[] key = Arrays.copyOf(before, prefix + rest.length);
      System.arraycopy(rest, 0, key, prefix, rest.length);
      assertThat(prefix).isEqualTo(commonPrefix(before, key));
      assertThat(level(key)).isEqualTo(own);
      String path = new String(key, StandardCharsets.US_ASCII);
      if (!order.isEmpty()) {
        assertThat(path).isGreaterThan(order.get(order.size() - 1));
      }
      order.add(path);
      records.put(path, ((Link) entry.get("v")).cid());
      below(entry.get("t"), own, order, records);
      before = key;
    }
  }

  private void below(Object link, int level, List<String> order, Map<String, String> records) {
    if (link != null) {
      assertThat(level).isPositive();
      walk(((Link) link).cid(), level - 1, order, records);
    }
  }

  private static int commonPrefix(byte[] a, byte[] b) {
    int n = 0;
    while (n < a.length && n < b.length && a[n] == b[n]) {
      n++;
    }
    return n;
  }

  private static int level(Object key) {
    BigInteger hash = new BigInteger(1, sha256((byte[]) key));
    return (256 - hash.bitLength()) / 2;
  }

  /** Whether the commit's signature is good, and the low one of both. */
  boolean isSignedBy(SigningKey.Curve curve, byte[] point) {
    Map<String, Object> fields = new LinkedHashMap<>(commit());
    byte[] signature = (byte[]) fields.remove("sig");
    assertThat(signature).hasSize(64);
    var parameters =
        CustomNamedCurves.getByName(curve == SigningKey.Curve.K256 ? "secp256k1" : "secp256r1");
    var domain = new ECDomainParameters(parameters);
    ECDSASigner verifier = new ECDSASigner();
    verifier.init(
        false, new ECPublicKeyParameters(parameters.getCurve().decodePoint(point), domain));
    BigInteger r = new BigInteger(1, Arrays.copyOf(signature, 32));
    BigInteger s = new BigInteger(1, Arrays.copyOfRange(signature, 32, 64));
    return verifier.verifySignature(sha256(unsigned(fields)), r, s)
        && s.compareTo(domain.getN().shiftRight(1)) <= 0;
  }

  private static byte[] unsigned(Map<String, Object> fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0xa5);
    text(out, "did");
    text(out, (String) fields.get("did"));
    text(out, "rev");
    text(out, (String) fields.get("rev"));
    text(out, "data");
    out.writeBytes(new byte[] {(byte) 0xd8, 0x2a, 0x58, 0x25, 0});
    out.writeBytes(
        Arrays.copyOf(Base32.decode(((Link) fields.get("data")).cid().substring(1)), 36));
    text(out, "prev");
    assertThat(fields).containsEntry("prev", null).containsEntry("version", 3L);
    out.write(0xf6);
    text(out, "version");
    out.write(3);
    return out.toByteArray();
  }

  private static void text(ByteArrayOutputStream out, String text) {
    if (text.length() > 23) {
      out.write(0x78);
      out.write(text.length());
    } else {
      out.write(0x60 + text.length());
    }
    out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @SuppressWarnings("unchecked") // A map of the data model has text for keys.
  private static Map<String, Object> asMap(Object value) {
    return (Map<String, Object>) value;
  }

  @SuppressWarnings("unchecked")
  private static List<Object> asList(Object value) {
    return (List<Object>) value;
  }

  /** As much of CBOR as repos need; leaves order and form of what it reads unchecked. */
  private static final class Cbor {

    final byte[] bytes;
    int at;

    Cbor(byte[] bytes) {
      this.bytes = bytes;
    }

    byte[] take(int count) {
      assertThat(count).isBetween(0, bytes.length - at);
      at += count;
      return Arrays.copyOfRange(bytes, at - count, at);
    }

    long varint() {
      long value = 0;
      for (int shift = 0; ; shift += 7) {
        byte b = bytes[at++];
        value |= (long) (b & 0x7f) << shift;
        if (b >= 0) {
          return value;
        }
      }
    }

    Object item() {
      int head = bytes[at++] & 0xff;
      if (head >= 0xf4) {
        return head == 0xf6 ? null : head == 0xfb ? (Object) take(8) : (Object) (head == 0xf5);
      }
      long value = argument(head & 31);
      return switch (head >> 5) {
        case 0 -> value;
        case 1 -> -1 - value;
        case 2 -> take((int) value);
        case 3 -> new String(take((int) value), StandardCharsets.UTF_8);
        case 4 -> list(value);
        case 5 -> map(value);
        case 6 -> link(value);
        default -> throw new AssertionError("not in the data model: " + head);
      };
    }

    private long argument(int info) {
      int count = info < 24 ? 0 : 1 << (info - 24);
      return count == 0 ? info : new BigInteger(1, take(count)).longValueExact();
    }

    private List<Object> list(long size) {
      List<Object> items = new ArrayList<>();
      for (long n = 0; n < size; n++) {
        items.add(item());
      }
      return items;
    }

    private Map<String, Object> map(long size) {
      Map<String, Object> fields = new LinkedHashMap<>();
      for (long n = 0; n < size; n++) {
        fields.put((String) item(), item());
      }
      return fields;
    }

    private Link link(long tag) {
      assertThat(tag).isEqualTo(42);
      byte[] cid = (byte[]) item();
      assertThat(cid).hasSize(37).startsWith(0);
      return new Link("b" + Base32.encode(Arrays.copyOfRange(cid, 1, 37)));
    }
  }
}
