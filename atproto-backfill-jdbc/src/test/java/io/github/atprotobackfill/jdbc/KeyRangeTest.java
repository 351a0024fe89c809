package io.github.atprotobackfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.sink.RecordDelete;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyRangeTest {

  private static RecordDelete record(String did, String collection, String rkey) {
    return new RecordDelete(
        Did.parse(did), Nsid.parse(collection), RecordKey.parse(rkey), Records.rev(1));
  }

  @Test
  void aRangeIsFromTheFirstCollectionsFirstKeyToTheLastsLast() {
    RecordDelete first = record("did:plc:a", "com.example.Note", "z");
    RecordDelete last = record("did:plc:a", "com.example.note", "a");

    assertThat(
            KeyRange.of(
                List.of(
                    record("did:plc:a", "com.example.note", "Z"),
                    last,
                    first,
                    record("did:plc:a", "com.example.note", "9"))))
        .containsExactly(new KeyRange(first, last));
  }

  @Test
  void eachRepoHasARangeOfItsOwn() {
    RecordDelete a1 = record("did:plc:a", "com.example.note", "1");
    RecordDelete a2 = record("did:plc:a", "com.example.note", "2");
    RecordDelete b = record("did:plc:b", "com.example.note", "3");

    assertThat(KeyRange.of(List.of(a2, b, a1)))
        .containsExactly(new KeyRange(a1, a2), new KeyRange(b, b));
  }
}
