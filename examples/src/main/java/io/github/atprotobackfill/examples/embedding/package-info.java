/** Small programs to paste, one feature each. */
@NullMarked
package io.github.atprotobackfill.examples.embedding;

import org.jspecify.annotations.NullMarked;
