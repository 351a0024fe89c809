/**
 * The identifiers of AT Protocol as values: strictly parsed, immutable, comparable (floor 0).
 *
 * <p>Each type accepts exactly what the specifications and the interoperability test files accept.
 * {@code parse} throws {@link io.github.atprotobackfill.syntax.InvalidSyntaxException}; {@code
 * tryParse} answers with an empty {@code Optional}.
 */
@NullMarked
package io.github.atprotobackfill.syntax;

import org.jspecify.annotations.NullMarked;
