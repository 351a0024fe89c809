package io.github.atprotobackfill.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.atprotobackfill.examples.NetworkTruth.Account;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real servers whose accounts write, delete, leave and come back: after a pass that nobody writes
 * during, the store is what they hold. What is changed is put back, so that the network stays what
 * its file says.
 */
class ChangesRealNetIT {

  private static final String NOTE = "com.example.note";
  private static final int PASSES_DURING_WRITES = 5;

  @TempDir private Path folder;

  private NetworkTruth truth;
  private String database;

  @BeforeEach
  void read() throws Exception {
    truth = NetworkTruth.read(System.getProperty("realnet"));
    database = "jdbc:sqlite:" + folder.resolve("x.db");
  }

  @ParameterizedTest
  @ValueSource(strings = {"export", "list-records", "auto"})
  void whatIsWrittenUpdatedAndDeletedArrives(String way) throws Exception {
    List<Account> accounts =
        List.of(
            truth.account("user1", "pds1"),
            truth.account("user1", "pds2"),
            truth.account("migrated", "pds2"));
    assertStoreIsWhatTheHostsList(pass(way, accounts), accounts);
    List<Edits> all = new ArrayList<>();
    try {
      for (Account account : accounts) {
        all.add(new Edits(account));
      }
      for (Edits edits : all) {
        edits.makeThreeUpdateTwoDeleteTwo();
      }
      ToolRun changed = pass(way, accounts);
      assertStoreIsWhatTheHostsList(changed, accounts);
      assertThat(changed.json().at("/records/written").longValue()).isEqualTo(5L * all.size());
      assertThat(changed.json().at("/records/deleted").longValue()).isEqualTo(2L * all.size());

      ToolRun again = pass(way, accounts, "--reread");
      assertThat(again.json().at("/records/written").longValue()).isZero();
      assertThat(again.json().at("/records/deleted").longValue()).isZero();
    } finally {
      for (Edits edits : all) {
        edits.undo();
      }
    }
    assertStoreIsWhatTheHostsList(pass(way, accounts), accounts);
    assertThat(Stored.records(database)).isEqualTo(ofTheFile(accounts));
  }

  @ParameterizedTest
  @ValueSource(strings = {"export", "list-records"})
  void whoLeavesIsHiddenAndWhoComesBackIsShown(String way) throws Exception {
    Account account = truth.account("user2", "pds2");
    List<Account> accounts = List.of(account, truth.account("single", "pds1"));
    assertStoreIsWhatTheHostsList(pass(way, accounts), accounts);
    PdsSession owner = PdsSession.of(account);
    owner.deactivate();
    try {
      ToolRun left = pass(way, accounts);
      assertThat(left.json().at("/repos/unavailable").longValue()).isEqualTo(1);
      assertThat(Stored.records(database)).isEqualTo(ofTheFile(accounts));
      assertThat(Stored.visibleRecords(database)).isEqualTo(ofTheFile(accounts.subList(1, 2)));
    } finally {
      owner.activate();
    }
    assertStoreIsWhatTheHostsList(pass(way, accounts), accounts);
    assertThat(Stored.visibleRecords(database)).isEqualTo(ofTheFile(accounts));
  }

  @ParameterizedTest
  @ValueSource(strings = {"export", "list-records", "auto"})
  void whatIsWrittenWhileItIsReadIsRightAfterAQuietPass(String way) throws Exception {
    List<Account> accounts = List.of(truth.account("large", "pds1"));
    Edits edits = new Edits(accounts.get(0));
    try {
      for (int round = 0; round < 2; round++) {
        try (Scribe scribe = new Scribe(edits)) {
          for (int i = 0; i < PASSES_DURING_WRITES; i++) {
            ToolRun during = pass(way, accounts, i % 2 == 0 ? "--reread" : "--verify=full");
            assertThat(during.status()).as(during.err() + during.out()).isZero();
          }
          assertThat(scribe.writes()).as("writes during the passes").isPositive();
        }
        assertStoreIsWhatTheHostsList(pass(way, accounts), accounts);
      }
    } finally {
      edits.undo();
    }
    assertStoreIsWhatTheHostsList(pass(way, accounts), accounts);
    assertThat(Stored.records(database)).isEqualTo(ofTheFile(accounts));
  }

