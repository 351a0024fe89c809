package io.github.atprotobackfill.identity;

import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.syntax.Did;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the answers about DIDs are kept that several processes share: the second level of a {@link
 * CachingDidResolver}, which decides what is kept for how long, and asks a directory only for what
 * is not here.
 *
 * <p>Implementations are thread-safe, and throw a {@link
 * io.github.atprotobackfill.failure.BackfillException} when their store does not answer, which is
 * then done without.
 */
public interface DidCache {

  /** What is kept of {@code did}; empty when there is nothing, or its time is over. */
  Optional<Answer> find(Did did);

  /** Keeps an answer for as long as it is usable, in place of any other. */
  void keep(Did did, Answer answer);

  /** Lets go of what is kept of {@code did}. */
  void forget(Did did);

  /**
   * What a directory said of a DID: a document or a failure.
   *
   * @param document the document, where there is one
   * @param failure why there is none
   * @param freshFor how much longer nobody needs to be asked; not positive when it is over
   * @param usableFor how much longer it is of use while nobody can be asked
   */
  record Answer(
      @Nullable DidDocument document,
      @Nullable Failure failure,
      Duration freshFor,
      Duration usableFor) {

    public Answer {
      if ((document == null) == (failure == null)) {
        throw new IllegalArgumentException("an answer is a document or a failure");
      }
    }
  }
}
