/** Where records go (floor 2). */
@NullMarked
package io.github.atprotobackfill.sink;

import org.jspecify.annotations.NullMarked;
