package io.github.atprotobackfill.repo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.Base64;

/**
 * Makes DAG-CBOR of JSON value after JSON value, and the CIDs of records, in one buffer (see {@link
 * DagCbor}). Text goes from one form to the other without being made a string, and nothing is taken
 * that strict JSON in strict UTF-8 is not.
 *
 * <p>Not thread-safe.
 */
public final class DagCborEncoder {

  private static final int LINK_TAG = 42;
  private static final byte[] FALSE = "false".getBytes(ISO_8859_1);
  private static final byte[] TRUE = "true".getBytes(ISO_8859_1);
  private static final byte[] NULL = "null".getBytes(ISO_8859_1);

  private final BlockCid.Hasher hasher = new BlockCid.Hasher();
  private final JsonInput json = new JsonInput();
  private final CborBuffer cbor = new CborBuffer();
  private final CborEntries entries = new CborEntries(cbor);

  /** An encoder with a small buffer, which grows with the values and is kept for the next. */
  public DagCborEncoder() {}

  /** The canonical DAG-CBOR of the JSON value that {@code json[from, to)} is, in UTF-8. */
  public byte[] encode(byte[] json, int from, int to) {
    try {
      write(json, from, to);
      return cbor.copy();
    } finally {
      letGo();
    }
  }

  /**
   * The CID of the record whose JSON is {@code json[from, to)}, in UTF-8; refused if it is no JSON
   * object or stands for no map.
   */
  public BlockCid recordCid(byte[] json, int from, int to) {
    try {
      write(json, from, to);
      if (cbor.majorAt(0) != CborCursor.MAP) {
        throw this.json.malformed("a record is not a map");
      }
      return hasher.cid(cbor.bytes(), 0, cbor.length());
    } finally {
      letGo();
    }
  }

  private void write(byte[] source, int from, int to) {
    json.reset(source, from, to);
    cbor.cutTo(0);
    entries.cutTo(0);
    value(0);
    json.end();
    DagCbor.requireSize(cbor.length());
  }

  private void letGo() {
    json.letGo();
    cbor.letGo();
    entries.letGo();
  }

  private void value(int depth) {
    switch (json.nextVisible()) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> json.string(cbor);
      case 'f' -> constant(FALSE, CborCursor.FALSE);
      case 't' -> constant(TRUE, CborCursor.TRUE);
      case 'n' -> constant(NULL, CborCursor.NULL);
      default -> cbor.integer(json.integer());
    }
  }

  private void constant(byte[] name, int simple) {
    json.constant(name);
    cbor.simple(simple);
  }

  private void object(int depth) {
    requireDepth(depth);
    int map = cbor.openItems();
    int firstEntry = entries.count();
    boolean sorted = true;
    boolean blob = false;
    boolean more = json.begins('}');
    while (more) {
      int key = key(firstEntry);
      if (isSpecial(key)) {
        special(map, key, entries.count() - firstEntry);
        entries.cutTo(firstEntry);
        return;
      }
      sorted &= entries.add(firstEntry, key);
      blob |= typedValue(key, depth + 1);
      more = json.continues('}');
    }
    if (!sorted && !entries.sort(firstEntry)) {
      throw json.malformed("a key comes twice");
    }
    cbor.closeItems(map, CborCursor.MAP, entries.count() - firstEntry);
    entries.cutTo(firstEntry);
    if (blob) {
      new CborCursor(cbor.bytes(), map, cbor.length()).requireBlob();
    }
  }

  /** Reads a key and the colon, and gives where it was written. */
  private int key(int firstEntry) {
    if (entries.count() - firstEntry == DagCbor.MAX_ITEMS) {
      throw json.malformed("an object has more than " + DagCbor.MAX_ITEMS + " entries");
    }
    if (json.nextVisible() != '"') {
      throw json.malformed("not a key");
    }
    int key = cbor.length();
    json.string(cbor);
    if (cbor.length() - cbor.contentOf(key) > DagCbor.MAX_KEY_BYTES) {
      throw json.malformed("a key has more than " + DagCbor.MAX_KEY_BYTES + " bytes");
    }
    json.expect(':');
    return key;
  }

  /** Reads the value of {@code key} and tells whether it says that this is a blob. */
  private boolean typedValue(int key, int depth) {
    boolean type = keyIs(key, CborCursor.TYPE_KEY);
    int value = cbor.length();
    value(depth);
    if (!type) {
      return false;
    }
    if (cbor.majorAt(value) != CborCursor.TEXT || cbor.length() == value + 1) {
      throw json.malformed("a $type is not the name of a type");
    }
    return cbor.endsFrom(value, CborCursor.BLOB);
  }

  /** Whether the key just read, which was written at {@code key}, is this short name. */
  private boolean keyIs(int key, byte[] name) {
    return cbor.endsFrom(key + 1, name);
  }

  private boolean isSpecial(int key) {
    return keyIs(key, CborCursor.LINK_KEY) || keyIs(key, CborCursor.BYTES_KEY);
  }

  /** Reads what is no map but a link or bytes, of which the key was just read. */
  private void special(int map, int key, int entriesBefore) {
    boolean link = keyIs(key, CborCursor.LINK_KEY);
    if (entriesBefore > 0) {
      throw json.malformed("a link or bytes have further fields");
    }
    if (json.nextVisible() != '"') {
      throw json.malformed("a link or bytes are not a string");
    }
    int text = cbor.length();
    json.string(cbor);
    int from = cbor.contentOf(text);
    int to = cbor.length();
    cbor.cutTo(map);
    if (link) {
      link(from, to);
    } else {
      bytes(from, to);
    }
    if (json.continues('}')) {
      throw json.malformed("a link or bytes have further fields");
    }
  }

  /** Writes the link that the text {@code [from, to)} of what was cut off stands for. */
  private void link(int from, int to) {
    byte[] text = cbor.bytes();
    byte[] cid = new byte[DagCbor.MAX_LINK_BYTES];
    int size =
        from < to && text[from] == BlockCid.BASE32
            ? Base32.decode(text, from + 1, to, cid)
            : Base32.MALFORMED;
    if (size == Base32.MALFORMED || !CborCursor.isCid(cid, 0, size)) {
      throw json.malformed("a $link is not a CID");
    }
    cbor.head(CborCursor.TAG, LINK_TAG);
    cbor.head(CborCursor.BYTES, size + 1);
    cbor.put((byte) 0);
    cbor.put(cid, 0, size);
  }

  /** Writes the bytes that the text {@code [from, to)} of what was cut off stands for. */
  private void bytes(int from, int to) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(Arrays.copyOfRange(cbor.bytes(), from, to));
    } catch (IllegalArgumentException e) {
      throw json.malformed("$bytes are not Base64", e);
    }
    cbor.head(CborCursor.BYTES, bytes.length);
    cbor.put(bytes, 0, bytes.length);
  }

  private void array(int depth) {
    requireDepth(depth);
    int array = cbor.openItems();
    int count = 0;
    boolean more = json.begins(']');
    while (more) {
      if (count++ == DagCbor.MAX_ITEMS) {
        throw json.malformed("an array has more than " + DagCbor.MAX_ITEMS + " items");
      }
      value(depth + 1);
      more = json.continues(']');
    }
    cbor.closeItems(array, CborCursor.ARRAY, count);
  }

  private void requireDepth(int depth) {
    if (depth >= DagCbor.MAX_DEPTH) {
      throw json.malformed("nested more than " + DagCbor.MAX_DEPTH + " levels deep");
    }
  }
}
