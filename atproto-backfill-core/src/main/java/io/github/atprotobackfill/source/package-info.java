/** Where repos come from: relays, hosts, lists (floor 2). */
@NullMarked
package io.github.atprotobackfill.source;

import org.jspecify.annotations.NullMarked;
