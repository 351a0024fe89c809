package io.github.atprotobackfill.testkit.network;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing array of bytes. */
final class ByteWriter {

  private byte[] bytes;
  private int length;

  ByteWriter(int capacity) {
    this.bytes = new byte[capacity];
  }

  byte[] array() {
    return bytes;
  }

  void clear() {
    length = 0;
  }

  int length() {
    return length;
  }

  ByteWriter put(int value) {
    room(1);
    bytes[length++] = (byte) value;
    return this;
  }

  ByteWriter put(byte[] more) {
    return put(more, 0, more.length);
  }

  ByteWriter put(byte[] more, int from, int count) {
    room(count);
    System.arraycopy(more, from, bytes, length, count);
    length += count;
    return this;
  }

  ByteWriter text(String text) {
    return put(text.getBytes(StandardCharsets.UTF_8));
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, length);
  }

  /** What was written, read as UTF-8. */
  @Override
  public String toString() {
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  private void room(int count) {
    if (length + count > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
    }
  }
}
