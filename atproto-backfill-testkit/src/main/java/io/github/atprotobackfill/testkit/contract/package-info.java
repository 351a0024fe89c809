/**
 * The promises of the ports as tests: whoever writes a store or a sink extends these classes, and
 * JUnit tells which promises it keeps.
 *
 * <p>Nothing here sleeps: harnesses move time instead. Where a promise does not apply (a store that
 * is not durable, no atomic scope), its tests show as skipped, never as passed. The kit itself is
 * tested with broken implementations: every test of it fails for at least one of them.
 */
@NullMarked
package io.github.atprotobackfill.testkit.contract;

import org.jspecify.annotations.NullMarked;
