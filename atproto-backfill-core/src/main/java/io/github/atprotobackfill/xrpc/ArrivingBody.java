package io.github.atprotobackfill.xrpc;

import java.net.http.HttpResponse.BodySubscriber;
import org.jspecify.annotations.Nullable;

/** The body of one answer while it arrives; it can be cut short from outside. Thread-safe. */
sealed interface ArrivingBody extends BodySubscriber<ArrivingBody>
    permits BoundedBody, StreamedBody {

  /** Why a body was cut short by us. */
  enum CutShort {
    TOO_LARGE,
    PAST_DEADLINE,
    TOO_SLOW,
    ABANDONED
  }

  /** Ends the body now and closes its connection, which cannot be used for anything else. */
  void cutShort(CutShort why);

  /** Why {@link #cutShort} was called; null when it was not, or too late. */
  @Nullable CutShort cut();

  /** How many bytes have arrived, as on the wire. */
  long received();

  /**
   * A clock, in nanoseconds, that goes only while it is the host that keeps us waiting.
   *
   * @param now the tick of the clock that always goes
   */
  long hostTime(long now);
}
