package io.github.atprotobackfill.testkit.contract;

import io.github.atprotobackfill.progress.HeldRepo;
import io.github.atprotobackfill.progress.InMemoryStores;
import io.github.atprotobackfill.progress.RepoStates;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The contract of repo states turns red on each of these. */
class BrokenRepoStatesTest extends RedContract<UnaryOperator<RepoStates>> {

  BrokenRepoStatesTest() {
    super(Contract.class, Fault.values(), UnaryOperator.identity(), broken -> current = broken);
  }

  enum Fault implements RedContract.Fault<UnaryOperator<RepoStates>> {
    LAST_WRITE_WINS(
        PlainMap::new,
        "aRevNeverGoesBackwards",
        "aStatusWithoutARevLeavesWhatIsHeld",
        "severalForOneRepoInOneCallAreTakenInTurn"),
    NEVER_REPLACES(
        sound ->
            new Changed(sound, repo -> sound.find(List.of(repo.did())).isEmpty() ? repo : null),
        "aNewerReadingReplacesAllOfTheOlder",
        "aReadingAtTheSameRevReplacesTheOneBefore",
        "aFirstReadingFollowsAStatusWithoutARev",
        "ofSeveralThatSaveAtOnceTheNewestRevStays"),
    NEVER_REPLACES_THE_SAME_REV(
        sound ->
            new Changed(
                sound,
                repo -> {
                  HeldRepo held = sound.find(List.of(repo.did())).get(repo.did());
                  return held != null && repo.rev() != null && repo.rev().equals(held.rev())
                      ? null
                      : repo;
                }),
        "aReadingAtTheSameRevReplacesTheOneBefore"),
    KEEPS_THE_FIRST_COLLECTIONS_ONLY(
        sound ->
            new Changed(
                sound,
                repo ->
                    with(repo, repo.collections().stream().limit(50).collect(Collectors.toSet()))),
        "manyCollectionsAreRemembered"),
    SAVES_A_THOUSAND_AT_MOST(
        sound ->
            new ForwardingStores.States(sound) {
              @Override
              public void save(List<HeldRepo> repos) {
                super.save(repos.subList(0, Math.min(1000, repos.size())));
              }
            },
        "fiveThousandAreSavedAndFoundAtOnce"),
    IGNORES_CASE(
        sound ->
            new ForwardingStores.States(sound) {
              @Override
              public Map<Did, HeldRepo> find(Collection<Did> dids) {
                Map<Did, HeldRepo> found = new HashMap<>();
                for (Did did : dids) {
                  sound.find(List.of(lower(did))).values().forEach(held -> found.put(did, held));
                }
                return found;
              }

              @Override
              public void save(List<HeldRepo> repos) {
                super.save(repos.stream().map(repo -> with(repo, lower(repo.did()))).toList());
              }
            },
        "didsLongAndOddAreKeptApart"),
    FINDS_NOTHING(
        sound ->
            new ForwardingStores.States(sound) {
              @Override
              public Map<Did, HeldRepo> find(Collection<Did> dids) {
                return Map.of();
              }
            },
        "whatWasSavedIsFoundAndNothingElse"),
    LIVES_IN_THE_PROCESS(
        sound -> new InMemoryStores().states(),
        "whatWasSavedIsFoundAndNothingElse",
        "whatIsHeldOutlivesTheProcess");

    private final UnaryOperator<RepoStates> broken;
    private final Set<String> red;

    Fault(UnaryOperator<RepoStates> broken, String... red) {
      this.broken = broken;
      this.red = Set.of(red);
    }

    @Override
    public UnaryOperator<RepoStates> broken() {
      return broken;
    }

    @Override
    public Set<String> red() {
      return red;
    }
  }

  private static UnaryOperator<RepoStates> current = UnaryOperator.identity();

  static final class Contract extends RepoStatesContract {
    @Override
    protected StoreHarness newHarness() {
      return new BrokenHarness(
          (sound, clock) ->
              new ForwardingStores(sound.progress(), sound.queue(), current.apply(sound.states())));
    }
  }

  /** Whatever is saved replaces what was there. */
  private static final class PlainMap extends ForwardingStores.States {

    private final Map<Did, HeldRepo> repos = new ConcurrentHashMap<>();

    PlainMap(RepoStates sound) {
      super(sound);
    }

    @Override
    public Map<Did, HeldRepo> find(Collection<Did> dids) {
      Map<Did, HeldRepo> found = new HashMap<>(repos);
      found.keySet().retainAll(dids);
      return found;
    }

    @Override
    public void save(List<HeldRepo> saved) {
      saved.forEach(repo -> repos.put(repo.did(), repo));
    }
  }

  /** Saves what {@code change} makes of each repo, nothing where that is null. */
  private static final class Changed extends ForwardingStores.States {

    private final UnaryOperator<HeldRepo> change;

    Changed(RepoStates sound, UnaryOperator<HeldRepo> change) {
      super(sound);
      this.change = change;
    }

    @Override
    public void save(List<HeldRepo> repos) {
      List<HeldRepo> changed = new ArrayList<>();
      for (HeldRepo repo : repos) {
        HeldRepo next = change.apply(repo);
        if (next != null) {
          changed.add(next);
        }
      }
      sound.save(changed);
    }
  }

  private static Did lower(Did did) {
    return Did.parse(did.value().toLowerCase(Locale.ROOT));
  }

  private static HeldRepo with(HeldRepo repo, Did did) {
    return new HeldRepo(
        did, repo.pds(), repo.rev(), repo.collections(), repo.status(), repo.verifiedAt());
  }

  private static HeldRepo with(HeldRepo repo, Set<Nsid> collections) {
    return new HeldRepo(
        repo.did(), repo.pds(), repo.rev(), collections, repo.status(), repo.verifiedAt());
  }
}
