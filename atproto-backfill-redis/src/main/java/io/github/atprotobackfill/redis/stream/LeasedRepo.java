package io.github.atprotobackfill.redis.stream;

import io.github.atprotobackfill.syntax.Did;
import org.jspecify.annotations.Nullable;

/**
 * A repo that was just leased.
 *
 * @param fence greater than that of any lease before it
 * @param attempts tries that failed and were charged
 * @param takeovers how often it was left behind by whoever had it, since its last checkpoint
 * @param position where reading goes on; null at the beginning
 */
record LeasedRepo(Did did, long fence, int attempts, int takeovers, @Nullable String position) {}
