package io.github.atprotobackfill.repo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Reads DAG-CBOR item by item, and takes only its one canonical form (protocol: DAG-CBOR): shortest
 * heads, definite lengths, no floats, no tag but that of links, strict UTF-8, map keys in order.
 *
 * <p>Every method reads what stands at {@link #at()} and moves behind it, or throws {@link
 * InvalidRepoException} when something else stands there. Not thread-safe.
 */
final class CborCursor {

  /** What {@link #key} is given for the first key of a map. */
  static final int NO_KEY = -1;

  static final int UNSIGNED = 0;
  static final int NEGATIVE = 1;
  static final int BYTES = 2;
  static final int TEXT = 3;
  static final int ARRAY = 4;
  static final int MAP = 5;
  static final int TAG = 6;
  static final int SIMPLE = 7;

  static final int FALSE = 0xf4;
  static final int TRUE = 0xf5;
  static final int NULL = 0xf6;

  /** The head of a link and of the 37 bytes that nearly every link has; the first of them is 0. */
  private static final int LINK = 0xd82a5825;

  private static final byte ONE_CHARACTER = 0x61;
  private static final int LINK_TAG = 42;
  private static final int LINK_BYTES = Integer.BYTES + 1;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  static final byte[] LINK_KEY = "$link".getBytes(UTF_8);
  static final byte[] BYTES_KEY = "$bytes".getBytes(UTF_8);
  static final byte[] TYPE_KEY = "$type".getBytes(UTF_8);
  static final byte[] BLOB = "dblob".getBytes(UTF_8);
  private static final byte[] REF_KEY = "ref".getBytes(UTF_8);
  private static final byte[] SIZE_KEY = "size".getBytes(UTF_8);
  private static final byte[] MIME_TYPE_KEY = "mimeType".getBytes(UTF_8);
  private static final int BLOB_FIELDS = 4;

  private byte[] bytes;
  private int at;
  private int end;

  /** From where messages count. */
  private int begin;

