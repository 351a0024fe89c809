package io.github.atprotobackfill.identity;

import io.github.atprotobackfill.failure.BackfillException;
import io.github.atprotobackfill.failure.ErrorKind;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** A list of repos cannot be used; every bad entry is named. */
public final class BadRepoNamesException extends BackfillException {

  private static final long serialVersionUID = 1L;

  private final LinkedHashMap<String, String> bad;

  BadRepoNamesException(String message, Map<String, String> bad) {
    super(ErrorKind.REFUSED, message, null);
    this.bad = new LinkedHashMap<>(bad);
  }

  /** Names all that is bad, a line each. */
  BadRepoNamesException(Map<String, String> bad, int of) {
    this(
        bad.size() + " of " + of + " repos cannot be used:\n" + String.join("\n", bad.values()),
        bad);
  }

  /** What is wrong with each bad entry, in the order given; empty when the whole list is blank. */
  public Map<String, String> bad() {
    return Collections.unmodifiableMap(bad);
  }
}
