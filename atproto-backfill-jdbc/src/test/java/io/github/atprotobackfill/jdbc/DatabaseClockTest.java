package io.github.atprotobackfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.progress.ClaimFor;
import io.github.atprotobackfill.progress.JobSpec;
import io.github.atprotobackfill.progress.QueuedRepo;
import io.github.atprotobackfill.syntax.Did;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TimeZone;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Times mean the same whatever time zones the JVM and the sessions are in. */
@ParameterizedClass
@EnumSource(TestStorage.Kind.class)
class DatabaseClockTest {

  private static final String EAST = "Pacific/Kiritimati";
  private static final String WEST = "Pacific/Niue";
  private static final List<ClaimFor> ONE = List.of(new ClaimFor(null, 1));

  @Parameter private TestStorage.Kind kind;

  private TestStorage storage;
  private TimeZone before;

  @BeforeEach
  void openStorage() {
    before = TimeZone.getDefault();
    storage = TestStorage.withSchema(kind);
  }

  @AfterEach
  void closeStorage() throws Exception {
    TimeZone.setDefault(before);
    if (storage != null) { // else there is no server, and the test was skipped
      storage.close();
    }
  }

  private JdbcStores inZones(String jvm, String session) {
    TimeZone.setDefault(TimeZone.getTimeZone(jvm));
    DataSource dataSource = storage.newDataSource(session);
    return storage.stores(dataSource);
  }

  @Test
  void aLeaseLastsAsLongInAnyTimeZone() {
    JdbcStores east = inZones(WEST, EAST);
    UUID job = east.progress().open(new JobSpec("collections", "{}")).id();
    east.queue().enqueue(job, List.of(new QueuedRepo(Did.parse("did:plc:a"), null, null)));

    JdbcStores west = inZones(EAST, WEST);
    assertThat(west.queue().claim(job, "west", ONE, Duration.ofMinutes(5))).hasSize(1);

    assertThat(inZones(WEST, EAST).queue().claim(job, "east", ONE, Duration.ofMinutes(5)))
        .isEmpty();
    assertThat(inZones(EAST, EAST).queue().stats(job).nextIn().orElseThrow())
        .isBetween(Duration.ofMinutes(4), Duration.ofMinutes(5));
  }

  @Test
  void momentsAreThoseOfTheWorld() throws Exception {
    JdbcStores east = inZones(WEST, EAST);
    Instant now = Instant.now();

    UUID job = east.progress().open(new JobSpec("collections", "{}")).id();

    assertThat(inZones(EAST, WEST).progress().find(job).orElseThrow().createdAt())
        .isBetween(now.minusSeconds(60), now.plusSeconds(60));
    long applied = Long.parseLong(storage.query("SELECT applied_at FROM $schema_version").get(0));
    assertThat(Instant.ofEpochMilli(applied)).isBetween(now.minusSeconds(600), now.plusSeconds(60));
  }
}
