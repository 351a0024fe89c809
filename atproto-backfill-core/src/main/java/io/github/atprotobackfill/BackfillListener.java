package io.github.atprotobackfill;

import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.fetch.FetchChoice;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.time.Duration;
import java.util.UUID;

/**
 * Is told what happens. Called from working threads: be fast, take no locks, do not call back.
 * Exceptions are logged and never break the run.
 *
 * <p>Order for one repo: any number of {@link #repoFailed} with {@code retried}, then {@link
 * #repoEnded}. No order between repos.
 */
public interface BackfillListener {

  /** Hears nothing. */
  BackfillListener NONE = new BackfillListener() {};

  /** A page of a source was put into the queue; {@code added} of its repos were new to the job. */
  default void discovered(String source, int listed, int added) {}

  /** A source could not be listed to its end. */
  default void sourceFailed(String source, Failure failure) {}

  /**
   * A store lost what it was told of a job, as a cache does that was emptied. It is put back as far
   * as it is known here, and the job's sources are listed from their beginnings.
   *
   * @param lost what is gone, in words
   */
  default void storeLostMemory(UUID job, String lost) {}

  /** Records of one batch are durable. */
  default void written(long written, long unchanged, long deleted) {}

  /** A record is not what the protocol says, or the sink refused it; it was left out. */
  default void recordRejected(Did did, Failure failure) {}

  /** It is settled how a repo is going to be read, and why. */
  default void fetchChosen(Did did, ServiceUrl host, FetchChoice choice) {}

  /** Something of a repo could not be proven, and was taken all the same. */
  default void recordUnproven(Did did, Failure failure) {}

  /** A try at a repo failed. */
  default void repoFailed(Did did, Failure failure, boolean retried) {}

  /** A repo's part in the job is over. */
  default void repoEnded(Did did, RepoState state, String reason) {}

  /** A host asked us to wait. */
  default void hostParked(ServiceUrl host, Duration wait) {}

  /** A host does not answer; it is tried again after {@code wait}. */
  default void hostDown(ServiceUrl host, Failure failure, Duration wait) {}
}
