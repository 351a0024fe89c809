package io.github.atprotobackfill.testkit.network;

import java.nio.charset.StandardCharsets;

/**
 * Writes DAG-CBOR items one after the other (protocol: data model). Who calls it must give map keys
 * in their order: shorter first, then by bytes.
 */
final class CborWriter {

  private static final int UNSIGNED = 0;
  private static final int NEGATIVE = 1;
  private static final int BYTES = 2;
  private static final int TEXT = 3;
  private static final int ARRAY = 4;
  private static final int MAP = 5;
  private static final int TAG = 6;
  private static final int FALSE = 0xf4;
  private static final int TRUE = 0xf5;
  private static final int NULL = 0xf6;
  private static final int CID_TAG = 42;

  private final ByteWriter out;

  CborWriter(ByteWriter out) {
    this.out = out;
  }

  CborWriter map(int entries) {
    return head(MAP, entries);
  }

  CborWriter array(int items) {
    return head(ARRAY, items);
  }

  CborWriter text(String text) {
    return text(text.getBytes(StandardCharsets.UTF_8));
  }

  CborWriter text(byte[] utf8) {
    head(TEXT, utf8.length);
    out.put(utf8);
    return this;
  }

  CborWriter bytes(byte[] bytes) {
    head(BYTES, bytes.length);
    out.put(bytes);
    return this;
  }

  CborWriter number(long value) {
    return value >= 0 ? head(UNSIGNED, value) : head(NEGATIVE, -1 - value);
  }

  CborWriter bool(boolean value) {
    out.put(value ? TRUE : FALSE);
    return this;
  }

  CborWriter nothing() {
    out.put(NULL);
    return this;
  }

  /** A link: tag 42 on the CID's bytes behind a zero byte. */
  CborWriter link(byte[] cid) {
    head(TAG, CID_TAG);
    head(BYTES, cid.length + 1L);
    out.put(0).put(cid);
    return this;
  }

  private CborWriter head(int major, long value) {
    int type = major << 5;
    if (value < 24) {
      out.put(type | (int) value);
    } else if (value < 1L << 8) {
      out.put(type | 24).put((int) value);
    } else if (value < 1L << 16) {
      out.put(type | 25).put((int) (value >>> 8)).put((int) value);
    } else if (value < 1L << 32) {
      out.put(type | 26);
      bigEndian(value, 4);
    } else {
      out.put(type | 27);
      bigEndian(value, 8);
    }
    return this;
  }

  private void bigEndian(long value, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
      out.put((int) (value >>> shift));
    }
  }
}
