package io.github.atprotobackfill.redis.stream;

/**
 * The names of the streams that the roles share. {@link #DEFAULTS} are those of Bluesky's own
 * services, so that either side of a stream may be theirs.
 *
 * @param repoBackfill repos to be read: from the ingester, or put there by hand, to the backfiller
 * @param firehoseBackfill what repos held when they were read: from the backfiller to the indexer
 * @param firehoseLive what happens now: from the ingester to the indexer
 * @param labelLive labels as they are made: from the ingester to the indexer
 */
public record StreamNames(
    String repoBackfill, String firehoseBackfill, String firehoseLive, String labelLive) {

  /**
   * {@code repo_backfill}, {@code firehose_backfill}, {@code firehose_live}, {@code label_live}.
   */
  public static final StreamNames DEFAULTS =
      new StreamNames("repo_backfill", "firehose_backfill", "firehose_live", "label_live");
}
