package io.github.atprotobackfill.testkit.network;

import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Handle;
import io.github.atprotobackfill.syntax.Tid;

/**
 * An account of the simulated network, as it stood when asked for.
 *
 * @param number its place among the accounts, from 0
 * @param did its DID
 * @param handle the handle that its DID document claims
 * @param status how it stands
 * @param host where its repo is, or was before it was deleted
 * @param rev the rev of its repo
 */
public record SimulatedAccount(
    int number, Did did, Handle handle, AccountStatus status, SimulatedHost host, Tid rev) {}
