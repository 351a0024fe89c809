package io.github.atprotobackfill.testkit.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A large network costs no memory: its accounts are made when they are asked for. */
class MillionAccountsTest {

  private static final int ACCOUNTS = 1_000_000;
  private static final long HEAP_BYTES = 48L << 20;
  private static final Pattern ROW = Pattern.compile("\\{\"did\":\"(did:plc:[a-z2-7]{24})\"");
  private static final Pattern CURSOR = Pattern.compile("\"cursor\":\"([^\"]+)\"");

  private final Http http = new Http();

  @Test
  void everyAccountIsListedOnceByItsHostAndByTheRelay() throws Exception {
    try (SimulatedNetwork network =
        SimulatedNetwork.builder()
            .hosts(20)
            .zipfSpread(1)
            .accounts(ACCOUNTS)
            .repoSizes(RepoSizes.uniform(1, 5))
            .collection("com.example.note", 1)
            .signedHeads(false)
            .start()) {
      PlcIdentifiers plc = new PlcIdentifiers(1);
      BitSet byHosts = new BitSet(ACCOUNTS);
      for (SimulatedHost host : network.hosts()) {
        walk(host, "com.atproto.sync.listRepos?limit=1000", byHosts, plc);
      }
      assertThat(byHosts.cardinality()).isEqualTo(ACCOUNTS);

      BitSet byRelay = new BitSet(ACCOUNTS);
      String method =
          "com.atproto.sync.listReposByCollection?limit=2000&collection=com.example.note";
      walk(network.relay(), method, byRelay, plc);
      assertThat(byRelay.cardinality()).isEqualTo(ACCOUNTS);

      System.gc();
      Runtime runtime = Runtime.getRuntime();
      assertThat(runtime.totalMemory() - runtime.freeMemory()).isLessThan(HEAP_BYTES);
    }
  }

  private void walk(SimulatedHost host, String listing, BitSet seen, PlcIdentifiers plc)
      throws Exception {
    String cursor = "";
    do {
      String page = http.get(host, "/xrpc/" + listing + cursor).body();
      Matcher rows = ROW.matcher(page);
      while (rows.find()) {
        int account = plc.account(rows.group(1));
        assertThat(seen.get(account)).isFalse();
        seen.set(account);
      }
      Matcher next = CURSOR.matcher(page);
      cursor = next.find() ? "&cursor=" + next.group(1).replace(":", "%3A") : "";
    } while (!cursor.isEmpty());
  }
}
