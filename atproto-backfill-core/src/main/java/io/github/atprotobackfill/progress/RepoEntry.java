package io.github.atprotobackfill.progress;

import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import org.jspecify.annotations.Nullable;

/**
 * What became of one repo of a job.
 *
 * @param did the account
 * @param pds its host, where known
 * @param state where it stands
 * @param attempts failed tries charged
 * @param rev the rev as of which it is done
 * @param reason why it is unavailable or gone
 * @param failure the last failure
 */
public record RepoEntry(
    Did did,
    @Nullable ServiceUrl pds,
    RepoState state,
    int attempts,
    @Nullable Tid rev,
    @Nullable String reason,
    @Nullable Failure failure) {}
