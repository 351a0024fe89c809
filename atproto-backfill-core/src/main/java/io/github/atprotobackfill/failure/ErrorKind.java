package io.github.atprotobackfill.failure;

import java.util.Locale;

/**
 * Every way in which a repo, a host or a record can fail to arrive, as one closed vocabulary.
 *
 * <p>Counters, stored failures and job summaries all use {@link #code()}; the codes are part of the
 * stored format and never change their meaning.
 */
public enum ErrorKind {
  /** The host name has no address. */
  DNS(true),
  /** No connection could be made, or it was cut. */
  CONNECT(true),
  /** A deadline passed: no connection, no first byte, or no end in time. */
  TIMEOUT(true),
  /** The TLS handshake failed. */
  TLS(true),
  /** Bytes arrived, but below the throughput floor. */
  TOO_SLOW(true),
  /** The host answered 5xx. */
  SERVER_ERROR(true),
  /** The host answered 429; never charged to the repo. */
  RATE_LIMITED(true),
  /** Nobody knows the DID. */
  DID_NOT_FOUND(false),
  /** The DID was tombstoned by its owner. */
  DID_TOMBSTONED(false),
  /** A DID method, or a form of one, that AT Protocol does not use. */
  DID_UNSUPPORTED(false),
  /** The DID document cannot be read, or is not about this DID. */
  DID_DOCUMENT_INVALID(false),
  /** The DID document names no usable personal data server. */
  NO_PDS(false),
  /** The address is private, or the scheme or port is not allowed. */
  BLOCKED_ADDRESS(false),
  /** The host does not have the repo. */
  REPO_NOT_FOUND(false),
  /** The host does not offer the endpoint. */
  NOT_SUPPORTED(false),
  /** The host refused the request as wrong or forbidden. */
  REFUSED(false),
  /** The answer is not what the protocol says it is. */
  INVALID_RESPONSE(true),
  /** The answer is larger than the declared limit. */
  RESPONSE_TOO_LARGE(false),
  /** The CAR file or the tree in it is malformed. */
  INVALID_CAR(true),
  /** The commit's signature does not verify. */
  BAD_SIGNATURE(false),
  /** Blocks of the repo are missing. */
  INCOMPLETE_REPO(true),
  /** The repo is older than one that was read before. */
  STALE_REPO(true),
  /** The head commit is one that the account's former host signed, with a key since replaced. */
  OLD_KEY_COMMIT(false),
  /** A record's content does not hash to the CID that its host states. */
  CID_MISMATCH(false),
  /** The record sink refused what it was given. */
  SINK(true),
  /** A defect of this library or of the program that embeds it. */
  INTERNAL(false);

  private final boolean retryable;

  ErrorKind(boolean retryable) {
    this.retryable = retryable;
  }

  /** Whether the same request may succeed later without anything else changing. */
  public boolean retryable() {
    return retryable;
  }

  /**
   * The lower-case name used in stores, summaries and metrics, for example {@code rate_limited}.
   */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The kind with this {@link #code()}; {@link #INTERNAL} for a code of a later version. */
  public static ErrorKind ofCode(String code) {
    for (ErrorKind kind : values()) {
      if (kind.code().equals(code)) {
        return kind;
      }
    }
    return INTERNAL;
  }
}
