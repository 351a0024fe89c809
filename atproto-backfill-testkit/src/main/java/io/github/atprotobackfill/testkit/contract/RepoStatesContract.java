package io.github.atprotobackfill.testkit.contract;

import static io.github.atprotobackfill.testkit.contract.Samples.HOST;
import static io.github.atprotobackfill.testkit.contract.Samples.OTHER_HOST;
import static io.github.atprotobackfill.testkit.contract.Samples.WEIRD;
import static io.github.atprotobackfill.testkit.contract.Samples.did;
import static io.github.atprotobackfill.testkit.contract.Samples.longestDid;
import static io.github.atprotobackfill.testkit.contract.Samples.rev;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.progress.HeldRepo;
import io.github.atprotobackfill.progress.RepoStates;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.Tid;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What {@link RepoStates} promises: the last that was said of a repo, and never an older rev.
 * Extend it and give it a {@link StoreHarness}.
 */
public abstract class RepoStatesContract extends StoreContract {

  private static final Set<Nsid> POSTS = Set.of(Nsid.parse("app.bsky.feed.post"));
  private static final Set<Nsid> NOTES =
      Set.of(Nsid.parse("com.example.note"), Nsid.parse("com.example.Note"));
  private static final Instant THEN = Instant.parse("2026-02-03T04:05:06.789Z");

  private RepoStates states() {
    return stores().states();
  }

  private void save(HeldRepo... repos) {
    states().save(List.of(repos));
  }

  private HeldRepo find(Did did) {
    return Optional.ofNullable(states().find(List.of(did)).get(did)).orElseThrow();
  }

  private static HeldRepo held(int number, @Nullable Tid rev) {
    return new HeldRepo(did(number), HOST, rev, POSTS, HeldRepo.ACTIVE, THEN);
  }

  @Test
  void whatWasSavedIsFoundAndNothingElse() {
    HeldRepo all = new HeldRepo(did(1), HOST, rev(1), Set.of(), HeldRepo.ACTIVE, THEN);
    HeldRepo some = new HeldRepo(did(2), OTHER_HOST, rev(2), NOTES, HeldRepo.ACTIVE, THEN);
    HeldRepo statusOnly = new HeldRepo(did(3), HOST, null, Set.of(), WEIRD, THEN.plusMillis(1));

    save(all, some, statusOnly);

    assertThat(otherProcess().states().find(List.of(did(3), did(1), did(4), did(2), did(1))))
        .containsOnlyKeys(did(1), did(2), did(3))
        .containsEntry(did(1), all)
        .containsEntry(did(2), some)
        .containsEntry(did(3), statusOnly);
    assertThat(states().find(List.of())).isEmpty();
    assertThat(states().find(List.of(did(4)))).isEmpty();
  }

  @Test
  void aNewerReadingReplacesAllOfTheOlder() {
    save(held(1, rev(1)));
    HeldRepo newer =
        new HeldRepo(did(1), OTHER_HOST, rev(2), NOTES, HeldRepo.ACTIVE, THEN.plusSeconds(5));

    save(newer);

    assertThat(find(did(1))).isEqualTo(newer);
  }

  @Test
  void aReadingAtTheSameRevReplacesTheOneBefore() {
    save(held(1, rev(1)));
    HeldRepo again =
        new HeldRepo(did(1), HOST, rev(1), NOTES, HeldRepo.ACTIVE, THEN.plusSeconds(5));

    save(again);

    assertThat(find(did(1))).isEqualTo(again);
  }

  @Test
  void aRevNeverGoesBackwards() {
    HeldRepo newest = held(1, rev(1000));
    save(newest, held(2, rev(5)));

    save(
        new HeldRepo(did(1), OTHER_HOST, rev(999), NOTES, "takendown", THEN.plusSeconds(5)),
        held(2, rev(6)));

    assertThat(find(did(1))).isEqualTo(newest);
    assertThat(find(did(2)).rev()).isEqualTo(rev(6));
  }

