package io.github.atprotobackfill.testkit.contract;

import io.github.atprotobackfill.progress.AtomicScope;
import io.github.atprotobackfill.progress.ClaimFor;
import io.github.atprotobackfill.progress.InMemoryStores;
import io.github.atprotobackfill.progress.Lease;
import io.github.atprotobackfill.progress.LeaseUpdate;
import io.github.atprotobackfill.progress.QueueStats;
import io.github.atprotobackfill.progress.QueuedRepo;
import io.github.atprotobackfill.progress.RepoEntry;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.progress.WorkQueue;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.testkit.contract.BrokenQueues.ChangedLeases;
import io.github.atprotobackfill.testkit.contract.BrokenQueues.ChangedUpdates;
import io.github.atprotobackfill.testkit.contract.BrokenQueues.GivesAgain;
import io.github.atprotobackfill.testkit.contract.BrokenQueues.JudgesByTime;
import io.github.atprotobackfill.testkit.contract.BrokenQueues.NewestFirst;
import io.github.atprotobackfill.testkit.contract.BrokenQueues.NoFence;
import io.github.atprotobackfill.testkit.contract.BrokenQueues.Scoped;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The contract of work queues turns red on each of these. */
class BrokenWorkQueueTest extends RedContract<BiFunction<WorkQueue, InstantSource, WorkQueue>> {

  BrokenWorkQueueTest() {
    super(Contract.class, Fault.values(), (sound, clock) -> sound, broken -> current = broken);
  }

  private static final UUID ONE_FOR_ALL = new UUID(0, 0);

