package io.github.atprotobackfill.examples;

import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Standard input, output and error, with one line at the bottom of standard error that is rewritten
 * in place: whatever else is said appears above it. Thread-safe.
 */
final class Console {

  private static final String ERASE_LINE = "\r\u001b[K";

  private final InputStream in;
  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean terminal;
  private final Interruption interruption;
  private final ReentrantLock lock = new ReentrantLock();
  private String status = "";

  Console(
      InputStream in,
      PrintWriter out,
      PrintWriter err,
      boolean terminal,
      Interruption interruption) {
    this.in = in;
    this.out = out;
    this.err = err;
    this.terminal = terminal;
    this.interruption = interruption;
  }

  /** The console of this process. */
  static Console ofProcess() {
    return new Console(
        System.in,
        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
        new PrintWriter(System.err, true, StandardCharsets.UTF_8),
        Terminal.isStandardError(),
        new ShutdownInterruption());
  }

  /** Whether a line can be rewritten in place. */
  boolean terminal() {
    return terminal;
  }

  Interruption interruption() {
    return interruption;
  }

  /** What is piped in. */
  InputStream in() {
    return in;
  }

  /** For what was asked for. */
  PrintWriter out() {
    return out;
  }

  /** For everything else, when no status line stands. */
  PrintWriter err() {
    return err;
  }

  /** Says a line on standard error. */
  void note(String line) {
    lock.lock();
    try {
      eraseStatus();
      err.println(line);
      drawStatus();
    } finally {
      lock.unlock();
    }
  }

  /** Replaces the status line; an empty one takes it away. */
  void status(String line) {
    lock.lock();
    try {
      eraseStatus();
      status = line;
      drawStatus();
    } finally {
      lock.unlock();
    }
  }

  private void eraseStatus() {
    if (!status.isEmpty()) {
      err.print(ERASE_LINE);
      err.flush();
    }
  }

  private void drawStatus() {
    err.print(status);
    err.flush();
  }
}
