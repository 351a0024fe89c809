package io.github.atprotobackfill.progress;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job as it is stored.
 *
 * @param id its name
 * @param spec what it is to do
 * @param state where it stands
 * @param reason why it stands there, where there is something to say
 * @param createdAt when it was recorded
 * @param startedAt when it first ran
 * @param endedAt when it reached a terminal state
 * @param counts what was counted, over all processes that worked on it
 */
public record Job(
    UUID id,
    JobSpec spec,
    JobState state,
    @Nullable String reason,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    JobCounts counts) {}
