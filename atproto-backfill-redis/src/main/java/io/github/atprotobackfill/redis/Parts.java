package io.github.atprotobackfill.redis;

import java.util.ArrayList;
import java.util.List;

/** A list in parts of which each is small enough for one call. */
final class Parts {

  private Parts() {}

  static <T> List<List<T>> of(List<T> whole, int most) {
    List<List<T>> parts = new ArrayList<>();
    for (int from = 0; from < whole.size(); from += most) {
      parts.add(whole.subList(from, Math.min(from + most, whole.size())));
    }
    return parts;
  }
}
