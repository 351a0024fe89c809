package io.github.atprotobackfill.repo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;

/**
 * Makes DAG-CBOR of JSON value after JSON value, and the CIDs of records, in one buffer (see {@link
 * DagCbor}). The JSON is tokenized here: text goes from one form to the other without being made a
 * string, and nothing is taken that strict JSON in strict UTF-8 is not.
 *
 * <p>Not thread-safe.
 */
public final class DagCborEncoder {

  private static final int FIRST_BYTES = 1 << 10;

  /** A buffer that grew beyond this is not kept for the next value. */
  private static final int KEPT_BYTES = 1 << 20;

  /** Room for a head and its argument. */
  private static final int HEAD_BYTES = 9;

  private static final int LINK_TAG = 42;
  private static final byte[] FALSE = "false".getBytes(ISO_8859_1);
  private static final byte[] TRUE = "true".getBytes(ISO_8859_1);
  private static final byte[] NULL = "null".getBytes(ISO_8859_1);

  private final BlockCid.Hasher hasher = new BlockCid.Hasher();
  private byte[] json = new byte[0];
  private int at;
  private int end;

  private byte[] cbor = new byte[FIRST_BYTES];
  private int length;

  /** Where the entries of the maps that are open begin. */
  private int[] entries = new int[64];

  private int entryCount;

  /** An encoder with a small buffer, which grows with the values and is kept for the next. */
  public DagCborEncoder() {}

  /** The canonical DAG-CBOR of the JSON value that {@code json[from, to)} is, in UTF-8. */
  public byte[] encode(byte[] json, int from, int to) {
    try {
      write(json, from, to);
      return Arrays.copyOf(cbor, length);
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
      if ((cbor[0] & 0xff) >> 5 != CborCursor.MAP) {
        throw malformed("a record is not a map");
      }
      return hasher.cid(cbor, 0, length);
    } finally {
      letGo();
    }
  }

  private void write(byte[] source, int from, int to) {
    json = source;
    at = from;
    end = to;
    length = 0;
    entryCount = 0;
    value(0);
    nextVisible();
    if (at < end) {
      throw malformed("something follows the end");
    }
    DagCbor.requireSize(length);
  }

  private void letGo() {
    json = new byte[0];
    if (cbor.length > KEPT_BYTES) {
      cbor = new byte[FIRST_BYTES];
    }
    if (entries.length > KEPT_BYTES / Integer.BYTES) {
      entries = new int[64];
    }
  }

