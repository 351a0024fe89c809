package io.github.atprotobackfill.testkit.contract;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.lang.reflect.Method;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** Runs a contract inside a test, to see which of its tests fail. */
final class Red {

  private Red() {}

  /** The names of the tests of {@code contract} that failed. */
  static Set<String> testsOf(Class<?> contract) {
    Set<String> failed = new TreeSet<>();
    EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(contract))
        .execute()
        .testEvents()
        .failed()
        .map(Red::methodName)
        .forEach(failed::add);
    return failed;
  }

  private static String methodName(Event event) {
    return ((MethodSource) event.getTestDescriptor().getSource().orElseThrow()).getMethodName();
  }

  /** The names of all tests of {@code contract}. */
  static Set<String> allTestsOf(Class<?> contract) {
    Set<String> all = new TreeSet<>();
    for (Class<?> type = contract; type != null; type = type.getSuperclass()) {
      for (Method method : type.getDeclaredMethods()) {
        if (method.isAnnotationPresent(Test.class)) {
          all.add(method.getName());
        }
      }
    }
    return all;
  }
}