  enum Fault implements RedContract.Fault<BiFunction<WorkQueue, InstantSource, WorkQueue>> {
    NO_FENCE(
        NoFence::new,
        "aStaleUpdateIsRefusedAndTheOthersOfTheCallStand",
        "noKindOfUpdatePassesAStaleFence",
        "everyRepoIsDoneOnceThoughWorkersDie"),
    THE_SAME_FENCE_AGAIN(
        sound -> new ChangedLeases(new NoFence(sound), lease -> BrokenQueues.withFence(lease, 1)),
        "aLeaseThatRanOutIsTakenOverWithAGreaterFence",
        "aReleasedRepoMayBeClaimedAtOnceAndIsChargedNothing",
        "everyRepoIsDoneOnceThoughWorkersDie"),
    GIVES_ONE_TO_TWO(
        GivesAgain::new,
        "noRepoIsGivenToTwoAtOnce",
        "severalTakeOverTheLeasesOfADeadOneAndEachRepoGoesToOne",
        "noMoreAreClaimedThanWanted",
        "theQueuesOfTwoJobsAreApart"),
    LEASES_NEVER_END(
        sound ->
            new ForwardingStores.Queue(sound) {
              @Override
              public List<Lease> claim(
                  UUID job, String worker, List<ClaimFor> wanted, Duration lasts) {
                return sound.claim(job, worker, wanted, Duration.ofDays(1000));
              }
            },
        "aLeaseThatRanOutIsTakenOverWithAGreaterFence",
        "severalTakeOverTheLeasesOfADeadOneAndEachRepoGoesToOne",
        "whoTakesOverGoesOnAtTheLastCheckpoint",
        "everyRepoIsDoneOnceThoughWorkersDie"),
    REFUSES_THE_NEWEST_FENCE_ONCE_TIME_IS_OVER(
        JudgesByTime::new, "aLeaseThatRanOutButWasNotTakenOverStillCounts"),
    RENEWS_NOTHING(
        sound ->
            new ChangedUpdates(
                sound, update -> update instanceof LeaseUpdate.Renew ? null : update),
        "renewingGivesTheFullTimeAgain"),
    CHECKPOINTS_END_THE_LEASE(
        sound ->
            new ChangedUpdates(
                sound,
                update ->
                    update instanceof LeaseUpdate.Checkpoint checkpoint
                        ? new LeaseUpdate.Checkpoint(
                            BrokenQueues.lasting(checkpoint.lease(), Duration.ZERO),
                            checkpoint.position())
                        : update),
        "renewingGivesTheFullTimeAgain",
        "aLeaseThatRanOutButWasNotTakenOverStillCounts"),
    FORGETS_POSITIONS(
        sound ->
            new ChangedUpdates(
                sound,
                update ->
                    update instanceof LeaseUpdate.Checkpoint checkpoint
                        ? new LeaseUpdate.Renew(checkpoint.lease())
                        : update),
        "whoTakesOverGoesOnAtTheLastCheckpoint",
        "aReleasedRepoMayBeClaimedAtOnceAndIsChargedNothing",
        "anyTextComesBackAsItWas",
        "queueAndLeasesOutliveTheProcess"),
    ALWAYS_KEEPS_POSITIONS(
        ofReleases(
            release ->
                new LeaseUpdate.Release(release.lease(), release.pds(), release.after(), true)),
        "aReleaseMayForgetThePositionAndChangeTheHost"),
    CHARGES_RELEASES(
        ofReleases(
            release ->
                new LeaseUpdate.Retry(
                    release.lease(), release.pds(), release.after(), BrokenQueues.FAILURE)),
        "aReleasedRepoMayBeClaimedAtOnceAndIsChargedNothing"),
    CHARGES_NOTHING(
        ofRetries(
            retry -> new LeaseUpdate.Release(retry.lease(), retry.pds(), retry.after(), true)),
        "aRetryIsChargedAndWaits",
        "anyTextComesBackAsItWas",
        "statsTellHowManyStandWhereAndWhenTheNextMayBeClaimed"),
    RELEASES_DO_NOT_WAIT(
        ofReleases(
            release ->
                new LeaseUpdate.Release(
                    release.lease(), release.pds(), Duration.ZERO, release.keepPosition())),
        "aReleaseMayHaveToWait",
        "statsTellHowManyStandWhereAndWhenTheNextMayBeClaimed"),
    RETRIES_DO_NOT_WAIT(
        ofRetries(
            retry ->
                new LeaseUpdate.Retry(retry.lease(), retry.pds(), Duration.ZERO, retry.failure())),
        "aRetryIsChargedAndWaits"),
    REPOS_STAY_AT_THEIR_HOST(
        ofReleases(
            release ->
                new LeaseUpdate.Release(
                    release.lease(),
                    release.lease().pds(),
                    release.after(),
                    release.keepPosition())),
        "aReleaseMayForgetThePositionAndChangeTheHost"),
    NEWEST_FIRST(
        NewestFirst::new,
        "thoseThatWaitLongestComeFirst",
        "aRepoThatFailsAgainAndAgainGoesBehindThoseThatAreReady"),
    TERMINAL_IS_NOT_FINAL(
        sound ->
            new ChangedUpdates(
                sound,
                update ->
                    update instanceof LeaseUpdate.Done done
                        ? new LeaseUpdate.Renew(done.lease())
                        : update),
        "aRepoThatEndedIsNeverClaimedOrChangedAgain",
        "aRepoIsNotQueuedAgainWhateverBecameOfIt",
        "whatBecameOfEachRepoCanBeListed"),
    ONE_LOST_LOSES_ALL(
        sound ->
            new ForwardingStores.Queue(sound) {
              @Override
              public Set<Did> apply(UUID job, List<LeaseUpdate> updates) {
                List<LeaseUpdate> renewals =
                    updates.stream()
                        .map(update -> (LeaseUpdate) new LeaseUpdate.Renew(update.lease()))
                        .toList();
                Set<Did> lost = sound.apply(job, renewals);
                return lost.isEmpty() ? sound.apply(job, updates) : lost;
              }
            },
        "aStaleUpdateIsRefusedAndTheOthersOfTheCallStand",
        "anUpdateOfARepoThatIsNotInTheJobIsLost"),
    TELLS_OF_NO_LOSS(
        sound ->
            new ForwardingStores.Queue(sound) {
              @Override
              public Set<Did> apply(UUID job, List<LeaseUpdate> updates) {
                sound.apply(job, updates);
                return Set.of();
              }
            },
        "aStaleUpdateIsRefusedAndTheOthersOfTheCallStand",
        "aLeaseIsOverOnceTheRepoWasReleasedOrPutOff",
        "aRepoThatEndedIsNeverClaimedOrChangedAgain",
        "anUpdateOfARepoThatIsNotInTheJobIsLost",
        "everyRepoIsDoneOnceThoughWorkersDie"),
    CLOCK_GOES_BACKWARDS(
        sound ->
            new ForwardingStores.Queue(sound) {
              private Instant last = Instant.now();

              @Override
              public Instant now(UUID job) {
                last = last.minusSeconds(1);
                return last;
              }
            },
        "allProcessesHaveOneClockAndItGoesForward"),
    FORGETS_NOTHING(
        sound ->
            new ForwardingStores.Queue(sound) {
              @Override
              public void forget(UUID job) {}
            },
        "whatIsForgottenMayBeQueuedAgainAndOtherJobsStand"),
    LOSES_WHAT_IS_QUEUED(
        sound ->
            new ForwardingStores.Queue(sound) {
              @Override
              public int enqueue(UUID job, List<QueuedRepo> repos) {
                return sound.enqueue(job, repos.subList(0, Math.min(1000, repos.size())));
              }
            },
        "fiveThousandReposGoInAtOnce"),
    COUNTS_DUPLICATES_AS_NEW(
        sound ->
            new ForwardingStores.Queue(sound) {
              @Override
              public int enqueue(UUID job, List<QueuedRepo> repos) {
                sound.enqueue(job, repos);
                return repos.size();
              }
            },
        "enqueueTellsHowManyWereNew",
        "ofDuplicatesInOneCallTheFirstStands",
        "aRepoIsNotQueuedAgainWhateverBecameOfIt",
        "reposThatSeveralDiscoverAtOnceAreNewOnce"),
    MIXES_JOBS(
        sound ->
            new ForwardingStores.Queue(sound) {
              @Override
              public int enqueue(UUID job, List<QueuedRepo> repos) {
                return sound.enqueue(ONE_FOR_ALL, repos);
              }

              @Override
              public List<Lease> claim(
                  UUID job, String worker, List<ClaimFor> wanted, Duration lasts) {
                return sound.claim(ONE_FOR_ALL, worker, wanted, lasts);
              }

              @Override
              public QueueStats stats(UUID job) {
                return sound.stats(ONE_FOR_ALL);
              }
            },
        "theQueuesOfTwoJobsAreApart"),
    KNOWS_HOSTS_BY_NAME_ONLY(
        sound ->
            new ForwardingStores.Queue(sound) {
              @Override
              public int enqueue(UUID job, List<QueuedRepo> repos) {
                return sound.enqueue(
                    job,
                    repos.stream()
                        .map(repo -> new QueuedRepo(repo.did(), byName(repo.pds()), repo.rev()))
                        .toList());
              }

              @Override
              public List<Lease> claim(
                  UUID job, String worker, List<ClaimFor> wanted, Duration lasts) {
                List<ClaimFor> byName =
                    wanted.stream()
                        .map(host -> new ClaimFor(byName(host.pds()), host.most()))
                        .toList();
                return sound.claim(job, worker, byName, lasts);
              }

              private static @Nullable ServiceUrl byName(@Nullable ServiceUrl pds) {
                return pds == null ? null : new ServiceUrl(pds.scheme(), pds.host(), -1);
              }
            },
        "reposAreClaimedUnderTheirOwnHostOnly"),
    SERVES_THE_FIRST_HOST_ONLY(
        sound ->
            new ForwardingStores.Queue(sound) {
              @Override
              public List<Lease> claim(
                  UUID job, String worker, List<ClaimFor> wanted, Duration lasts) {
                return sound.claim(job, worker, wanted.stream().limit(1).toList(), lasts);
              }
            },
        "severalHostsAreClaimedForInOneCall"),
    FORGETS_REVS(
        sound -> new ChangedLeases(sound, BrokenQueues::withoutRev), "aLeaseSaysWhatWasQueued"),
    LISTS_IGNORING_CASE(
        sound ->
            new ForwardingStores.Queue(sound) {
              @Override
              public List<RepoEntry> repos(
                  UUID job, Set<RepoState> states, @Nullable Did after, int most) {
                return sound.repos(job, states, null, Integer.MAX_VALUE).stream()
                    .sorted(Comparator.comparing(entry -> lower(entry.did())))
                    .filter(
                        entry -> after == null || lower(entry.did()).compareTo(lower(after)) > 0)
                    .limit(most)
                    .toList();
              }
            },
        "reposAreListedByPagesInTheOrderOfTheirDids"),
    IGNORES_CASE(ofDids(BrokenWorkQueueTest::lower), "didsThatDifferInCaseAreDifferentRepos"),
    CUTS_DIDS(
        ofDids(did -> Did.parse(did.value().substring(0, Math.min(did.value().length(), 255)))),
        "theLongestDidIsARepoLikeAnyOther"),
    LOSES_LETTERS(
        sound -> new ChangedLeases(sound, BrokenQueues::inAscii), "anyTextComesBackAsItWas"),
    CANNOT_TELL_WHEN(
        sound ->
            new ForwardingStores.Queue(sound) {
              @Override
              public QueueStats stats(UUID job) {
                return new QueueStats(sound.stats(job).repos(), Optional.of(Duration.ZERO));
              }
            },
        "statsTellHowManyStandWhereAndWhenTheNextMayBeClaimed"),
    LIVES_IN_THE_PROCESS(
        (sound, clock) -> new InMemoryStores(clock).queue(), "queueAndLeasesOutliveTheProcess"),
    SCOPE_LETS_STAND_WHAT_FAILED(
        sound ->
            new Scoped(sound) {
              @Override
              public <T> T run(Callable<T> work) throws Exception {
                return work.call();
              }
            },
        "ofAnAtomicScopeThatThrowsNothingStands"),
    SCOPE_JOINS_NOTHING(
        sound ->
            new Scoped(sound) {
              @Override
              public boolean joins(AtomicScope other) {
                return false;
              }
            },
        "ofAnAtomicScopeThatReturnsEverythingStands");

