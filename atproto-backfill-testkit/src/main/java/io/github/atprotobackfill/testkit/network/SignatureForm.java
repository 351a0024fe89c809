package io.github.atprotobackfill.testkit.network;

/**
 * Which of the two signatures that every message has with a key: the protocol wants the low one.
 */
enum SignatureForm {
  LOW_S,
  HIGH_S
}
