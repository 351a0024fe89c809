package io.github.atprotobackfill.progress;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Tid;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueueSlotTest {

  private static QueueSlot slot(String did, @Nullable Tid rev) {
    QueueSlot slot = new QueueSlot(Did.parse(did));
    slot.setRev(rev);
    return slot;
  }

  @ParameterizedTest
  @ValueSource(strings = {"2222222222222", "3jzfcijpj2z2a", "7zzzzzzzzzzzz", "jzzzzzzzzzzzz"})
  void anyRevComesBackAsItWas(String rev) {
    assertThat(slot("did:web:example.com", Tid.parse(rev)).rev()).isEqualTo(Tid.parse(rev));
  }

  @Test
  void noRevIsNotTheFirstRev() {
    assertThat(slot("did:web:example.com", null).rev()).isNull();
  }

  @Test
  void slotsAreEqualAndOrderedAsTheirDids() {
    String[] dids = {"did:web:a", "did:web:A", "did:web:a.b", "did:plc:zz", "did:web:a%3A1"};

    assertThat(Stream.of(dids).map(did -> slot(did, null)).sorted().map(QueueSlot::did))
        .containsExactlyElementsOf(Stream.of(dids).map(Did::parse).sorted().toList());
    assertThat(new QueueSlot(Did.parse("did:web:a")))
        .isEqualTo(slot("did:web:a", Tid.parse("3jzfcijpj2z2a")))
        .hasSameHashCodeAs(slot("did:web:a", null))
        .isNotEqualTo(slot("did:web:A", null));
  }
}
