package io.github.atprotobackfill.identity;

import io.github.atprotobackfill.syntax.Handle;
import java.util.Optional;
import java.util.Set;

/** The top-level domains under which AT Protocol resolves nothing (handle specification). */
final class ReservedDomains {

  private static final String TEST = "test";
  private static final Set<String> NEVER =
      Set.of("alt", "arpa", "example", "internal", "invalid", "local", "localhost", "onion");

  private ReservedDomains() {}

  /**
   * The reserved domain that {@code name} lies in, if it does; {@code .test} is one only where
   * private hosts are not allowed.
   */
  static Optional<String> of(Handle name, boolean privateHosts) {
    String top = name.value().substring(name.value().lastIndexOf('.') + 1);
    boolean reserved = NEVER.contains(top) || (top.equals(TEST) && !privateHosts);
    return reserved ? Optional.of(top) : Optional.empty();
  }
}