  @Test
  void aStatusWithoutARevLeavesWhatIsHeld() {
    save(held(1, rev(5)));

    save(new HeldRepo(did(1), OTHER_HOST, null, Set.of(), "deactivated", THEN.plusSeconds(5)));

    assertThat(find(did(1)))
        .isEqualTo(
            new HeldRepo(did(1), OTHER_HOST, rev(5), POSTS, "deactivated", THEN.plusSeconds(5)));
  }

  @Test
  void aFirstReadingFollowsAStatusWithoutARev() {
    save(new HeldRepo(did(1), HOST, null, Set.of(), "deactivated", THEN));

    save(held(1, rev(5)));

    assertThat(find(did(1))).isEqualTo(held(1, rev(5)));
  }

  @Test
  void severalForOneRepoInOneCallAreTakenInTurn() {
    save(held(1, rev(1)), held(2, rev(1)), held(1, rev(3)), held(1, rev(2)));

    assertThat(find(did(1)).rev()).isEqualTo(rev(3));
    assertThat(find(did(2)).rev()).isEqualTo(rev(1));
  }

  @Test
  void fiveThousandAreSavedAndFoundAtOnce() {
    List<HeldRepo> many = IntStream.range(0, 5000).mapToObj(i -> held(i, rev(i))).toList();

    states().save(many);
    states().save(many);
    states().save(List.of());

    List<Did> asked = IntStream.range(0, 5500).mapToObj(Samples::did).toList();
    assertThat(states().find(asked))
        .isEqualTo(many.stream().collect(Collectors.toMap(HeldRepo::did, repo -> repo)));
  }

  @Test
  void ofSeveralThatSaveAtOnceTheNewestRevStays() throws Exception {
    AtOnce.call(
        thread -> {
          for (int i = 0; i < 25; i++) {
            int number = i * AtOnce.THREADS + thread;
            // Each thread names the repos in another order, as workers do.
            List<HeldRepo> repos =
                thread % 2 == 0
                    ? List.of(held(1, rev(number)), held(2, rev(number)))
                    : List.of(held(2, rev(number)), held(1, rev(number)));
            process(thread).states().save(repos);
          }
          return thread;
        });

    assertThat(find(did(1)).rev()).isEqualTo(rev(25 * AtOnce.THREADS - 1));
    assertThat(find(did(2)).rev()).isEqualTo(rev(25 * AtOnce.THREADS - 1));
  }

  @Test
  void didsLongAndOddAreKeptApart() {
    List<Did> dids =
        List.of(
            longestDid(),
            Did.parse(longestDid().value().substring(0, 2047)),
            Did.parse("did:web:example.com:USER"),
            Did.parse("did:web:example.com:user"));
    for (int i = 0; i < dids.size(); i++) {
      save(new HeldRepo(dids.get(i), HOST, rev(i), POSTS, HeldRepo.ACTIVE, THEN));
    }

    assertThat(states().find(dids)).hasSameSizeAs(dids);
    for (int i = 0; i < dids.size(); i++) {
      assertThat(find(dids.get(i)).rev()).isEqualTo(rev(i));
    }
  }

  @Test
  void manyCollectionsAreRemembered() {
    Set<Nsid> many =
        IntStream.range(0, 200)
            .mapToObj(i -> Nsid.parse("com.example.collection" + i + ".a" + "b".repeat(60)))
            .collect(Collectors.toSet());

    save(new HeldRepo(did(1), HOST, rev(1), many, HeldRepo.ACTIVE, THEN));

    assertThat(find(did(1)).collections()).isEqualTo(many);
  }

  @Test
  void whatIsHeldOutlivesTheProcess() throws Exception {
    save(held(1, rev(1)));

    restart();

    assertThat(find(did(1))).isEqualTo(held(1, rev(1)));
    save(held(1, rev(0)));
    assertThat(find(did(1)).rev()).isEqualTo(rev(1));
  }
}
