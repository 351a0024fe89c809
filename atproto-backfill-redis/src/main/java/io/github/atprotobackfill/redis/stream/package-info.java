/**
 * The three roles of a backfill over Redis streams, ingester, backfiller and indexer, with the
 * streams, groups and fields of Bluesky's own services.
 */
@NullMarked
package io.github.atprotobackfill.redis.stream;

import org.jspecify.annotations.NullMarked;
