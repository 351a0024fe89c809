package io.github.atprotobackfill.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A contract that turns red on whatever is broken on purpose: each of its tests on one fault at
 * least, and none on what is sound.
 *
 * @param <B> what breaks the thing that the contract is about
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RedContract<B> {

  /** One way of being broken. */
  interface Fault<B> {

    B broken();

    /** The tests that must fail. */
    Set<String> red();
  }

  private final Class<?> contract;
  private final List<? extends Fault<B>> faults;
  private final B sound;
  private final Consumer<B> use;

  /**
   * @param sound what breaks nothing
   * @param use lets the contract run on what this breaks
   */
  RedContract(Class<?> contract, Fault<B>[] faults, B sound, Consumer<B> use) {
    this.contract = contract;
    this.faults = List.of(faults);
    this.sound = sound;
    this.use = use;
  }

  List<? extends Fault<B>> faults() {
    return faults;
  }

  @ParameterizedTest
  @MethodSource("faults")
  void theContractTurnsRed(Fault<B> fault) {
    assertThat(redWith(fault.broken())).containsAll(fault.red());
  }

  @Test
  void everyTestOfTheContractCanFailAndPass() {
    Set<String> canFail = new TreeSet<>();
    faults.forEach(fault -> canFail.addAll(fault.red()));
    assertThat(canFail).isEqualTo(Red.allTestsOf(contract));
    assertThat(redWith(sound)).isEmpty();
  }

  private Set<String> redWith(B broken) {
    use.accept(broken);
    return Red.testsOf(contract);
  }
}
