package io.github.atprotobackfill.failure;

import java.util.regex.Pattern;

/**
 * What went wrong, fit to be stored and listed: a kind to count by and one line to read.
 *
 * @param kind the kind
 * @param message one line that names the host, repo or record; cut at {@value #MAX_MESSAGE}
 *     characters
 */
public record Failure(ErrorKind kind, String message) {

  /** The longest message kept, in UTF-16 units. */
  public static final int MAX_MESSAGE = 500;

  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+");
  private static final Pattern LONE_SURROGATE = Pattern.compile("\\p{Cs}");

  public Failure {
    message = oneLine(message);
  }

  /** The failure that an exception stands for; {@link ErrorKind#INTERNAL} when it is not ours. */
  public static Failure of(Throwable cause) {
    if (cause instanceof BackfillException ours) {
      return new Failure(ours.kind(), String.valueOf(ours.getMessage()));
    }
    return new Failure(ErrorKind.INTERNAL, cause.toString());
  }

  /** The failure of a record sink, whatever it threw. */
  public static Failure ofSink(String what, Throwable cause) {
    return new Failure(ErrorKind.SINK, what + ": " + cause);
  }

  private static String oneLine(String message) {
    // Hosts choose parts of these messages: no line may be broken or turned around, PostgreSQL
    // refuses U+0000 in text, and half a surrogate pair is no text at all.
    String line = UNPRINTABLE.matcher(message).replaceAll(" ").strip();
    String whole = LONE_SURROGATE.matcher(line).replaceAll("\ufffd");
    return whole.length() <= MAX_MESSAGE ? whole : cut(whole);
  }

  private static String cut(String line) {
    int end = MAX_MESSAGE - 1;
    return line.substring(0, Character.isHighSurrogate(line.charAt(end - 1)) ? end - 1 : end) + "…";
  }

  @Override
  public String toString() {
    return kind.code() + ": " + message;
  }
}