  CborCursor(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  CborCursor(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.begin = from;
    this.at = from;
    this.end = to;
  }

  /** Begins anew at {@code from}. */
  void reset(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.begin = from;
    this.at = from;
    this.end = to;
  }

  /** Where the next item begins. */
  int at() {
    return at;
  }

  /** The major type of the next item. */
  int nextMajor() {
    return next() >> 5;
  }

  private int next() {
    if (at >= end) {
      throw malformed("the end comes too early");
    }
    return bytes[at] & 0xff;
  }

  /** Requires that nothing follows. */
  void end() {
    if (at != end) {
      throw malformed("something follows the end");
    }
  }

  /** Reads the head of a map; that many keys, each with its value, follow. */
  int map() {
    int count = count(MAP, "a map");
    if (count > (end - at) / 2) {
      throw malformed("a map is longer than what is left");
    }
    return count;
  }

  /** Reads the head of an array; that many items follow. */
  int array() {
    int count = count(ARRAY, "an array");
    if (count > end - at) {
      throw malformed("an array is longer than what is left");
    }
    return count;
  }

  private int count(int major, String what) {
    long count = argument(major, what);
    if (count > DagCbor.MAX_ITEMS) {
      throw malformed(what + " has " + count + " items");
    }
    return (int) count;
  }

  /**
   * Reads a key of a map, which must come after {@code previous}, its predecessor in the same map
   * or {@link #NO_KEY}. Its text is unchecked until {@link #keyText} takes it.
   *
   * @return the key, to be handed to the next call and to {@link #keyText}
   */
  int key(int previous) {
    int key = at;
    int length = textHead();
    if (length > DagCbor.MAX_KEY_BYTES) {
      throw malformed("a key has " + length + " bytes");
    }
    if (length > 0 && bytes[at] == '$' && isAmbiguous(at, length)) {
      throw malformed("a map has the key of a link or of bytes in JSON");
    }
    at += length;
    if (previous != NO_KEY && bytes[previous] >= bytes[key]) {
      requireAfter(previous, key);
    }
    return key;
  }

  /** Such a map could not be told from a link or from bytes once it is JSON. */
  private boolean isAmbiguous(int from, int length) {
    return isText(LINK_KEY, from, length) || isText(BYTES_KEY, from, length);
  }

  // Heads are in shortest form and tell the length, so the order of encoded keys is the order by
  // length and then by bytes, and none begins with another.
  private void requireAfter(int previous, int key) {
    int before = previous;
    int after = key;
    while (after < at && bytes[before] == bytes[after]) {
      before++;
      after++;
    }
    if (after == at) {
      throw malformed("a key comes twice");
    }
    if ((bytes[before] & 0xff) > (bytes[after] & 0xff)) {
      throw malformed("the keys of a map are not in order");
    }
  }

  /** Where the text of a key that was read begins; it ends where its value begins. */
  int keyContent(int key) {
    int first = bytes[key] & 0xff;
    return key + (first < 0x78 ? 1 : first == 0x78 ? 2 : 3);
  }

  /** The text of the key that was read last. */
  String keyText(int key) {
    int from = keyContent(key);
    requireUtf8(from, at);
    return new String(bytes, from, at - from, UTF_8);
  }

  private boolean isText(byte[] name, int from, int length) {
    if (length != name.length) {
      return false;
    }
    // Names are so short that asking Arrays for it costs more than the comparison.
    int same = 0;
    while (same < length && bytes[from + same] == name[same]) {
      same++;
    }
    return same == length;
  }

  /** Reads the key of the one ASCII character {@code name}; for maps as below. */
  void requireKey(char name) {
    if (end - at >= 2 && bytes[at] == ONE_CHARACTER && bytes[at + 1] == name) {
      at += 2;
    } else {
      requireKey(new byte[] {(byte) name});
    }
  }

  /** Reads the key {@code name}; for maps whose keys are all known, in their order. */
  void requireKey(byte[] name) {
    int length = textHead();
    if (!isText(name, at, length)) {
      throw malformed("the key \"" + new String(name, UTF_8) + "\" is missing");
    }
    at += length;
  }

  /** Reads an integer of 64 bits. */
  long integer() {
    if (nextMajor() == NEGATIVE) {
      return ~argument(NEGATIVE, "an integer");
    }
    return argument(UNSIGNED, "an integer");
  }

  boolean bool() {
    int next = next();
    if (next != TRUE && next != FALSE) {
      throw malformed("not a boolean");
    }
    at++;
    return next == TRUE;
  }

  /** Reads null if it comes next; moves only then. */
  boolean tryNull() {
    if (next() != NULL) {
      return false;
    }
    at++;
    return true;
  }

  String text() {
    int length = textHead();
    int from = at;
    at += length;
    requireUtf8(from, at);
    return new String(bytes, from, length, UTF_8);
  }

  /**
   * Reads the head of a text and gives its length in bytes; they come next and are unchecked, so
   * that whoever reads them must require UTF-8.
   */
  int textHead() {
    return length(TEXT, "a text");
  }

  byte[] byteString() {
    int length = bytesHead();
    int from = at;
    at += length;
    return Arrays.copyOfRange(bytes, from, at);
  }

  /** Reads the head of a byte string and gives its length; the bytes come next. */
  int bytesHead() {
    return length(BYTES, "a byte string");
  }

  /** Moves behind {@code length} bytes whose head was read. */
  void advance(int length) {
    at += length;
  }

  private int length(int major, String what) {
    long length = argument(major, what);
    if (length > end - at) {
      throw malformed(what + " is longer than what is left");
    }
    return (int) length;
  }

  /** Reads a link to a block of DAG-CBOR. */
  BlockCid cid() {
    return BlockCid.at(bytes, blockLink());
  }

  /** Reads a link to a block of DAG-CBOR and gives where its {@link BlockCid#BYTES} bytes begin. */
  int blockLink() {
    int from = link();
    boolean whole =
        at - from == BlockCid.BYTES
            && BlockCid.isAt(bytes, from)
            && bytes[from + 1] == BlockCid.DAG_CBOR;
    if (!whole) {
      throw malformed("a link is not to a block of the repository");
    }
    return from;
  }

  /** Reads any link and gives where its CID begins; that ends at {@link #at()}. */
  int link() {
    int cid = at + LINK_BYTES;
    int behind = cid + BlockCid.BYTES;
    boolean usual = behind <= end && (int) INT.get(bytes, at) == LINK && bytes[cid - 1] == 0;
    if (usual && BlockCid.isAt(bytes, cid)) {
      at = behind;
      return cid;
    }
    return unusualLink();
  }

  private int unusualLink() {
    if (argument(TAG, "a link") != LINK_TAG) {
      throw malformed("a tag is not that of links");
    }
    int length = bytesHead();
    if (length == 0 || bytes[at] != 0 || !isCid(bytes, at + 1, at + length)) {
      throw malformed("a link is not a CID");
    }
    int from = at + 1;
    at += length;
    return from;
  }

  /**
   * Whether {@code bytes[from, to)} is a CID of version 1, of whatever codec and hash. Records may
   * link to anything; their links are kept, not followed.
   */
  static boolean isCid(byte[] bytes, int from, int to) {
    if (to - from > DagCbor.MAX_LINK_BYTES || from == to || bytes[from] != 1) {
      return false;
    }
    int hash = varintEnd(bytes, from + 1, to);
    int length = varintEnd(bytes, hash, to);
    int digest = varintEnd(bytes, length, to);
    // A digest of 100 bytes at most has a length of one byte.
    return digest == length + 1 && digest <= to && bytes[length] == to - digest;
  }

  /** Where the varint at {@code from} ends; behind {@code to} if it is none in its one form. */
  private static int varintEnd(byte[] bytes, int from, int to) {
    int last = from;
    while (last < to && bytes[last] < 0 && last - from < 8) {
      last++;
    }
    boolean whole = last < to && bytes[last] >= 0 && (bytes[last] > 0 || last == from);
    return whole ? last + 1 : to + 1;
  }

  /** Moves behind one item, whatever it is, having checked all of it. */
  void skip() {
    skip(0);
  }

  private void skip(int depth) {
    switch (nextMajor()) {
      case UNSIGNED, NEGATIVE -> integer();
      case BYTES -> {
        requireDepth(depth);
        advance(bytesHead());
      }
      case TEXT -> {
        int length = textHead();
        requireUtf8(at, at + length);
        advance(length);
      }
      case ARRAY -> skipArray(depth);
      case MAP -> skipMap(depth);
      case TAG -> {
        requireDepth(depth);
        link();
      }
      default -> simple();
    }
  }

  private void skipArray(int depth) {
    requireDepth(depth);
    for (int left = array(); left > 0; left--) {
      skip(depth + 1);
    }
  }

  private void skipMap(int depth) {
    requireDepth(depth);
    int key = NO_KEY;
    for (int left = map(); left > 0; left--) {
      key = key(key);
      requireUtf8(keyContent(key), at);
      skip(depth + 1);
    }
  }

  /** Reads false, true or null and gives its byte: nothing else is simple here. */
  int simple() {
    int next = next();
    if (next != FALSE && next != TRUE && next != NULL) {
      throw malformed("a float, an undefined or another value that DAG-CBOR does not have");
    }
    at++;
    return next;
  }

  /**
   * Requires that something may stand within {@code depth} others. Links and bytes count as one
   * more level each, as in JSON.
   */
  void requireDepth(int depth) {
    if (depth >= DagCbor.MAX_DEPTH) {
      throw malformed("nested more than " + DagCbor.MAX_DEPTH + " levels deep");
    }
  }

  private void requireUtf8(int from, int to) {
    if (!Utf8.isValid(bytes, from, to)) {
      throw malformed("a text is not UTF-8");
    }
  }

  /** Requires that the map to come has the fields of a blob, and no others. */
  void requireBlob() {
    if (map() != BLOB_FIELDS) {
      throw malformed("a blob has other fields than those of blobs");
    }
    requireKey(REF_KEY);
    link();
    requireKey(SIZE_KEY);
    integer();
    requireKey(TYPE_KEY);
    text();
    requireKey(MIME_TYPE_KEY);
    text();
  }

  private long argument(int major, String what) {
    int first = next();
    if (first >> 5 != major) {
      throw malformed("not " + what);
    }
    at++;
    int info = first & 0x1f;
    return info < 24 ? info : longArgument(info);
  }

  private long longArgument(int info) {
    if (info > 27) {
      throw malformed("an indefinite length or a reserved head");
    }
    int size = 1 << (info - 24);
    if (size > end - at) {
      throw malformed("the end comes too early");
    }
    long value = 0;
    for (int i = 0; i < size; i++) {
      value = (value << Byte.SIZE) | (bytes[at++] & 0xff);
    }
    if (value < 0) {
      throw malformed("an integer or length of more than 64 bits, sign included");
    }
    // The smallest value that does not fit into half the size, or into the head itself.
    if (value < (info == 24 ? 24 : 1L << (size * Byte.SIZE / 2))) {
      throw malformed("a head is not in its shortest form");
    }
    return value;
  }

  InvalidRepoException malformed(String what) {
    return InvalidRepoException.malformed("DAG-CBOR: " + what + " (at byte " + (at - begin) + ")");
  }
}