  private void value(int depth) {
    reserve(HEAD_BYTES);
    switch (nextVisible()) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> string();
      case 'f' -> constant(FALSE, CborCursor.FALSE);
      case 't' -> constant(TRUE, CborCursor.TRUE);
      case 'n' -> constant(NULL, CborCursor.NULL);
      default -> number();
    }
  }

  private void object(int depth) {
    requireDepth(depth);
    at++;
    int head = length++;
    int firstEntry = entryCount;
    boolean sorted = true;
    boolean blob = false;
    boolean more = nextVisible() != '}';
    if (!more) {
      at++;
    }
    while (more) {
      int key = key(firstEntry);
      if (isSpecial(key)) {
        special(head, key, entryCount - firstEntry);
        entryCount = firstEntry;
        return;
      }
      sorted &= entryCount == firstEntry || isBefore(entries[entryCount - 1], key);
      addEntry(key);
      blob |= typedValue(key, depth + 1);
      more = continues('}');
    }
    if (!sorted) {
      sort(firstEntry);
    }
    close(head, CborCursor.MAP, entryCount - firstEntry);
    entryCount = firstEntry;
    if (blob) {
      new CborCursor(cbor, head, length).requireBlob();
    }
  }

  /** Reads a key and the colon, and gives where it was written. */
  private int key(int firstEntry) {
    if (entryCount - firstEntry == DagCbor.MAX_ITEMS) {
      throw malformed("an object has more than " + DagCbor.MAX_ITEMS + " entries");
    }
    if (nextVisible() != '"') {
      throw malformed("not a key");
    }
    int key = length;
    string();
    if (length - contentOf(key) > DagCbor.MAX_KEY_BYTES) {
      throw malformed("a key has more than " + DagCbor.MAX_KEY_BYTES + " bytes");
    }
    expect(':');
    return key;
  }

  /** Where the text that was written at {@code key} begins. */
  private int contentOf(int key) {
    int info = cbor[key] & 0x1f;
    return key + 1 + (info < 24 ? 0 : 1 << (info - 24));
  }

  /** Reads the value of {@code key} and tells whether it says that this is a blob. */
  private boolean typedValue(int key, int depth) {
    boolean type = keyIs(key, CborCursor.TYPE_KEY);
    int value = length;
    value(depth);
    if (!type) {
      return false;
    }
    int first = cbor[value] & 0xff;
    if (first >> 5 != CborCursor.TEXT || length == value + 1) {
      throw malformed("a $type is not the name of a type");
    }
    return Arrays.equals(CborCursor.BLOB, 0, CborCursor.BLOB.length, cbor, value, length);
  }

  private boolean keyIs(int key, byte[] name) {
    return length - key == name.length + 1
        && Arrays.equals(name, 0, name.length, cbor, key + 1, length);
  }

  private boolean isSpecial(int key) {
    return keyIs(key, CborCursor.LINK_KEY) || keyIs(key, CborCursor.BYTES_KEY);
  }

  /** Reads what is no map but a link or bytes, of which the key was just read. */
  private void special(int head, int key, int entriesBefore) {
    boolean link = keyIs(key, CborCursor.LINK_KEY);
    if (entriesBefore > 0) {
      throw malformed("a link or bytes have further fields");
    }
    if (nextVisible() != '"') {
      throw malformed("a link or bytes are not a string");
    }
    int text = length;
    string();
    int from = contentOf(text);
    int to = length;
    length = head;
    if (link) {
      link(from, to);
    } else {
      bytes(from, to);
    }
    if (continues('}')) {
      throw malformed("a link or bytes have further fields");
    }
  }

  private void link(int from, int to) {
    byte[] cid = new byte[DagCbor.MAX_LINK_BYTES];
    int size =
        from < to && cbor[from] == BlockCid.BASE32
            ? Base32.decode(cbor, from + 1, to, cid)
            : Base32.MALFORMED;
    if (size == Base32.MALFORMED || !CborCursor.isCid(cid, 0, size)) {
      throw malformed("a $link is not a CID");
    }
    reserve(2 * HEAD_BYTES + size);
    head(CborCursor.TAG, LINK_TAG);
    head(CborCursor.BYTES, size + 1);
    cbor[length++] = 0;
    System.arraycopy(cid, 0, cbor, length, size);
    length += size;
  }

  private void bytes(int from, int to) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(Arrays.copyOfRange(cbor, from, to));
    } catch (IllegalArgumentException e) {
      throw InvalidRepoException.malformed("JSON: $bytes are not Base64 (at byte " + at + ")", e);
    }
    reserve(HEAD_BYTES + bytes.length);
    head(CborCursor.BYTES, bytes.length);
    System.arraycopy(bytes, 0, cbor, length, bytes.length);
    length += bytes.length;
  }

  private void array(int depth) {
    requireDepth(depth);
    at++;
    int head = length++;
    int count = 0;
    boolean more = nextVisible() != ']';
    if (!more) {
      at++;
    }
    while (more) {
      if (count++ == DagCbor.MAX_ITEMS) {
        throw malformed("an array has more than " + DagCbor.MAX_ITEMS + " items");
      }
      value(depth + 1);
      more = continues(']');
    }
    close(head, CborCursor.ARRAY, count);
  }

  private boolean continues(char bracket) {
    int next = nextVisible();
    if (next != ',' && next != bracket) {
      throw malformed("neither a comma nor an end");
    }
    at++;
    return next == ',';
  }

  /** Writes the head that one byte at {@code head} was left for. */
  private void close(int head, int major, int count) {
    int more = headBytes(count) - 1;
    if (more > 0) {
      reserve(more);
      System.arraycopy(cbor, head + 1, cbor, head + 1 + more, length - head - 1);
    }
    int behind = length + more;
    length = head;
    head(major, count);
    length = behind;
  }

  private void addEntry(int key) {
    if (entryCount == entries.length) {
      entries = Arrays.copyOf(entries, 2 * entryCount);
    }
    entries[entryCount++] = key;
  }

  /** Whether of two keys, one written before the other, the order is theirs too. */
  private boolean isBefore(int key, int later) {
    return compareKeys(cbor, key, later) < 0;
  }

  // Encoded keys begin with their length, so their order is that of DAG-CBOR, and none begins with
  // another.
  private static int compareKeys(byte[] bytes, int a, int b) {
    if (bytes[a] != bytes[b]) {
      return bytes[a] - bytes[b];
    }
    return Arrays.compareUnsigned(bytes, a, keyEnd(bytes, a), bytes, b, keyEnd(bytes, b));
  }

  private static int keyEnd(byte[] bytes, int key) {
    CborCursor cursor = new CborCursor(bytes, key, bytes.length);
    int size = cursor.textHead();
    return cursor.at() + size;
  }

  private record Entry(int from, int to) {}

  /** Brings the entries from {@code firstEntry} on, the last ones written, into order. */
  private void sort(int firstEntry) {
    int from = entries[firstEntry];
    byte[] unsorted = Arrays.copyOfRange(cbor, from, length);
    List<Entry> order = new ArrayList<>(entryCount - firstEntry);
    for (int i = firstEntry; i < entryCount; i++) {
      int to = i + 1 < entryCount ? entries[i + 1] : length;
      order.add(new Entry(entries[i] - from, to - from));
    }
    Comparator<Entry> byKey = (a, b) -> compareKeys(unsorted, a.from(), b.from());
    order.sort(byKey);
    length = from;
    for (int i = 0; i < order.size(); i++) {
      Entry entry = order.get(i);
      if (i > 0 && byKey.compare(order.get(i - 1), entry) == 0) {
        throw malformed("a key comes twice");
      }
      int size = entry.to() - entry.from();
      System.arraycopy(unsorted, entry.from(), cbor, length, size);
      length += size;
    }
  }

  /** Copies a string whole if nothing in it is escaped. */
  private void string() {
    int from = at + 1;
    int to = unescapedEnd(from);
    reserve(HEAD_BYTES + to - from);
    if (json[to] == '\\') {
      escapedString(from, to);
      return;
    }
    head(CborCursor.TEXT, to - from);
    System.arraycopy(json, from, cbor, length, to - from);
    length += to - from;
    at = to + 1;
  }

  /** Where the next quote or backslash stands. */
  private int unescapedEnd(int from) {
    int next = CborText.plainEnd(json, from, end);
    while (next < end && json[next] < 0) {
      int size = CborText.character(json, next, end);
      if (size == 0) {
        throw malformed("a string is not UTF-8");
      }
      next += size;
      if (next < end && json[next] >= 0) {
        next = CborText.plainEnd(json, next, end);
      }
    }
    if (next == end || json[next] < ' ') {
      throw malformed("a string has no end or a control character in it");
    }
    return next;
  }

  /** Copies a string of which {@code json[from, to)} has no escapes. */
  private void escapedString(int from, int to) {
    int start = length;
    length += HEAD_BYTES;
    copy(from, to);
    at = to;
    while (json[at] == '\\') {
      reserve(HEAD_BYTES);
      escape();
      int next = at;
      at = unescapedEnd(next);
      copy(next, at);
    }
    at++;
    int content = start + HEAD_BYTES;
    int size = length - content;
    length = start;
    head(CborCursor.TEXT, size);
    System.arraycopy(cbor, content, cbor, length, size);
    length += size;
  }

  private void copy(int from, int to) {
    reserve(to - from);
    System.arraycopy(json, from, cbor, length, to - from);
    length += to - from;
  }

  private void escape() {
    int escaped = at + 1 < end ? json[at + 1] : -1;
    at += 2;
    switch (escaped) {
      case '"', '\\', '/' -> cbor[length++] = (byte) escaped;
      case 'b' -> cbor[length++] = '\b';
      case 'f' -> cbor[length++] = '\f';
      case 'n' -> cbor[length++] = '\n';
      case 'r' -> cbor[length++] = '\r';
      case 't' -> cbor[length++] = '\t';
      case 'u' -> character(escapedCharacter());
      default -> throw malformed("an escape that JSON does not have");
    }
  }

  private int escapedCharacter() {
    char first = hex();
    if (!Character.isSurrogate(first)) {
      return first;
    }
    boolean followed = at + 1 < end && json[at] == '\\' && json[at + 1] == 'u';
    if (followed) {
      at += 2;
      char second = hex();
      if (Character.isSurrogatePair(first, second)) {
        return Character.toCodePoint(first, second);
      }
    }
    throw malformed("half a surrogate pair");
  }

  private char hex() {
    if (at + 4 > end) {
      throw malformed("a string has no end");
    }
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int digit = json[at] < 0 ? -1 : Character.digit(json[at], 16);
      if (digit < 0) {
        throw malformed("an escape without four hexadecimal digits");
      }
      value = (value << 4) | digit;
      at++;
    }
    return (char) value;
  }

  private void character(int codePoint) {
    if (codePoint < 0x80) {
      cbor[length++] = (byte) codePoint;
      return;
    }
    int more = codePoint < 0x800 ? 1 : codePoint < 0x10000 ? 2 : 3;
    int lead = 0xff00 >> (more + 1) & 0xff;
    cbor[length++] = (byte) (lead | (codePoint >> (6 * more)));
    while (--more >= 0) {
      cbor[length++] = (byte) (0x80 | ((codePoint >> (6 * more)) & 0x3f));
    }
  }

  private void number() {
    int from = at;
    boolean negative = nextVisible() == '-';
    if (negative) {
      at++;
    }
    int firstDigit = at;
    long value = 0;
    boolean fits = true;
    for (; at < end && isDigit(json[at]); at++) {
      int digit = json[at] - '0';
      fits &= value >= (Long.MIN_VALUE + digit) / 10;
      value = 10 * value - digit;
    }
    boolean leadingZero = at - firstDigit > 1 && json[firstDigit] == '0';
    if (at == firstDigit || leadingZero) {
      throw malformed("not a value");
    }
    if (at < end && (json[at] == '.' || (json[at] | 0x20) == 'e')) {
      integer(decimal(from));
      return;
    }
    if (!fits || (!negative && value == Long.MIN_VALUE)) {
      throw malformed("an integer of more than 64 bits");
    }
    integer(negative ? value : -value);
  }

  /** Reads the rest of a number that may be an integer all the same, such as 123.0. */
  private long decimal(int from) {
    if (json[at] == '.') {
      at++;
      digits();
    }
    if (at < end && (json[at] | 0x20) == 'e') {
      at++;
      if (at < end && (json[at] == '+' || json[at] == '-')) {
        at++;
      }
      digits();
    }
    if (at - from > DagCbor.MAX_NUMBER_CHARS) {
      throw malformed("a number has more than " + DagCbor.MAX_NUMBER_CHARS + " characters");
    }
    try {
      return new BigDecimal(new String(json, from, at - from, ISO_8859_1)).longValueExact();
    } catch (ArithmeticException | NumberFormatException e) {
      throw malformed("a number is not an integer of 64 bits");
    }
  }

  private void digits() {
    int from = at;
    while (at < end && isDigit(json[at])) {
      at++;
    }
    if (at == from) {
      throw malformed("a number without digits");
    }
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private void integer(long value) {
    if (value < 0) {
      head(CborCursor.NEGATIVE, ~value);
    } else {
      head(CborCursor.UNSIGNED, value);
    }
  }

  private void constant(byte[] name, int simple) {
    int behind = at + name.length;
    if (behind > end || !Arrays.equals(name, 0, name.length, json, at, behind)) {
      throw malformed("not a value");
    }
    at = behind;
    cbor[length++] = (byte) simple;
  }

  private static int headBytes(long argument) {
    if (argument < 24) {
      return 1;
    }
    return argument <= 0xff ? 2 : argument <= 0xffff ? 3 : argument <= 0xffff_ffffL ? 5 : 9;
  }

  /** Writes a head, for which there must be room. */
  private void head(int major, long argument) {
    int type = major << 5;
    int size = headBytes(argument) - 1;
    if (size == 0) {
      cbor[length++] = (byte) (type | argument);
      return;
    }
    cbor[length++] = (byte) (type | (24 + Integer.numberOfTrailingZeros(size)));
    for (int left = size - 1; left >= 0; left--) {
      cbor[length++] = (byte) (argument >> (left * Byte.SIZE));
    }
  }

  private void expect(char wanted) {
    if (nextVisible() != wanted) {
      throw malformed("no " + wanted);
    }
    at++;
  }

  /** Moves to the next byte that is no blank and gives it; below 0 at the end and for non-ASCII. */
  private int nextVisible() {
    while (at < end) {
      byte next = json[at];
      if (next != ' ' && next != '\n' && next != '\r' && next != '\t') {
        return next;
      }
      at++;
    }
    return -1;
  }

  private void requireDepth(int depth) {
    if (depth >= DagCbor.MAX_DEPTH) {
      throw malformed("nested more than " + DagCbor.MAX_DEPTH + " levels deep");
    }
  }

  private void reserve(int bytes) {
    if (cbor.length - length < bytes) {
      cbor = Arrays.copyOf(cbor, Math.max(2 * cbor.length, length + bytes));
    }
  }

  private InvalidRepoException malformed(String what) {
    return InvalidRepoException.malformed("JSON: " + what + " (at byte " + at + ")");
  }
}
