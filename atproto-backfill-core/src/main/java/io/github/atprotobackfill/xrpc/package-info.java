/**
 * One host, one call, politely: XRPC over HTTP with limits, deadlines, budgets and the address
 * guard (floor 1).
 */
@NullMarked
package io.github.atprotobackfill.xrpc;

import org.jspecify.annotations.NullMarked;
