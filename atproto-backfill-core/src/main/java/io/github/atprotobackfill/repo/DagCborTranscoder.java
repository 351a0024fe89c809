package io.github.atprotobackfill.repo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;

/**
 * Makes JSON of block after block of DAG-CBOR in one buffer, checking every byte on the way; no
 * object stands between. Not thread-safe.
 */
final class DagCborTranscoder {

  private static final int FIRST_BYTES = 1 << 10;

  /** A buffer that grew beyond this is not kept for the next block. */
  private static final int KEPT_BYTES = 1 << 20;

  /** Room for anything that has no length of its own: an integer, a constant, brackets. */
  private static final int ITEM_BYTES = 32;

  private static final byte[] LINK = "{\"$link\":\"b".getBytes(ISO_8859_1);
  private static final byte[] BYTES = "{\"$bytes\":\"".getBytes(ISO_8859_1);
  private static final byte[] CLOSING = "\"}".getBytes(ISO_8859_1);
  private static final byte[] FALSE = "false".getBytes(ISO_8859_1);
  private static final byte[] TRUE = "true".getBytes(ISO_8859_1);
  private static final byte[] NULL = "null".getBytes(ISO_8859_1);
  private static final byte[] HEX = "0123456789abcdef".getBytes(ISO_8859_1);
  private static final byte[] BASE64 =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".getBytes(ISO_8859_1);

  private final CborCursor cursor = new CborCursor(new byte[0]);
  private byte[] block = new byte[0];
  private byte[] json = new byte[FIRST_BYTES];
  private int length;

  /** The JSON of the one item that {@code bytes[from, to)} is. */
  byte[] toJson(byte[] bytes, int from, int to) {
    DagCbor.requireSize(to - from);
    block = bytes;
    cursor.reset(bytes, from, to);
    length = 0;
    try {
      item(0);
      cursor.end();
      return Arrays.copyOf(json, length);
    } finally {
      letGo();
    }
  }

  /** The same, of a record: an item that is a map. */
  byte[] recordToJson(byte[] bytes, int from, int to) {
    cursor.reset(bytes, from, to);
    if (cursor.nextMajor() != CborCursor.MAP) {
      throw cursor.malformed("a record is not a map");
    }
    return toJson(bytes, from, to);
  }

  private void letGo() {
    block = new byte[0];
    cursor.reset(block, 0, 0);
    if (json.length > KEPT_BYTES) {
      json = new byte[FIRST_BYTES];
    }
  }

  private void item(int depth) {
    reserve(ITEM_BYTES);
    switch (cursor.nextMajor()) {
      case CborCursor.UNSIGNED, CborCursor.NEGATIVE -> integer(cursor.integer());
      case CborCursor.BYTES -> bytes(depth);
      case CborCursor.TEXT -> {
        int size = cursor.textHead();
        int from = cursor.at();
        cursor.advance(size);
        text(from, from + size);
      }
      case CborCursor.ARRAY -> array(depth);
      case CborCursor.MAP -> map(depth);
      case CborCursor.TAG -> link(depth);
      default -> simple();
    }
  }

  private void map(int depth) {
    cursor.requireDepth(depth);
    int left = cursor.map();
    json[length++] = '{';
    int key = CborCursor.NO_KEY;
    while (left > 0) {
      key = cursor.key(key);
      text(cursor.keyContent(key), cursor.at());
      json[length++] = ':';
      item(depth + 1);
      json[length++] = ',';
      left--;
    }
    close(key != CborCursor.NO_KEY, '}');
  }

  private void array(int depth) {
    cursor.requireDepth(depth);
    int count = cursor.array();
    json[length++] = '[';
    for (int left = count; left > 0; left--) {
      item(depth + 1);
      json[length++] = ',';
    }
    close(count > 0, ']');
  }

  /** Puts the bracket in the place of the last comma. */
  private void close(boolean comma, char bracket) {
    reserve(ITEM_BYTES);
    length -= comma ? 1 : 0;
    json[length++] = (byte) bracket;
  }

  private void link(int depth) {
    cursor.requireDepth(depth);
    int from = cursor.link();
    reserve(LINK.length + Base32.length(cursor.at() - from) + ITEM_BYTES);
    put(LINK);
    length = Base32.encode(block, from, cursor.at(), json, length);
    put(CLOSING);
  }

