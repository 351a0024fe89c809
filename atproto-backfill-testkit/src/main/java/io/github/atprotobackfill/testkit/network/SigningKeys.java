package io.github.atprotobackfill.testkit.network;

import java.math.BigInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The keys of all accounts, made from the seed when they are asked for. A thousand serve all, so
 * that they need no memory: accounts whose numbers differ by less never share one. Every fifth is
 * of P-256, the others are of secp256k1. Thread-safe.
 */
final class SigningKeys {

  private static final int KEYS = 1000;

  private final long seed;
  private final AtomicReferenceArray<SigningKey> keys = new AtomicReferenceArray<>(KEYS);

  SigningKeys(long seed) {
    this.seed = seed;
  }

  /** The key that the account's DID document names. */
  SigningKey of(int account) {
    int number = account % KEYS;
    SigningKey known = keys.get(number);
    if (known == null) {
      known = key(number);
      keys.set(number, known);
    }
    return known;
  }

  /** A key of the same account that its document names no more. */
  SigningKey former(int account) {
    return key(KEYS + account % KEYS);
  }

  private SigningKey key(int number) {
    BigInteger entropy = BigInteger.ONE;
    for (int word = 0; word < 4; word++) {
      entropy =
          entropy
              .shiftLeft(64)
              .xor(new BigInteger(Long.toUnsignedString(Mix.of(seed, number, word))));
    }
    return new SigningKey(number % 5 == 4 ? SigningKey.Curve.P256 : SigningKey.Curve.K256, entropy);
  }
}
