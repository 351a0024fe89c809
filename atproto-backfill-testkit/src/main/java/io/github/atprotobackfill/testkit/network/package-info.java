/**
 * A simulated AT Protocol network in one process, for the tests of whatever uses this library: a
 * relay, a PLC directory and any number of hosts on real sockets, with accounts of every status and
 * faults to order. It knows what a correct backfill must find, so that a test can hold the outcome
 * against the truth.
 *
 * <p>Testing a sink of one's own takes three steps: start a network, run a job on it, compare.
 *
 * <pre>{@code
 * @Test
 * void mySinkHoldsWhatTheNetworkHolds() throws Exception {
 *   MySink sink = new MySink(dataSource);
 *   try (SimulatedNetwork network =
 *           SimulatedNetwork.builder().seed(1).hosts(3).accounts(30).accountsOfEveryStatus(1).start();
 *       XrpcClient client =
 *           XrpcClient.builder()
 *               .allowPrivateHosts(true)
 *               .hostPolicy(host -> HostPolicy.DEFAULT.withRequestsPerSecond(1000))
 *               .build();
 *       Backfill backfill =
 *           Backfill.builder()
 *               .sink(sink)
 *               .client(client)
 *               .resolver(DidResolvers.standard(client, network.directory().url()))
 *               .build()) {
 *     network.host(0).order(Fault.status(503).withProbability(0.05));
 *     network.host(1).order(Fault.reset().next(2));
 *
 *     BackfillRun run =
 *         backfill.start(
 *             new BackfillJob.Collections(
 *                 List.of(network.relay().url()), Set.of(Nsid.parse("com.example.note")), false));
 *     assertTrue(run.await(Duration.ofMinutes(1)));
 *
 *     assertEquals(
 *         network.expectedRecords("com.example.note").collect(toMap(r -> r.uri(), r -> r.cid())),
 *         sink.stored());
 *   }
 * }
 * }</pre>
 *
 * <p>What happens in the middle of a run is up to the test: {@link
 * io.github.atprotobackfill.testkit.network.SimulatedNetwork#put put} and {@code delete} records,
 * {@code setStatus} and {@code migrate} accounts, {@link
 * io.github.atprotobackfill.testkit.network.SimulatedHost#stopListening stop} hosts, and order
 * {@link io.github.atprotobackfill.testkit.network.Fault faults}; {@code expectedRecords} follows.
 * Hosts count what they are asked, and whether their rate limit was exceeded. With JUnit, a network
 * in a field annotated {@code @AutoClose} serves all tests of a class.
 *
 * <p>Hosts are known as {@code http://localhost:<port>}, which a client refuses unless it is told
 * to allow private hosts. Endpoints answer as the reference implementations do, in status, body and
 * order; not served are the event streams. Every account has a key, and its repo is a true one: a
 * tree of its records, and a commit signed with the key that its DID document names.
 */
@NullMarked
package io.github.atprotobackfill.testkit.network;

import org.jspecify.annotations.NullMarked;
