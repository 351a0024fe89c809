package io.github.atprotobackfill.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts classes of this program in a JVM of their own, on this one's class path. */
final class Jvm {

  private Jvm() {}

  /** Starts {@code main}, with its errors to ours. */
  static Process start(List<String> flags, Class<?> main, List<String> arguments)
      throws IOException {
    return command(flags, main, arguments).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /**
   * Runs {@code main} to its end, with its output to ours.
   *
   * @throws IllegalStateException when it fails
   */
  static void run(List<String> flags, Class<?> main, List<String> arguments)
      throws IOException, InterruptedException {
    Process process = command(flags, main, arguments).inheritIO().start();
    try {
      int exit = process.waitFor();
      if (exit != 0) {
        throw new IllegalStateException(main.getSimpleName() + " ended with " + exit);
      }
    } finally {
      process.destroy();
    }
  }

  private static ProcessBuilder command(List<String> flags, Class<?> main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    return new ProcessBuilder(command);
  }
}
