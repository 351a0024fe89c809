package io.github.atprotobackfill.fetch;

import java.util.Locale;
import java.util.Optional;

/** Why a host does not give a repo (protocol: account status). */
public enum RepoStatus {
  TAKENDOWN,
  SUSPENDED,
  DEACTIVATED,
  /** The account was deleted, or was never here. */
  GONE;

  /** The status named by a protocol word such as {@code takendown}; the set of words is open. */
  public static Optional<RepoStatus> ofWord(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "takendown" -> Optional.of(TAKENDOWN);
      case "suspended" -> Optional.of(SUSPENDED);
      case "deactivated" -> Optional.of(DEACTIVATED);
      case "deleted" -> Optional.of(GONE);
      default -> Optional.empty();
    };
  }

  /** The protocol's word. */
  public String word() {
    return this == GONE ? "deleted" : name().toLowerCase(Locale.ROOT);
  }
}
