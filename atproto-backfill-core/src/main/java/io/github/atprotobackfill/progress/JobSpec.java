package io.github.atprotobackfill.progress;

/**
 * What a job is to do, as data: two jobs are equal when their specs are.
 *
 * @param type the kind of job, for example {@code collections}
 * @param body everything else that makes it this job, as JSON in one canonical spelling
 */
public record JobSpec(String type, String body) {}
