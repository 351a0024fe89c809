package io.github.atprotobackfill.examples;

import java.time.Duration;
import java.util.Locale;

/** Numbers as people read them. */
final class Quantity {

  private static final String[] BYTE_UNITS = {"B", "kB", "MB", "GB", "TB"};
  private static final double STEP = 1000;

  private Quantity() {}

  static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** A number of things by name; all names used here form their plural with an s. */
  static String of(long number, String thing) {
    return count(number) + " " + thing + (number == 1 ? "" : "s");
  }

  static String bytes(long bytes) {
    double size = bytes;
    int unit = 0;
    while (size >= STEP && unit < BYTE_UNITS.length - 1) {
      size /= STEP;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", size, BYTE_UNITS[unit]);
  }

  /** As {@code 0:07}, {@code 12:34} or {@code 1:02:03}. */
  static String clock(Duration time) {
    long hours = time.toHours();
    return hours > 0
        ? String.format(
            Locale.ROOT, "%d:%02d:%02d", hours, time.toMinutesPart(), time.toSecondsPart())
        : String.format(Locale.ROOT, "%d:%02d", time.toMinutes(), time.toSecondsPart());
  }

  static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.1f s", time.toMillis() / STEP);
  }
}
