package io.github.atprotobackfill;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReadingPositionTest {

  @Test
  void withoutRefusalsTheFetchersPositionIsStoredAsItIs() {
    String stored = ReadingPosition.decode(null).encode("{\"v\":1}");
    assertThat(stored).isEqualTo("{\"v\":1}");
    assertThat(ReadingPosition.decode(stored).fetcher()).isEqualTo("{\"v\":1}");
  }

  @Test
  void refusalsSurviveARestart() {
    ReadingPosition before =
        ReadingPosition.decode("p1").refusing(1, "first reason").refusing(2, "second");

    ReadingPosition after = ReadingPosition.decode(before.encode("p2\nwith a line"));

    assertThat(after).isEqualTo(new ReadingPosition("p2\nwith a line", 3, "first reason"));
  }
}
