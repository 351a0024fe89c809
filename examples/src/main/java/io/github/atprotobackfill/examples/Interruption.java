package io.github.atprotobackfill.examples;

/** The wish of whoever started this process to stop it, by Ctrl-C or SIGTERM. */
interface Interruption {

  /** Never comes. */
  Interruption NEVER = stop -> () -> {};

  /**
   * Has {@code stop} called once when the wish comes. The process stays alive, for a bounded time,
   * until the registration is closed.
   */
  Registration onInterrupt(Runnable stop);

  /** Ends the registration. */
  interface Registration extends AutoCloseable {
    @Override
    void close();
  }
}
