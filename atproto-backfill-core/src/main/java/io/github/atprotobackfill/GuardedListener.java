package io.github.atprotobackfill;

import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.fetch.FetchChoice;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes events on to a host's listener, whose exceptions never reach the engine. */
final class GuardedListener implements BackfillListener {

  private static final Logger log = LoggerFactory.getLogger(GuardedListener.class);

  private final BackfillListener listener;
  private final AtomicBoolean complained = new AtomicBoolean();

  GuardedListener(BackfillListener listener) {
    this.listener = listener;
  }

  @Override
  public void discovered(String source, int listed, int added) {
    guard(() -> listener.discovered(source, listed, added));
  }

  @Override
  public void sourceFailed(String source, Failure failure) {
    guard(() -> listener.sourceFailed(source, failure));
  }

  @Override
  public void storeLostMemory(UUID job, String lost) {
    guard(() -> listener.storeLostMemory(job, lost));
  }

  @Override
  public void written(long written, long unchanged, long deleted) {
    guard(() -> listener.written(written, unchanged, deleted));
  }

  @Override
  public void recordRejected(Did did, Failure failure) {
    guard(() -> listener.recordRejected(did, failure));
  }

  @Override
  public void fetchChosen(Did did, ServiceUrl host, FetchChoice choice) {
    guard(() -> listener.fetchChosen(did, host, choice));
  }

  @Override
  public void recordUnproven(Did did, Failure failure) {
    guard(() -> listener.recordUnproven(did, failure));
  }

  @Override
  public void repoFailed(Did did, Failure failure, boolean retried) {
    guard(() -> listener.repoFailed(did, failure, retried));
  }

  @Override
  public void repoEnded(Did did, RepoState state, String reason) {
    guard(() -> listener.repoEnded(did, state, reason));
  }

  @Override
  public void hostParked(ServiceUrl host, Duration wait) {
    guard(() -> listener.hostParked(host, wait));
  }

  @Override
  public void hostDown(ServiceUrl host, Failure failure, Duration wait) {
    guard(() -> listener.hostDown(host, failure, wait));
  }

  private void guard(Runnable event) {
    try {
      event.run();
    } catch (RuntimeException e) {
      if (complained.compareAndSet(false, true)) {
        log.warn("a backfill listener throws; its further exceptions are not logged", e);
      }
    }
  }
}
