/** The command-line tool: {@code demo}, {@code run} and {@code jobs}. */
@NullMarked
package io.github.atprotobackfill.examples;

import org.jspecify.annotations.NullMarked;
