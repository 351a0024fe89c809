package io.github.atprotobackfill.failure;

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

  private static String oneLine(String message) {
    // Hosts choose parts of these messages, and PostgreSQL refuses U+0000 in text.
    String line = message.replaceAll("[\\p{Cntrl}]+", " ").strip();
    return line.length() <= MAX_MESSAGE ? line : line.substring(0, MAX_MESSAGE - 1) + "…";
  }

  @Override
  public String toString() {
    return kind.code() + ": " + message;
  }
}
