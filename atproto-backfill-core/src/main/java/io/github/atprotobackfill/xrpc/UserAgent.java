package io.github.atprotobackfill.xrpc;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How requests say who sends them (RFC 9110 §10.1.5). */
final class UserAgent {

  /** This library with its version, when it runs from its jar. */
  static final String DEFAULT = "atproto-backfill/" + version();

  private static final Pattern HEADER_VALUE = Pattern.compile("[\\x21-\\x7e]([\\x20-\\x7e]*)");

  private UserAgent() {}

  static String checked(String userAgent) {
    if (!HEADER_VALUE.matcher(userAgent).matches()) {
      throw new IllegalArgumentException("not a User-Agent: \"" + userAgent + "\"");
    }
    return userAgent;
  }

  private static String version() {
    @Nullable String version = UserAgent.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
