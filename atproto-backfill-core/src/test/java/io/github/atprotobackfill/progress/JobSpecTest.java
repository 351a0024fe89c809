package io.github.atprotobackfill.progress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JobSpecTest {

  @Test
  void theDigestIsStoredAndSoNeverChanges() {
    assertThat(new JobSpec("repos", "{\"repos\":[]}").digest())
        .isEqualTo("a28968af90a8bf9a15c03df9c52bb6906d00216b92228e6fbc68635bb480b6a7");
  }

  @Test
  void whereTypeAndBodyMeetMakesADifference() {
    assertThat(new JobSpec("ab", "c").digest()).isNotEqualTo(new JobSpec("a", "bc").digest());
  }
}
