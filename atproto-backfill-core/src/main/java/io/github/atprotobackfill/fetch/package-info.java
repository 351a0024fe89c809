/** Reads one repo at one host (floor 2). */
@NullMarked
package io.github.atprotobackfill.fetch;

import org.jspecify.annotations.NullMarked;
