package io.github.atprotobackfill.xrpc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Hands on the body of one answer to one reader, as it arrives. The host is held back while the
 * reader is behind, so that never more than a few buffers are held.
 */
final class StreamedBody implements ArrivingBody {

  /** Buffers that may have arrived unread: of 16 KiB each on HTTP/1.1. */
  private static final int MOST_WAITING = 8;

  private final long maxBytes;
  private final LongSupplier ticker;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Queue<List<ByteBuffer>> waiting = new ArrayDeque<>();
  private final Queue<ByteBuffer> current = new ArrayDeque<>();

  private Flow.@Nullable Subscription connection;
  private @Nullable CutShort cut;
  private @Nullable Throwable broken;
  private boolean ended;
  private long received;
  private long waited;
  private long waitingSince;
  private boolean readerWaits;
  private boolean emptied;

  /**
   * A body that is yet to arrive.
   *
   * @param maxBytes the most that is taken from the wire
   * @param announced the length that the host announced, or -1
   */
  StreamedBody(long maxBytes, long announced, LongSupplier ticker) {
    this.maxBytes = maxBytes;
    this.ticker = ticker;
    if (announced > maxBytes) {
      cutShort(CutShort.TOO_LARGE);
    }
  }

  /** There is a body as soon as there are headers. */
  @Override
  public CompletionStage<ArrivingBody> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    boolean over;
    lock.lock();
    try {
      connection = subscription;
      over = isOver();
    } finally {
      lock.unlock();
    }
    if (over) {
      subscription.cancel();
    } else {
      subscription.request(MOST_WAITING);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    long bytes = bytes(buffers);
    if (bytes == 0) {
      request(1);
      return;
    }
    lock.lock();
    try {
      if (isOver()) {
        return;
      }
      received += bytes;
      waiting.add(buffers);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (received() > maxBytes) {
      cutShort(CutShort.TOO_LARGE);
    }
  }

  private static long bytes(Collection<ByteBuffer> buffers) {
    return buffers.stream().mapToLong(ByteBuffer::remaining).sum();
  }

  @Override
  public void onError(Throwable why) {
    lock.lock();
    try {
      if (!isOver()) {
        broken = why;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onComplete() {
    lock.lock();
    try {
      if (!isOver()) {
        ended = true;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean isOver() {
    return ended || broken != null || cut != null;
  }

  @Override
  public void cutShort(CutShort why) {
    Flow.@Nullable Subscription open;
    lock.lock();
    try {
      if (isOver()) {
        return;
      }
      cut = why;
      waiting.clear();
      current.clear();
      changed.signalAll();
      open = connection;
    } finally {
      lock.unlock();
    }
    if (open != null) {
      open.cancel();
    }
  }

  @Override
  public @Nullable CutShort cut() {
    lock.lock();
    try {
      return cut;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long received() {
    lock.lock();
    try {
      return received;
    } finally {
      lock.unlock();
    }
  }

  /** Goes while the reader waits: what it does between two reads is not the host's slowness. */
  @Override
  public long hostTime(long now) {
    lock.lock();
    try {
      return readerWaits ? waited + (now - waitingSince) : waited;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Reads at least one byte, waiting for it.
   *
   * @return how many were read; -1 at the end of the body
   * @throws IOException when the body broke off or was cut short
   */
  int read(byte[] into, int offset, int length) throws IOException, InterruptedException {
    int count;
    boolean hasRoom;
    lock.lockInterruptibly();
    try {
      ByteBuffer next = next();
      if (next == null) {
        return -1;
      }
      count = Math.min(length, next.remaining());
      next.get(into, offset, count);
      hasRoom = emptied;
      emptied = false;
    } finally {
      lock.unlock();
    }
    if (hasRoom) {
      request(1);
    }
    return count;
  }

  /** Not under the lock, for the client may hand on what it has in the middle of this. */
  private void request(long more) {
    Flow.@Nullable Subscription open;
    lock.lock();
    try {
      open = isOver() ? null : connection;
    } finally {
      lock.unlock();
    }
    if (open != null) {
      open.request(more);
    }
  }

  /** How many bytes can be read without waiting. */
  int available() {
    lock.lock();
    try {
      long bytes = bytes(current);
      for (List<ByteBuffer> buffers : waiting) {
        bytes += bytes(buffers);
      }
      return (int) Math.min(bytes, Integer.MAX_VALUE);
    } finally {
      lock.unlock();
    }
  }

  /** A buffer with something in it; null at the end. */
  private @Nullable ByteBuffer next() throws IOException, InterruptedException {
    while (true) {
      ByteBuffer first = current.peek();
      if (first != null && first.hasRemaining()) {
        return first;
      }
      if (first != null) {
        current.remove();
      } else if (!waiting.isEmpty()) {
        current.addAll(waiting.remove());
        emptied = true;
      } else if (isOver()) {
        return endOrThrow();
      } else {
        await();
      }
    }
  }

  private @Nullable ByteBuffer endOrThrow() throws IOException {
    if (cut != null) {
      throw new IOException("body cut short: " + cut);
    }
    if (broken != null) {
      throw broken instanceof IOException known ? known : new IOException(broken);
    }
    return null;
  }

  private void await() throws InterruptedException {
    waitingSince = ticker.getAsLong();
    readerWaits = true;
    try {
      while (waiting.isEmpty() && !isOver()) {
        changed.await();
      }
    } finally {
      readerWaits = false;
      waited += ticker.getAsLong() - waitingSince;
    }
  }
}
