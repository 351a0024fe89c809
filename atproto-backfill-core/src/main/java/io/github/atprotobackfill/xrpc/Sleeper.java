package io.github.atprotobackfill.xrpc;

import java.util.concurrent.TimeUnit;

/** Lets time pass; replaced in tests, which have none to lose. */
@FunctionalInterface
interface Sleeper {

  Sleeper SYSTEM = TimeUnit.NANOSECONDS::sleep;

  void sleep(long nanos) throws InterruptedException;
}
