package io.github.atprotobackfill.benchmarks;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What was given on the command line as {@code --name value}. Not thread-safe. */
final class Options {

  private final Map<String, String> given = new HashMap<>();
  private final Set<String> known = new HashSet<>();

  Options(List<String> arguments) {
    if (arguments.size() % 2 != 0) {
      throw new IllegalArgumentException("an option lacks its value: " + arguments);
    }
    for (int i = 0; i < arguments.size(); i += 2) {
      String name = arguments.get(i);
      if (!name.startsWith("--")) {
        throw new IllegalArgumentException("not an option: " + name);
      }
      given.put(name.substring(2), arguments.get(i + 1));
    }
  }

  Optional<String> text(String name) {
    known.add(name);
    return Optional.ofNullable(given.get(name));
  }

  String required(String name) {
    return text(name).orElseThrow(() -> new IllegalArgumentException("--" + name + " is needed"));
  }

  /** One of {@code choices}, the first when nothing is said. */
  String oneOf(String name, String... choices) {
    String choice = text(name).orElse(choices[0]);
    if (!List.of(choices).contains(choice)) {
      throw new IllegalArgumentException("--" + name + " is one of " + List.of(choices));
    }
    return choice;
  }

  int number(String name, int otherwise) {
    return text(name).map(Integer::parseInt).orElse(otherwise);
  }

  double decimal(String name, double otherwise) {
    return text(name).map(Double::parseDouble).orElse(otherwise);
  }

  /** Refuses options that nobody has asked for so far. */
  void refuseUnknown() {
    Set<String> unknown = new HashSet<>(given.keySet());
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException("unknown options: " + unknown + "; known: " + known);
    }
  }
}
