package io.github.atprotobackfill.syntax;

import io.github.atprotobackfill.failure.BackfillException;
import io.github.atprotobackfill.failure.ErrorKind;

/** A text is not the identifier or address that it was taken for. */
public final class InvalidSyntaxException extends BackfillException {

  private static final long serialVersionUID = 1L;
  private static final int SHOWN = 120;

  /**
   * Says that {@code text} is not a {@code what}.
   *
   * @param what the name of the form, for example {@code record key}
   * @param text what was found instead; shown up to {@value #SHOWN} characters
   */
  public InvalidSyntaxException(String what, String text) {
    super(ErrorKind.INVALID_RESPONSE, "not a valid " + what + ": \"" + shown(text) + "\"", null);
  }

  private static String shown(String text) {
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
  }
}