  private void assertStoreIsWhatTheHostsList(ToolRun ended, List<Account> accounts)
      throws Exception {
    assertThat(ended.status()).as(ended.err() + ended.out()).isZero();
    Map<String, String> listed = new TreeMap<>();
    for (Account account : accounts) {
      listed.putAll(PdsSession.of(account).records());
    }
    assertThat(new TreeMap<>(Stored.records(database))).isEqualTo(listed);
  }

  private static Map<String, String> ofTheFile(List<Account> accounts) {
    Map<String, String> records = new TreeMap<>();
    accounts.forEach(account -> records.putAll(account.records()));
    return records;
  }

  private ToolRun pass(String way, List<Account> accounts, String... more) {
    List<String> command = new ArrayList<>(List.of("run", "--json", "--allow-private-hosts"));
    command.addAll(List.of("--plc", truth.directory(), "--db", database, "--fetch", way));
    command.addAll(List.of("--max-rps-per-host", "200"));
    command.add("--did");
    accounts.forEach(account -> command.add(account.did()));
    return ToolRun.of(command, more);
  }

  /** Changes of one account's notes, each of which can be undone. */
  private static final class Edits {

    private final PdsSession owner;
    private final List<String> rkeys;
    private final Map<String, JsonNode> before = new TreeMap<>();
    private int made;

    Edits(Account account) throws Exception {
      this.owner = PdsSession.of(account);
      String prefix = "at://" + account.did() + "/" + NOTE + "/";
      this.rkeys =
          account.records().keySet().stream()
              .filter(uri -> uri.startsWith(prefix))
              .map(uri -> uri.substring(prefix.length()))
              .sorted()
              .toList();
    }

    void makeThreeUpdateTwoDeleteTwo() throws Exception {
      make();
      make();
      make();
      update(rkeys.get(0));
      update(rkeys.get(1));
      delete(rkeys.get(2));
      delete(rkeys.get(rkeys.size() - 1));
    }

    /** The next of an endless row of changes, over the whole range of keys. */
    void some(int number) throws Exception {
      String rkey = rkeys.get(number * 7 % rkeys.size());
      switch (number % 4) {
        case 0 -> make();
        case 1 -> update(rkey);
        case 2 -> delete(rkey);
        default -> comeAndGo();
      }
    }

    private void make() throws Exception {
      String rkey = (made % 2 == 0 ? "zz-made-" : "0-made-") + made++;
      before.put(rkey, JsonNodeFactory.instance.missingNode());
      owner.create(NOTE, rkey, note("made " + rkey));
    }

    private void comeAndGo() throws Exception {
      owner.create(NOTE, "mm-comes-and-goes", note("no longer there"));
      owner.delete(NOTE, "mm-comes-and-goes");
    }

    private void update(String rkey) throws Exception {
      remember(rkey);
      owner.put(NOTE, rkey, note("updated " + before.size() + " " + System.nanoTime()));
    }

    private void delete(String rkey) throws Exception {
      remember(rkey);
      owner.delete(NOTE, rkey);
    }

    private void remember(String rkey) throws IOException, InterruptedException {
      if (!before.containsKey(rkey)) {
        before.put(rkey, owner.value(NOTE, rkey));
      }
    }

    void undo() throws Exception {
      for (Map.Entry<String, JsonNode> changed : before.entrySet()) {
        if (changed.getValue().isMissingNode()) {
          owner.delete(NOTE, changed.getKey());
        } else {
          owner.put(NOTE, changed.getKey(), changed.getValue());
        }
      }
      before.clear();
    }

    private static ObjectNode note(String text) {
      return JsonNodeFactory.instance.objectNode().put("$type", NOTE).put("text", text);
    }
  }

  /** Writes without a pause until it is closed. */
  private static final class Scribe implements AutoCloseable {

    private final AtomicBoolean goingOn = new AtomicBoolean(true);
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final Edits edits;
    private final Thread thread;
    private volatile int writes;

    Scribe(Edits edits) {
      this.edits = edits;
      this.thread = new Thread(this::write, "scribe");
      thread.start();
    }

    private void write() {
      try {
        while (goingOn.get()) {
          edits.some(writes);
          writes = writes + 1;
        }
      } catch (Exception e) {
        failure.set(e);
      }
    }

    int writes() {
      return writes;
    }

    @Override
    public void close() throws Exception {
      goingOn.set(false);
      thread.join();
      if (failure.get() != null) {
        throw failure.get();
      }
    }
  }
}
