package io.github.atprotobackfill.progress;

import java.util.concurrent.Callable;

/**
 * A scope that makes several writes one: all of them stand, or none. Records and checkpoint are
 * written in one where sink and work queue share a database. Thread-safe; a scope is bound to the
 * thread that runs in it.
 */
public interface AtomicScope {

  /** Whether what is written in {@code other} is part of this scope too. */
  boolean joins(AtomicScope other);

  /** Runs {@code work}; when it throws, nothing that was written in it stands. */
  <T> T run(Callable<T> work) throws Exception;
}
