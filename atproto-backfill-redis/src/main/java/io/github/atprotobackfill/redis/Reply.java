package io.github.atprotobackfill.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A flat list that a script returned, read from its beginning. Not thread-safe. */
final class Reply {

  private final List<@Nullable Object> values;
  private int at;

  private Reply(List<@Nullable Object> values) {
    this.values = values;
  }

  static Reply of(Object returned) {
    return new Reply(new ArrayList<>((List<?>) returned));
  }

  boolean hasNext() {
    return at < values.size();
  }

  /** The next value; null where the script had none. */
  @Nullable String nextOrNull() {
    Object value = values.get(at++);
    return value == null ? null : value.toString();
  }

  String next() {
    return Objects.requireNonNull(nextOrNull(), "a value that the script always gives");
  }

  /** The next value as a number; zero where there is none. */
  long nextLong() {
    String value = nextOrNull();
    return value == null || value.isEmpty() ? 0 : Long.parseLong(value);
  }
}
