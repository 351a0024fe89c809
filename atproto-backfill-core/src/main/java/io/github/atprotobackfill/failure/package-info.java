/** What can go wrong: one vocabulary of error kinds, and the root of all exceptions (floor 0). */
@NullMarked
package io.github.atprotobackfill.failure;

import org.jspecify.annotations.NullMarked;
