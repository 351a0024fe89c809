package io.github.atprotobackfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.progress.ClaimFor;
import io.github.atprotobackfill.progress.DiscoveryState;
import io.github.atprotobackfill.progress.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** How the tables come to be, and what is said when they are not as they should be. */
@ParameterizedClass
@EnumSource(TestStorage.Kind.class)
class JdbcSchemaTest {

  @Parameter private TestStorage.Kind kind;

  private TestStorage storage;

  @BeforeEach
  void openStorage() {
    storage = TestStorage.empty(kind);
  }

  @AfterEach
  void closeStorage() throws Exception {
    if (storage != null) { // else there is no server, and the test was skipped
      storage.close();
    }
  }

  @Test
  void nothingIsCreatedUnasked() {
    assertThat(storage.schema().installed()).isEmpty();

    assertThatThrownBy(storage::stores)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("no tables " + storage.prefix() + "*")
        .hasMessageContaining("JdbcSchema.create()");
    assertThatThrownBy(storage::sink).isInstanceOf(StoreException.class);
    assertThat(storage.schema().installed()).isEmpty();
  }

  @Test
  void creatingTwiceIsCreatingOnce() throws Exception {
    storage.schema().create();
    storage.execute("INSERT INTO $held VALUES ('did:plc:a', 'https://a', null, '', 'active', 1)");

    storage.schema().create();

    assertThat(storage.schema().installed()).isEqualTo(OptionalInt.of(4));
    assertThat(storage.query("SELECT did FROM $held")).containsExactly("did:plc:a");
    assertThat(storage.stores().progress().list(1)).isEmpty();
  }

  @Test
  void severalMayCreateAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> creations = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        DataSource dataSource = storage.newDataSource();
        JdbcSchema schema = JdbcSchema.builder(dataSource).tablePrefix(storage.prefix()).build();
        creations.add(threads.submit(schema::create));
      }
      for (Future<?> creation : creations) {
        creation.get();
      }
    } finally {
      threads.shutdown();
    }

    storage.schema().validate();
  }

  @Test
  void twoPrefixesAreTwoSetsOfTables() throws Exception {
    storage.schema().create();
    String prefix = storage.prefix() + "x_";
    JdbcSchema other = JdbcSchema.builder(storage.dataSource()).tablePrefix(prefix).build();
    assertThat(other.installed()).isEmpty();

    other.create();
    storage.execute("INSERT INTO $held VALUES ('did:plc:a', 'https://a', null, '', 'active', 1)");

    assertThat(storage.query("SELECT * FROM " + prefix + "held")).isEmpty();
    other.validate();
    storage.execute("DROP VIEW " + prefix + "visible_record");
    for (String table : TestStorage.TABLES) {
      storage.execute("DROP TABLE " + prefix + table);
    }
    storage.schema().validate();
  }

  @Test
  void theScriptIsAllThatAMigrationToolNeeds() throws Exception {
    for (String statement : withoutComments(storage.schema().script()).split(";\\s*")) {
      storage.execute(statement);
    }

    storage.schema().validate();
    storage.sink().write(List.of(Records.put("a", 1, "{}")));
    assertThat(storage.query("SELECT uri FROM $record"))
        .containsExactly("at://did:plc:alice/com.example.note/a");
  }

  private static String withoutComments(String script) {
    return script.replaceAll("(?m)^\\s*--.*$", "");
  }

  @Test
  void aNewerSchemaIsRefused() throws Exception {
    storage.schema().create();
    storage.execute("INSERT INTO $schema_version VALUES (99, 0)");

    assertThatThrownBy(storage::stores)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("schema version 99, which is newer than this library knows (4)");
    assertThatThrownBy(() -> storage.schema().create())
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("99");
  }

  @Test
  void anOlderSchemaSaysWhatToDo() throws Exception {
    storage.schema().create();
    storage.execute("DELETE FROM $schema_version WHERE version = 4");

    assertThatThrownBy(storage::stores)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("version 3, but version 4 is needed; call JdbcSchema.create()");
  }

  @Test
  void whatAnOlderSchemaHoldsIsGoneOnWith() throws Exception {
    Tables tables = new Tables(storage.prefix());
    SchemaScript first =
        SchemaScript.after(0, Database.of(storage.dataSource()), tables, RecordColumn.JSONB).get(0);
    for (String statement : first.statements()) {
      storage.execute(statement);
    }
    UUID id = UUID.randomUUID();
    storage.execute(
        "INSERT INTO $job (id, type, body, state, created_at, started_at, written)"
            + " VALUES ('%s', 'repos', '{}', 'running', 1, 2, 3)".formatted(id));
    storage.execute(
        "INSERT INTO $job_source (job_id, source, next_cursor, done, discovered)"
            + " VALUES ('%s', 'relay', 'page 7', false, 7000)".formatted(id));
    storage.execute(
        "INSERT INTO $repo (job_id, did, pds, state, available_at)"
            + " VALUES ('%s', 'did:plc:a', '', 'queued', 1)".formatted(id));

    storage.schema().create();

    assertThat(storage.schema().installed()).isEqualTo(OptionalInt.of(storage.schema().version()));
    JdbcStores stores = storage.stores();
    assertThat(stores.progress().find(id).orElseThrow().counts().written()).isEqualTo(3);
    assertThat(stores.progress().discovery(id))
        .containsExactly(new DiscoveryState("relay", "page 7", false, 7000, 0, null));
    assertThat(stores.progress().holdDiscovery(id, "a", Duration.ofMinutes(1))).isTrue();
    assertThat(stores.progress().holdDiscovery(id, "b", Duration.ofMinutes(1))).isFalse();
    DiscoveryState further = new DiscoveryState("relay", "page 8", false, 8000, 1, null);
    stores.progress().saveDiscovery(id, further);
    assertThat(stores.progress().discovery(id)).containsExactly(further);
    assertThat(stores.queue().claim(id, "a", List.of(new ClaimFor(null, 9)), Duration.ofMinutes(1)))
        .hasSize(1);
  }

  @Test
  void theUriIsMadeByTheDatabaseAndMayBeIndexed() throws Exception {
    storage.schema().create();
    storage.execute("CREATE INDEX $record_uri ON $record (uri)");
    storage.sink().write(List.of(Records.put("a", 1, "{}"), Records.put("A", 1, "{}")));

    assertThat(
            storage.query(
                "SELECT rkey FROM $record WHERE uri = 'at://did:plc:alice/com.example.note/A'"))
        .containsExactly("A");
  }
}
