package io.github.atprotobackfill.identity;

import io.github.atprotobackfill.failure.BackfillException;
import io.github.atprotobackfill.identity.DidCache.Answer;
import io.github.atprotobackfill.syntax.Did;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A shared cache that may be absent, or out of reach, of which is said once that it is, and once
 * that it is back: whatever it cannot tell the directory can.
 */
final class SharedAnswers {

  private static final Logger log = LoggerFactory.getLogger(SharedAnswers.class);

  private final @Nullable DidCache cache;
  private final AtomicBoolean away = new AtomicBoolean();

  SharedAnswers(@Nullable DidCache cache) {
    this.cache = cache;
  }

  Optional<Answer> find(Did did) {
    if (cache == null) {
      return Optional.empty();
    }
    try {
      Optional<Answer> found = cache.find(did);
      back();
      return found;
    } catch (BackfillException e) {
      missed(e);
      return Optional.empty();
    }
  }

  void keep(Did did, Answer answer) {
    if (cache == null || answer.usableFor().isNegative() || answer.usableFor().isZero()) {
      return;
    }
    try {
      cache.keep(did, answer);
      back();
    } catch (BackfillException e) {
      missed(e);
    }
  }

  void forget(Did did) {
    if (cache == null) {
      return;
    }
    try {
      cache.forget(did);
      back();
    } catch (BackfillException e) {
      missed(e);
    }
  }

  private void back() {
    if (away.compareAndSet(true, false)) {
      log.info("the shared cache of DIDs is back");
    }
  }

  private void missed(BackfillException e) {
    if (away.compareAndSet(false, true)) {
      log.warn("the shared cache of DIDs does not answer; directories are asked instead", e);
    }
  }
}
