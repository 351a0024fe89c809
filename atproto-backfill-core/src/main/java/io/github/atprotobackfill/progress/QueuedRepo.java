package io.github.atprotobackfill.progress;

import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import org.jspecify.annotations.Nullable;

/**
 * A repo to be put into a queue.
 *
 * @param did the account
 * @param pds its host, where known; otherwise it is resolved later
 * @param rev its rev, where discovery told it
 */
public record QueuedRepo(Did did, @Nullable ServiceUrl pds, @Nullable Tid rev) {}