    private final BiFunction<WorkQueue, InstantSource, WorkQueue> broken;
    private final Set<String> red;

    Fault(UnaryOperator<WorkQueue> broken, String... red) {
      this((sound, clock) -> broken.apply(sound), red);
    }

    Fault(BiFunction<WorkQueue, InstantSource, WorkQueue> broken, String... red) {
      this.broken = broken;
      this.red = Set.of(red);
    }

    @Override
    public BiFunction<WorkQueue, InstantSource, WorkQueue> broken() {
      return broken;
    }

    @Override
    public Set<String> red() {
      return red;
    }
  }

  private static BiFunction<WorkQueue, InstantSource, WorkQueue> current = (sound, clock) -> sound;

  static final class Contract extends WorkQueueContract {
    @Override
    protected StoreHarness newHarness() {
      return new BrokenHarness(
          (sound, clock) ->
              new ForwardingStores(
                  sound.progress(), current.apply(sound.queue(), clock), sound.states()));
    }
  }

  private static UnaryOperator<WorkQueue> ofReleases(
      Function<LeaseUpdate.Release, LeaseUpdate> change) {
    return sound ->
        new ChangedUpdates(
            sound,
            update ->
                update instanceof LeaseUpdate.Release release ? change.apply(release) : update);
  }

  private static UnaryOperator<WorkQueue> ofRetries(
      Function<LeaseUpdate.Retry, LeaseUpdate> change) {
    return sound ->
        new ChangedUpdates(
            sound,
            update -> update instanceof LeaseUpdate.Retry retry ? change.apply(retry) : update);
  }

  private static UnaryOperator<WorkQueue> ofDids(UnaryOperator<Did> change) {
    return sound ->
        new ForwardingStores.Queue(sound) {
          @Override
          public int enqueue(UUID job, List<QueuedRepo> repos) {
            return sound.enqueue(
                job,
                repos.stream()
                    .map(repo -> new QueuedRepo(change.apply(repo.did()), repo.pds(), repo.rev()))
                    .toList());
          }
        };
  }

  private static Did lower(Did did) {
    return Did.parse(did.value().toLowerCase(Locale.ROOT));
  }
}
