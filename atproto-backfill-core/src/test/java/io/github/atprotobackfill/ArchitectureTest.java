package io.github.atprotobackfill;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaModifier.FINAL;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.core.domain.JavaModifier.SYNCHRONIZED;
import static com.tngtech.archunit.core.domain.properties.HasModifiers.Predicates.modifier;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.github.atprotobackfill.failure.BackfillException;
import io.github.atprotobackfill.progress.AtomicScope;
import io.github.atprotobackfill.progress.ProgressStore;
import io.github.atprotobackfill.progress.RepoStates;
import io.github.atprotobackfill.progress.WorkQueue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/**
 * Holds the floors of the house: an arrow points only down.
 *
 * <pre>
 * floor 3   (root)    the engine and what a host calls
 * floor 2   source   identity   fetch   sink   progress
 * floor 1   xrpc
 * floor 0   syntax   failure
 * </pre>
 */
@AnalyzeClasses(packages = ArchitectureTest.ROOT, importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  static final String ROOT = "io.github.atprotobackfill";

  @ArchTest static final ArchRule failure = only("failure");
  @ArchTest static final ArchRule syntax = only("syntax", "failure");
  @ArchTest static final ArchRule xrpc = only("xrpc", "syntax", "failure");
  @ArchTest static final ArchRule repo = only("repo", "syntax", "failure");
  @ArchTest static final ArchRule identity = only("identity", "xrpc", "repo", "syntax", "failure");
  @ArchTest static final ArchRule source = only("source", "xrpc", "syntax", "failure");
  @ArchTest static final ArchRule progress = only("progress", "xrpc", "syntax", "failure");

  @ArchTest
  static final ArchRule fetch = only("fetch", "sink", "xrpc", "repo", "syntax", "failure");

  @ArchTest static final ArchRule sink = only("sink", "progress", "repo", "syntax", "failure");

  @ArchTest
  static final ArchRule aSinkKnowsOfProgressOnlyThatWritesCanBeMadeOne =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".sink..")
          .should()
          .dependOnClassesThat(
              resideInAPackage(ROOT + ".progress..")
                  .and(not(belongTo(equivalentTo(AtomicScope.class)))));

  @ArchTest
  static final ArchRule curvesAreTheRepositorysAffair =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".repo..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.bouncycastle..");

  @ArchTest
  static final ArchRule packagesAreFreeOfCycles =
      slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule aPackageIsNamedAfterItsConcept =
      noClasses()
          .should()
          .resideInAnyPackage(
              "..util..", "..utils..", "..common..", "..manager..", "..helper..", "..impl..");

  @ArchTest
  static final ArchRule blockingCallsAreGuardedByLocksThatDoNotPinThreads =
      methods().should().notHaveModifier(SYNCHRONIZED);

  /** Checked ones that never leave their package are its own affair. */
  @ArchTest
  static final ArchRule whatMayReachAHostHasOneRootOfExceptions =
      classes()
          .that(
              assignableTo(RuntimeException.class)
                  .or(assignableTo(Throwable.class).and(modifier(PUBLIC))))
          .should()
          .beAssignableTo(BackfillException.class);

  @ArchTest
  static final ArchRule whatAHostSeesIsNotToBeExtended =
      classes()
          .that()
          .arePublic()
          .and()
          .areNotInterfaces()
          .and()
          .areNotEnums()
          .and()
          .doNotBelongToAnyOf(BackfillException.class)
          .should()
          .haveModifier(FINAL);

  @ArchTest
  static final ArchRule timeIsInjected =
      noClasses()
          .should()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis");

  @ArchTest static final ArchRule nothingIsPrinted = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

  @ArchTest static final ArchRule slf4jIsTheLog = NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

  @ArchTest
  static void everyPackageSaysWhatMayBeNull(JavaClasses classes) {
    assertThat(packagesOf(classes))
        .isNotEmpty()
        .allSatisfy(each -> assertThat(each.isAnnotatedWith(NullMarked.class)).isTrue());
  }

  @ArchTest
  static void aStoreIsSmallEnoughToBeWritten(JavaClasses classes) {
    assertThat(List.of(ProgressStore.class, WorkQueue.class, RepoStates.class))
        .allSatisfy(port -> assertThat(port.getDeclaredMethods()).hasSizeLessThanOrEqualTo(10));
  }

  /** Class files do not tell of synchronized blocks, so the sources are asked. */
  @ArchTest
  static void noBlockIsSynchronized(JavaClasses classes) throws IOException {
    Pattern block = Pattern.compile("\\bsynchronized\\s*\\(");
    try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
      List<Path> java = sources.filter(file -> file.toString().endsWith(".java")).toList();
      assertThat(java)
          .isNotEmpty()
          .allSatisfy(file -> assertThat(Files.readString(file)).doesNotContainPattern(block));
    }
  }

  /**
   * Of this project, {@code packageName} uses itself and {@code below}; of others, the JDK and the
   * five libraries that core may depend on.
   */
  private static ArchRule only(String packageName, String... below) {
    Stream<String> ours =
        Stream.concat(Stream.of(packageName), Stream.of(below))
            .map(name -> ROOT + "." + name + "..");
    Stream<String> theirs =
        Stream.of(
            "java..",
            "javax.naming..",
            "javax.net..",
            "com.fasterxml.jackson..",
            "com.github.benmanes.caffeine..",
            "org.bouncycastle..",
            "org.jspecify..",
            "org.slf4j..");
    return classes()
        .that()
        .resideInAPackage(ROOT + "." + packageName + "..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(Stream.concat(ours, theirs).toArray(String[]::new));
  }

  private static Set<JavaPackage> packagesOf(JavaClasses classes) {
    return classes.stream().map(JavaClass::getPackage).collect(Collectors.toSet());
  }
}
