package io.github.atprotobackfill.testkit.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Everything follows from the seed, and nothing needs a table. */
class SeedTest {

  @Test
  void equalSeedsGiveEqualNetworksAndOthersGiveOthers() {
    assertThat(records(1)).isEqualTo(records(1)).isNotEqualTo(records(2));
  }

  private static List<ExpectedRecord> records(long seed) {
    try (SimulatedNetwork network =
        SimulatedNetwork.builder()
            .seed(seed)
            .accounts(20)
            .accounts(AccountStatus.MIGRATED, 2)
            .repoSizes(RepoSizes.logNormal(5, 1))
            .start()) {
      return network.expectedRecords().toList();
    }
  }

  @Test
  void aSeedMeansTheSameForEver() {
    ExpectedRecord first = records(1).get(0);
    assertThat(first.uri())
        .hasToString("at://did:plc:sv7vbv53iweaas3w63lezo25/app.bsky.feed.post/3iojbw33ld3qz");
    assertThat(first.cid())
        .hasToString("bafyreic5hqdhtkfaypevgvhsa7nxcaq3tceqq7ulag3yohm6rvhlexcbv4");
  }

  @Test
  void everyPlcIdentifierLeadsBackToItsAccount() {
    PlcIdentifiers plc = new PlcIdentifiers(42);
    for (int account : new int[] {0, 1, 2, 999_999, Integer.MAX_VALUE}) {
      assertThat(plc.of(account)).matches("did:plc:[a-z2-7]{24}");
      assertThat(plc.account(plc.of(account))).isEqualTo(account);
    }
    assertThat(plc.account(new PlcIdentifiers(43).of(0))).isEqualTo(-1);
    assertThat(plc.account("did:plc:short")).isEqualTo(-1);
    assertThat(plc.account("did:plc:!!!!!!!!!!!!!!!!!!!!!!!!")).isEqualTo(-1);
  }

  @Test
  void aPermutationReachesEveryNumberOnce() {
    for (long size : new long[] {1, 2, 3, 17, 1000, 4097}) {
      Permutation permutation = new Permutation(5, size);
      assertThat(LongStream.range(0, size).map(permutation::of).sorted().toArray())
          .isEqualTo(LongStream.range(0, size).toArray());
    }
  }

  @Test
  void sharesAddUpToTheWhole() {
    Shares shares = Shares.zipf(7, 1.1);
    for (int whole : new int[] {0, 1, 5, 100, 12_345}) {
      for (double shift : new double[] {0, 0.3, 0.999}) {
        int sum = IntStream.range(0, 7).map(k -> shares.part(whole, k, shift)).sum();
        assertThat(sum).isEqualTo(whole);
        for (int item = 0; item < whole; item++) {
          int part = shares.partOf(item, whole, shift);
          assertThat(item)
              .isBetween(
                  shares.start(whole, part, shift), shares.start(whole, part + 1, shift) - 1);
        }
      }
    }
  }

  @Test
  void sizesFollowTheirLaw() {
    int accounts = 10_000;
    assertThat(sizes(RepoSizes.fixed(7), accounts)).containsOnly(7);
    assertThat(sizes(RepoSizes.uniform(2, 4), accounts)).containsOnly(2, 3, 4);
    assertThat(sizes(RepoSizes.of(1, 0, 5), 4)).containsExactly(1, 0, 5, 1);
    int[] zipf = sizes(RepoSizes.zipf(1_000_000, 1), accounts);
    assertThat(IntStream.of(zipf).max()).hasValue(1_000_000);
    assertThat(IntStream.of(zipf).min()).hasValue(100);
    int[] logNormal =
        IntStream.of(sizes(RepoSizes.logNormal(50, 1.5), accounts)).sorted().toArray();
    assertThat(logNormal[accounts / 2]).isCloseTo(50, within(5));
    assertThat(logNormal[accounts - 1]).isGreaterThan(2000);
  }

  private static int[] sizes(RepoSizes law, int accounts) {
    Permutation rank = new Permutation(9, accounts);
    return IntStream.range(0, accounts).map(n -> law.size(n, rank.of(n), Mix.of(8, n))).toArray();
  }

  @Test
  void aZipfSpreadMakesTheFirstHostTheBusiest() {
    try (SimulatedNetwork network =
        SimulatedNetwork.builder().hosts(4).accounts(2500).zipfSpread(1).start()) {
      long[] counts = new long[4];
      network.accounts().forEach(a -> counts[network.hosts().indexOf(a.host())]++);
      assertThat(counts).containsExactly(1200, 600, 400, 300);
    }
  }

  @Test
  void aNetworkThatCannotHaveAllItsPortsTakesNone() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      int before = taken.getLocalPort() - 1;
      assumeThat(isFree(before)).isTrue();
      SimulatedNetworkBuilder plan = SimulatedNetwork.builder().hosts(1).ports(before);
      assertThatThrownBy(plan::start).isInstanceOf(UncheckedIOException.class);
      assertThat(isFree(before)).isTrue();
    }
  }

  private static boolean isFree(int port) throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(false);
      socket.bind(new InetSocketAddress("127.0.0.1", port));
      return true;
    } catch (BindException inUse) {
      return false;
    }
  }

  @Test
  void portsMayBeFixed() {
    int first;
    try (SimulatedNetwork any = SimulatedNetwork.builder().hosts(1).start()) {
      first = any.relay().url().port();
    }
    try (SimulatedNetwork fixed = SimulatedNetwork.builder().hosts(1).ports(first).start()) {
      assertThat(fixed.relay().url().port()).isEqualTo(first);
    }
  }
}
