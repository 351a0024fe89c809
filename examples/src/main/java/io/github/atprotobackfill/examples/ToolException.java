package io.github.atprotobackfill.examples;

import io.github.atprotobackfill.failure.BackfillException;
import io.github.atprotobackfill.failure.ErrorKind;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/** The tool cannot do what it was asked, for a reason that one line can say. */
final class ToolException extends BackfillException {

  private static final long serialVersionUID = 1L;

  ToolException(String message, @Nullable Throwable cause) {
    super(ErrorKind.REFUSED, message, cause);
  }

  ToolException(ErrorKind kind, String message) {
    super(kind, message, null);
  }

  /** A file cannot be read or written; {@code what} names it. */
  static ToolException ofFile(String what, Exception e) {
    return new ToolException(what + ": " + reason(e), e);
  }

  private static String reason(Exception e) {
    if (e instanceof NoSuchFileException) {
      return "no such file or directory";
    }
    if (e instanceof FileSystemException file && file.getReason() != null) {
      return file.getReason();
    }
    return String.valueOf(e.getMessage());
  }
}
