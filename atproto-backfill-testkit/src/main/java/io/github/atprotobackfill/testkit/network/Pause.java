package io.github.atprotobackfill.testkit.network;

/** How time passes while an answer is held back; tests watch it instead of a clock. */
@FunctionalInterface
interface Pause {

  Pause SLEEP = Thread::sleep;

  void millis(long millis) throws InterruptedException;
}
