/**
 * What is done, what is left, and what is held: the stores a backfill goes on from (floor 2).
 *
 * <p>{@link io.github.atprotobackfill.progress.ProgressStore} keeps jobs, {@link
 * io.github.atprotobackfill.progress.WorkQueue} leases repos, {@link
 * io.github.atprotobackfill.progress.RepoStates} remembers what is held between jobs; {@link
 * io.github.atprotobackfill.progress.BackfillStores} is the three together. The contract kit of the
 * testkit tells whether an implementation keeps their promises.
 */
@NullMarked
package io.github.atprotobackfill.progress;

import org.jspecify.annotations.NullMarked;
