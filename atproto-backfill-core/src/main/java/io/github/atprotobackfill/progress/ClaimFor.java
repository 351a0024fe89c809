package io.github.atprotobackfill.progress;

import io.github.atprotobackfill.xrpc.ServiceUrl;
import org.jspecify.annotations.Nullable;

/**
 * How many repos of one host are wanted.
 *
 * @param pds the host; null for repos whose host is not known yet
 * @param most the most to claim
 */
public record ClaimFor(@Nullable ServiceUrl pds, int most) {}
