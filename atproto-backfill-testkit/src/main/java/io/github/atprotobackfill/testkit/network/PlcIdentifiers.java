package io.github.atprotobackfill.testkit.network;

import java.nio.ByteBuffer;

/**
 * The {@code did:plc} of an account number, and back, without a table: 64 bits that hide the number
 * and 56 bits that tell an identifier of this network from any other.
 */
final class PlcIdentifiers {

  private static final String PREFIX = "did:plc:";
  private static final int DIGITS = 24;
  private static final int BYTES = 15;

  private final long numberKey;
  private final long tagKey;

  PlcIdentifiers(long seed) {
    this.numberKey = Mix.of(seed, 101);
    this.tagKey = Mix.of(seed, 102);
  }

  String of(int account) {
    long hidden = Mix.scramble(account + numberKey);
    long tag = Mix.of(tagKey, hidden);
    byte[] bytes = ByteBuffer.allocate(BYTES + 1).putLong(hidden).putLong(tag).array();
    return PREFIX + Base32.encode(bytes).substring(0, DIGITS);
  }

  /** The account number behind {@code did}, or -1 when it is not of this network. */
  int account(String did) {
    if (did.length() != PREFIX.length() + DIGITS || !did.startsWith(PREFIX)) {
      return -1;
    }
    byte[] bytes = Base32.decode(did.substring(PREFIX.length()));
    if (bytes.length != BYTES) {
      return -1;
    }
    long hidden = ByteBuffer.wrap(bytes).getLong();
    long number = Mix.unscramble(hidden) - numberKey;
    boolean ours = number >= 0 && number <= Integer.MAX_VALUE && of((int) number).equals(did);
    return ours ? (int) number : -1;
  }
}
