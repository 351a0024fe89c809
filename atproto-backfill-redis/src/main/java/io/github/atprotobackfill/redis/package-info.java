/**
 * Progress, queue and shared DID cache in Redis 6.2 or newer, by a client that the embedding
 * brings.
 */
@NullMarked
package io.github.atprotobackfill.redis;

import org.jspecify.annotations.NullMarked;
