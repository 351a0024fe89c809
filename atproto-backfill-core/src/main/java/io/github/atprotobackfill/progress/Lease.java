package io.github.atprotobackfill.progress;

import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The right to work on one repo for a while.
 *
 * @param job the job
 * @param did the repo
 * @param fence grows with every claim of this repo; a store refuses updates under an older one
 * @param lasts how long the lease was given for, from the moment the claim was made
 * @param pds the host under which it was queued; null when not known yet
 * @param rev the rev that discovery told
 * @param attempts failed tries charged so far
 * @param position where reading goes on, as the fetcher gave it; null at the beginning
 */
public record Lease(
    UUID job,
    Did did,
    long fence,
    Duration lasts,
    @Nullable ServiceUrl pds,
    @Nullable Tid rev,
    int attempts,
    @Nullable String position) {}
