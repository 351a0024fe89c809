/**
 * Programs that measure the library against the limits it is built for. Each states a ratio of
 * things measured in turn within one run, so that it can be checked on any machine; none asserts.
 */
@NullMarked
package io.github.atprotobackfill.benchmarks;

import org.jspecify.annotations.NullMarked;
