package io.github.atprotobackfill.repo;

import java.util.Arrays;

/**
 * CBOR while it is written: a buffer that grows, heads in their shortest form, and heads that are
 * written when what they count has been. Not thread-safe.
 */
final class CborBuffer {

  /** What grew beyond this many bytes is not kept for the next value. */
  static final int KEPT_BYTES = 1 << 20;

  private static final int FIRST_BYTES = 1 << 10;

  /** Room for a head and its argument. */
  private static final int HEAD_BYTES = 9;

  private static final int CHARACTER_BYTES = 4;

  private byte[] bytes = new byte[FIRST_BYTES];
  private int length;

  /** What the first {@link #length()} bytes were written of; another array once more is written. */
  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  byte[] copy() {
    return Arrays.copyOf(bytes, length);
  }

  /** Forgets all that was written from {@code at} on. */
  void cutTo(int at) {
    length = at;
  }

  /** Keeps nothing large for the next value. */
  void letGo() {
    if (bytes.length > KEPT_BYTES) {
      bytes = new byte[FIRST_BYTES];
    }
  }

  /** The major type of the item at {@code at}. */
  int majorAt(int at) {
    return (bytes[at] & 0xff) >> 5;
  }

  /** Where the text that was written at {@code text} begins behind its head. */
  int contentOf(int text) {
    int info = bytes[text] & 0x1f;
    return text + 1 + (info < 24 ? 0 : 1 << (info - 24));
  }

  /** Whether all that was written from {@code from} on is {@code expected}. */
  boolean endsFrom(int from, byte[] expected) {
    return length - from == expected.length
        && Arrays.equals(expected, 0, expected.length, bytes, from, length);
  }

  void put(byte b) {
    reserve(1);
    bytes[length++] = b;
  }

  void put(byte[] source, int from, int to) {
    reserve(to - from);
    System.arraycopy(source, from, bytes, length, to - from);
    length += to - from;
  }

  /** Writes a character in UTF-8. */
  void character(int codePoint) {
    reserve(CHARACTER_BYTES);
    if (codePoint < 0x80) {
      bytes[length++] = (byte) codePoint;
      return;
    }
    int more = codePoint < 0x800 ? 1 : codePoint < 0x10000 ? 2 : 3;
    int lead = 0xff00 >> (more + 1) & 0xff;
    bytes[length++] = (byte) (lead | (codePoint >> (6 * more)));
    while (--more >= 0) {
      bytes[length++] = (byte) (0x80 | ((codePoint >> (6 * more)) & 0x3f));
    }
  }

  void simple(int simple) {
    put((byte) simple);
  }

  void integer(long value) {
    if (value < 0) {
      head(CborCursor.NEGATIVE, ~value);
    } else {
      head(CborCursor.UNSIGNED, value);
    }
  }

  void text(byte[] source, int from, int to) {
    head(CborCursor.TEXT, to - from);
    put(source, from, to);
  }

  /** Begins a text of which the length is not known and gives where. */
  int openText() {
    reserve(HEAD_BYTES);
    int start = length;
    length += HEAD_BYTES;
    return start;
  }

  /** Ends the text that began at {@code start}: all that was written since is its content. */
  void closeText(int start) {
    int content = start + HEAD_BYTES;
    int size = length - content;
    length = start;
    head(CborCursor.TEXT, size);
    System.arraycopy(bytes, content, bytes, length, size);
    length += size;
  }

  /** Begins an array or a map of which the count is not known and gives where. */
  int openItems() {
    reserve(1);
    return length++;
  }

  /** Ends the array or map of {@code count} that began at {@code start}. */
  void closeItems(int start, int major, int count) {
    int more = headBytes(count) - 1;
    if (more > 0) {
      reserve(more);
      System.arraycopy(bytes, start + 1, bytes, start + 1 + more, length - start - 1);
    }
    int behind = length + more;
    length = start;
    head(major, count);
    length = behind;
  }

  void head(int major, long argument) {
    reserve(HEAD_BYTES);
    int type = major << 5;
    int size = headBytes(argument) - 1;
    if (size == 0) {
      bytes[length++] = (byte) (type | argument);
      return;
    }
    bytes[length++] = (byte) (type | (24 + Integer.numberOfTrailingZeros(size)));
    for (int left = size - 1; left >= 0; left--) {
      bytes[length++] = (byte) (argument >> (left * Byte.SIZE));
    }
  }

  private static int headBytes(long argument) {
    if (argument < 24) {
      return 1;
    }
    return argument <= 0xff ? 2 : argument <= 0xffff ? 3 : argument <= 0xffff_ffffL ? 5 : 9;
  }

  private void reserve(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }
}
