package io.github.atprotobackfill.sink;

import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a sink holds already, so that it need be given no more than the difference. Asked page by
 * page: nothing is held open between two calls.
 *
 * <p>What a {@link RecordSink#write} that has returned did is seen by every later call. While a
 * repo is being written to, a record that is held throughout is still told exactly once. Records of
 * accounts that are hidden are held like any other. Thread-safe.
 */
public interface HeldRecords {

  /** How many records a reading asks for at once. */
  int PAGE = 1000;

  /** Which of these repos any record is held of: one question for many repos. */
  Set<Did> holding(Collection<Did> repos) throws Exception;

  /**
   * The collections of which records of this repo are held, in the order of their names. That is
   * not always the order of a repo's tree, where {@code a.b.c.d/…} comes before {@code a.b.c/…}.
   */
  NavigableSet<Nsid> collections(Did did) throws Exception;

  /**
   * Records of one collection of a repo, in the bytewise order of their keys.
   *
   * @param after the key that all of them come after, whether or not it is held itself; null to
   *     begin with the first
   * @param most the number of records wanted, at least one
   * @return the records; fewer than wanted only where no more are held
   */
  List<HeldRecord> page(Did did, Nsid collection, @Nullable RecordKey after, int most)
      throws Exception;
}
