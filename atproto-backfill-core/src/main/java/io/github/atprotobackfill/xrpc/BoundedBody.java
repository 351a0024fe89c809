package io.github.atprotobackfill.xrpc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Collects the body of one answer, never more than a cap, and can be cut short from outside.
 *
 * <p>Bytes are copied out of the client's buffers: a body that trickles in one byte at a time would
 * otherwise hold a whole buffer for each of them.
 */
final class BoundedBody implements ArrivingBody {

  private static final int FIRST_SIZE = 8 * 1024;
  private static final int MOST_TRUSTED_LENGTH = 1024 * 1024;

  private final int maxBytes;
  private final boolean keepsPrefix;
  private final CompletableFuture<ArrivingBody> done = new CompletableFuture<>();

  private volatile Flow.@Nullable Subscription subscription;
  private volatile int size;
  private volatile @Nullable CutShort cut;
  private byte[] bytes;

  /**
   * A body that is yet to arrive.
   *
   * @param maxBytes the most that is kept
   * @param announced the length that the host announced, or -1; believed only so far
   * @param keepsPrefix whether a longer or a broken body ends well with what was kept: an error
   *     message is worth having in part, an answer is not
   */
  BoundedBody(int maxBytes, long announced, boolean keepsPrefix) {
    this.maxBytes = maxBytes;
    this.keepsPrefix = keepsPrefix;
    long first = announced < 0 ? FIRST_SIZE : Math.min(announced, MOST_TRUSTED_LENGTH);
    this.bytes = new byte[(int) Math.min(first, maxBytes)];
    if (announced > maxBytes && !keepsPrefix) {
      cutShort(CutShort.TOO_LARGE);
    }
  }

  @Override
  public void cutShort(CutShort why) {
    if (done.isDone()) {
      return;
    }
    cut = why;
    closeConnection();
    if (keepsPrefix) {
      done.complete(this);
    } else {
      done.completeExceptionally(new IOException("body cut short: " + why));
    }
  }

  @Override
  public @Nullable CutShort cut() {
    return cut;
  }

  @Override
  public long received() {
    return size;
  }

  /** All the time is the host's: everything is taken at once. */
  @Override
  public long hostTime(long now) {
    return now;
  }

  /** How many bytes are held. Safe to ask while more arrive. */
  int size() {
    return size;
  }

  /** The bytes that arrived, of which the first {@link #size()} count. */
  byte[] bytes() {
    return bytes;
  }

  @Override
  public CompletionStage<ArrivingBody> getBody() {
    return done;
  }

  @Override
  public void onSubscribe(Flow.Subscription newSubscription) {
    subscription = newSubscription;
    if (done.isDone()) {
      newSubscription.cancel();
    } else {
      newSubscription.request(Long.MAX_VALUE);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    for (ByteBuffer buffer : buffers) {
      if (done.isDone()) {
        return;
      }
      take(buffer);
    }
  }

  private void take(ByteBuffer buffer) {
    boolean fits = buffer.remaining() <= maxBytes - size;
    append(buffer, fits ? buffer.remaining() : maxBytes - size);
    if (!fits) {
      cutShort(CutShort.TOO_LARGE);
    }
  }

  private void append(ByteBuffer buffer, int count) {
    int old = size;
    if (old + count > bytes.length) {
      long doubled = Math.max(2L * bytes.length, (long) old + count);
      bytes = Arrays.copyOf(bytes, (int) Math.min(doubled, maxBytes));
    }
    buffer.get(bytes, old, count);
    size = old + count;
  }

  private void closeConnection() {
    Flow.@Nullable Subscription connection = subscription;
    if (connection != null) {
      connection.cancel();
    }
  }

  @Override
  public void onError(Throwable broken) {
    if (keepsPrefix) {
      done.complete(this);
    } else {
      done.completeExceptionally(broken);
    }
  }

  @Override
  public void onComplete() {
    done.complete(this);
  }
}
