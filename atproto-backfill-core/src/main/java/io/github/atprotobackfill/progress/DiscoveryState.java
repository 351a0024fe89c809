package io.github.atprotobackfill.progress;

import io.github.atprotobackfill.failure.Failure;
import org.jspecify.annotations.Nullable;

/**
 * How far one source of repos has been listed.
 *
 * @param source the source's id
 * @param cursor where the next page begins; null before the first page and after the last
 * @param done whether there is nothing more to list
 * @param discovered repos this source told of, counted as it told them
 * @param queued how many repos the job's queue held, all in all, when what this source told was in
 *     it; a queue that holds fewer has lost some
 * @param failure why listing ended early, if it did; then {@code done} is true as well
 */
public record DiscoveryState(
    String source,
    @Nullable String cursor,
    boolean done,
    long discovered,
    long queued,
    @Nullable Failure failure) {

  /** A source that has not been asked yet. */
  public static DiscoveryState begin(String source) {
    return new DiscoveryState(source, null, false, 0, 0, null);
  }
}
