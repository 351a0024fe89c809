/**
 * A repository as the protocol means it to be read: blocks, their hashes, the tree over them, and
 * the signed commit (floor 1).
 */
@NullMarked
package io.github.atprotobackfill.repo;

import org.jspecify.annotations.NullMarked;
