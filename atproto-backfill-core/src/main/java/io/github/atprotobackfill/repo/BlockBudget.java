package io.github.atprotobackfill.repo;

import java.util.concurrent.atomic.AtomicLong;

/** How many more bytes of blocks may be in memory, over all repos open at once; thread-safe. */
final class BlockBudget {

  private final AtomicLong left;

  BlockBudget(long bytes) {
    this.left = new AtomicLong(bytes);
  }

  boolean tryReserve(long bytes) {
    for (long have = left.get(); have >= bytes; have = left.get()) {
      if (left.compareAndSet(have, have - bytes)) {
        return true;
      }
    }
    return false;
  }

  void release(long bytes) {
    left.addAndGet(bytes);
  }

  long left() {
    return left.get();
  }
}
