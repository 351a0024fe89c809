package io.github.atprotobackfill.progress;

import io.github.atprotobackfill.syntax.Tid;

/** A TID as the 64 bits that its thirteen characters spell. */
final class PackedTid {

  private static final String ALPHABET = "234567abcdefghijklmnopqrstuvwxyz";
  private static final int BITS = 5;

  private PackedTid() {}

  static long pack(Tid tid) {
    long bits = 0;
    for (int i = 0; i < Tid.LENGTH; i++) {
      bits = bits << BITS | ALPHABET.indexOf(tid.value().charAt(i));
    }
    return bits;
  }

  static Tid unpack(long bits) {
    char[] text = new char[Tid.LENGTH];
    for (int i = text.length - 1; i >= 0; i--) {
      text[i] = ALPHABET.charAt((int) (bits & 31));
      bits >>>= BITS;
    }
    return Tid.parse(new String(text));
  }
}