  private void bytes(int depth) {
    cursor.requireDepth(depth);
    int size = cursor.bytesHead();
    int from = cursor.at();
    cursor.advance(size);
    reserve(BYTES.length + size / 3 * 4 + ITEM_BYTES);
    put(BYTES);
    base64(from, from + size);
    put(CLOSING);
  }

  private void base64(int from, int to) {
    int at = from;
    for (; at + 3 <= to; at += 3) {
      int bits =
          ((block[at] & 0xff) << 16) | ((block[at + 1] & 0xff) << 8) | (block[at + 2] & 0xff);
      json[length++] = BASE64[bits >> 18];
      json[length++] = BASE64[(bits >> 12) & 0x3f];
      json[length++] = BASE64[(bits >> 6) & 0x3f];
      json[length++] = BASE64[bits & 0x3f];
    }
    if (at < to) {
      int bits = ((block[at] & 0xff) << 8) | (at + 1 < to ? block[at + 1] & 0xff : 0);
      json[length++] = BASE64[bits >> 10];
      json[length++] = BASE64[(bits >> 4) & 0x3f];
      if (at + 1 < to) {
        json[length++] = BASE64[(bits << 2) & 0x3f];
      }
    }
  }

  private void simple() {
    switch (cursor.simple()) {
      case CborCursor.FALSE -> put(FALSE);
      case CborCursor.TRUE -> put(TRUE);
      default -> put(NULL);
    }
  }

  private void integer(long value) {
    if (value >= 0 && value < 10) {
      json[length++] = (byte) ('0' + value);
      return;
    }
    // Negative throughout, since the smallest has no positive counterpart.
    long left = value < 0 ? value : -value;
    if (value < 0) {
      json[length++] = '-';
    }
    int digits = 1;
    for (long rest = left / 10; rest != 0; rest /= 10) {
      digits++;
    }
    length += digits;
    for (int at = length - 1; digits > 0; digits--) {
      json[at--] = (byte) ('0' - left % 10);
      left /= 10;
    }
  }

  /**
   * Copies the text in {@code block[from, to)} eight bytes at a time, up to what is to be escaped.
   * Whether it is UTF-8 is asked once at the end, and only where there was more than ASCII.
   */
  private void text(int from, int to) {
    reserve(to - from + ITEM_BYTES);
    byte[] source = block;
    byte[] target = json;
    int put = length;
    target[put++] = '"';
    long all = 0;
    int at = from;
    while (at < to) {
      long eight = CborText.upToEight(source, at, to);
      // What is written beyond the text is overwritten: there is always room for it.
      CborText.EIGHT_BYTES.set(target, put, eight);
      all |= eight;
      long escapes = CborText.escapes(eight);
      if (escapes == 0) {
        put += Math.min(CborText.EIGHT, to - at);
        at += CborText.EIGHT;
      } else {
        int plain = CborText.before(escapes);
        length = put + plain;
        at += plain;
        escape(source[at++]);
        reserve(to - at + ITEM_BYTES);
        target = json;
        put = length;
      }
    }
    target[put++] = '"';
    length = put;
    if (!CborText.isAscii(all) && !Utf8.isValid(source, from, to)) {
      throw cursor.malformed("a text is not UTF-8");
    }
  }

  private void escape(byte b) {
    json[length++] = '\\';
    switch (b) {
      case '"', '\\' -> json[length++] = b;
      case '\b' -> json[length++] = 'b';
      case '\f' -> json[length++] = 'f';
      case '\n' -> json[length++] = 'n';
      case '\r' -> json[length++] = 'r';
      case '\t' -> json[length++] = 't';
      default -> {
        json[length++] = 'u';
        json[length++] = '0';
        json[length++] = '0';
        json[length++] = HEX[b >> 4];
        json[length++] = HEX[b & 0xf];
      }
    }
  }

  private void put(byte[] constant) {
    System.arraycopy(constant, 0, json, length, constant.length);
    length += constant.length;
  }

  private void reserve(int bytes) {
    if (json.length - length < bytes) {
      json = Arrays.copyOf(json, Math.max(2 * json.length, length + bytes));
    }
  }
}
