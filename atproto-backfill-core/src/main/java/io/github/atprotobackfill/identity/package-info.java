/** From a DID or handle to the host and key behind it (floor 2). */
@NullMarked
package io.github.atprotobackfill.identity;

import org.jspecify.annotations.NullMarked;
