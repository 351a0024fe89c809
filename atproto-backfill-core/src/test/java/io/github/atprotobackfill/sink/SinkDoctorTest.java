package io.github.atprotobackfill.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import io.github.atprotobackfill.syntax.Tid;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SinkDoctorTest {

  private final List<String> stored = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();

  @Test
  void everyRecordButTheBadOnesIsWritten() throws Exception {
    Set<String> bad = Set.of("r0", "r1", "r64", "r99");
    SinkDoctor doctor = new SinkDoctor(sinkRefusing(bad));

    WriteCounts counts = doctor.writeAllButRefused(records(100), this::refuse);

    assertThat(refused).containsExactlyInAnyOrderElementsOf(bad);
    assertThat(stored).doesNotContainAnyElementsOf(bad);
    assertThat(Set.copyOf(stored)).hasSize(96);
    assertThat(counts.written()).isEqualTo(96);
  }

  @Test
  void aSinkThatTakesNothingIsAnOutageAndNoRecordIsBlamed() {
    SinkDoctor doctor =
        new SinkDoctor(
            batch -> {
              throw new IllegalStateException("disk full");
            });

    assertThatThrownBy(() -> doctor.writeAllButRefused(records(100), this::refuse))
        .isInstanceOf(SinkOutageException.class)
        .hasMessageContaining("disk full");
    assertThat(refused).isEmpty();
  }

  @Test
  void aSinkThatFallsIllInTheMiddleIsAnOutageAndNoRecordIsBlamed() {
    SinkDoctor doctor =
        new SinkDoctor(
            batch -> {
              if (batch.size() > 1 || stored.size() >= 40) {
                throw new IllegalStateException("connection lost");
              }
              batch.forEach(event -> stored.add(event.rkey().value()));
            });

    assertThatThrownBy(() -> doctor.writeAllButRefused(records(100), this::refuse))
        .isInstanceOf(SinkOutageException.class);
    assertThat(refused).isEmpty();
  }

  @Test
  void aRecordThatIsRefusedOnceByChanceIsNotBlamed() throws Exception {
    int[] calls = new int[1];
    SinkDoctor doctor =
        new SinkDoctor(
            batch -> {
              if (++calls[0] % 3 == 0) {
                throw new IllegalStateException("deadlock");
              }
              batch.forEach(event -> stored.add(event.rkey().value()));
            });
    doctor.writeAllButRefused(records(1), this::refuse);

    doctor.writeAllButRefused(records(1), this::refuse);
    doctor.writeAllButRefused(records(1), this::refuse);

    assertThat(refused).isEmpty();
    assertThat(stored).contains("r0");
  }

  private RecordSink sinkRefusing(Set<String> bad) {
    return batch -> {
      for (RecordEvent event : batch) {
        if (bad.contains(event.rkey().value())) {
          throw new IllegalArgumentException("cannot store " + event.rkey());
        }
      }
      batch.forEach(event -> stored.add(event.rkey().value()));
    };
  }

  private void refuse(RecordEvent event, io.github.atprotobackfill.failure.Failure failure) {
    assertThat(failure.message()).contains(event.uri().toString());
    refused.add(event.rkey().value());
  }

  private static List<RecordEvent> records(int count) {
    return IntStream.range(0, count)
        .<RecordEvent>mapToObj(
            i ->
                new RecordPut(
                    Did.parse("did:plc:a"),
                    Nsid.parse("com.example.note"),
                    RecordKey.parse("r" + i),
                    Cid.parse("bafyreidummydummy"),
                    Tid.parse("3jzfcijpj2z2a"),
                    RecordValue.ofJson("{}")))
        .toList();
  }
}
