/** A simulated AT Protocol network in one process, for tests of whatever uses this library. */
@NullMarked
package io.github.atprotobackfill.testkit.network;

import org.jspecify.annotations.NullMarked;
