/**
 * The engine and everything a host calls: {@link io.github.atprotobackfill.Backfill} runs a {@link
 * io.github.atprotobackfill.BackfillJob} and hands out a {@link
 * io.github.atprotobackfill.BackfillRun} (floor 3).
 */
@NullMarked
package io.github.atprotobackfill;

import org.jspecify.annotations.NullMarked;
