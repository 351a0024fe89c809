package io.github.atprotobackfill.repo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class RepoLimitsTest {

  private static final RepoLimits DEFAULT = RepoLimits.DEFAULT;

  @Test
  void eachLimitIsChangedAlone() {
    RepoLimits each =
        DEFAULT
            .withCarBytes(1)
            .withHeaderBytes(2)
            .withBlocks(3)
            .withBlockBytes(4)
            .withNodeEntries(5)
            .withPathBytes(6)
            .withDepth(7);

    assertThat(each).isEqualTo(new RepoLimits(1, 2, 3, 4, 5, 6, 7));
  }

  @Test
  void aLimitIsPositiveAndNotAbsurd() {
    List<UnaryOperator<RepoLimits>> wrong =
        List.of(
            limits -> limits.withCarBytes(0),
            limits -> limits.withCarBytes(BlockIndex.MOST_BYTES + 1),
            limits -> limits.withHeaderBytes(0),
            limits -> limits.withBlocks(0),
            limits -> limits.withBlocks(BlockIndex.MOST_BLOCKS + 1),
            limits -> limits.withBlockBytes(0),
            limits -> limits.withBlockBytes(Integer.MAX_VALUE),
            limits -> limits.withNodeEntries(-1),
            limits -> limits.withPathBytes(0),
            limits -> limits.withDepth(0),
            limits -> limits.withDepth(130));

    assertThat(wrong)
        .allSatisfy(
            change -> assertThatIllegalArgumentException().isThrownBy(() -> change.apply(DEFAULT)));
  }

  @Test
  void memoryIsNotNegative() {
    assertThatIllegalArgumentException().isThrownBy(() -> RepoReader.builder().inMemoryBytes(-1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RepoReader.builder().inMemoryBytes(Integer.MAX_VALUE));
    assertThatIllegalArgumentException().isThrownBy(() -> RepoReader.builder().memoryBytes(-1));
  }
}
