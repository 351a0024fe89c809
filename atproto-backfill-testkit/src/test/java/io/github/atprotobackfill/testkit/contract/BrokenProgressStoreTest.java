package io.github.atprotobackfill.testkit.contract;

import io.github.atprotobackfill.progress.DiscoveryState;
import io.github.atprotobackfill.progress.InMemoryStores;
import io.github.atprotobackfill.progress.Job;
import io.github.atprotobackfill.progress.JobCounts;
import io.github.atprotobackfill.progress.JobSpec;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.progress.ProgressStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The contract of progress stores turns red on each of these. */
class BrokenProgressStoreTest extends RedContract<UnaryOperator<ProgressStore>> {

  BrokenProgressStoreTest() {
    super(Contract.class, Fault.values(), UnaryOperator.identity(), broken -> current = broken);
  }

  enum Fault implements RedContract.Fault<UnaryOperator<ProgressStore>> {
    JOINS_NOTHING(
        NeverJoins::new,
        "anEqualJobThatHasNotEndedIsJoined",
        "ofSeveralThatOpenEqualJobsAtOnceAllGetTheSame"),
    JOINS_WHAT_ENDED(
        sound -> {
          Map<JobSpec, UUID> opened = new ConcurrentHashMap<>();
          return new ForwardingStores.Progress(sound) {
            @Override
            public Job open(JobSpec spec) {
              UUID id = opened.computeIfAbsent(spec, key -> sound.open(key).id());
              return find(id).orElseThrow();
            }
          };
        },
        "anEqualJobThatHasNotEndedIsJoined"),
    IGNORES_CASE(
        ofSpecs(spec -> new JobSpec(spec.type().toLowerCase(Locale.ROOT), spec.body())),
        "specsThatDifferInAnyCharacterAreDifferentJobs"),
    CUTS_SPECS(
        ofSpecs(
            spec -> {
              String body = spec.body();
              return new JobSpec(spec.type(), body.substring(0, Math.min(body.length(), 65_535)));
            }),
        "specsThatDifferInAnyCharacterAreDifferentJobs"),
    MOVES_FROM_ANY_STATE(
        sound ->
            new ForwardingStores.Progress(sound) {
              @Override
              public boolean move(UUID id, JobState from, JobState to, @Nullable String reason) {
                Optional<Job> job = find(id);
                return job.isPresent() && sound.move(id, job.get().state(), to, reason);
              }
            },
        "aJobMovesOnlyFromTheStateItIsIn"),
    TERMINAL_IS_NOT_FINAL(
        Unchecked::new, "aJobMovesOnlyAsItsStateAllows", "aCancelledJobNeverBecomesCompleted"),
    EVERYBODY_WINS(
        sound ->
            new ForwardingStores.Progress(sound) {
              @Override
              public boolean move(UUID id, JobState from, JobState to, @Nullable String reason) {
                sound.move(id, from, to, reason);
                return true;
              }
            },
        "ofSeveralThatEndAJobAtOnceExactlyOneWins"),
    FORGETS_REASONS(
        sound ->
            new ForwardingStores.Progress(sound) {
              @Override
              public boolean move(UUID id, JobState from, JobState to, @Nullable String reason) {
                return sound.move(id, from, to, null);
              }
            },
        "ofSeveralThatEndAJobAtOnceExactlyOneWins",
        "startAndEndAreRemembered"),
    FORGETS_THE_END(
        seenAs(job -> withTimes(job, job.startedAt(), null)), "startAndEndAreRemembered"),
    FORGETS_THE_START(
        seenAs(job -> withTimes(job, null, job.endedAt())), "startAndEndAreRemembered"),
    LISTS_THE_OLDEST(
        sound ->
            new ForwardingStores.Progress(sound) {
              @Override
              public List<Job> list(int most) {
                List<Job> jobs = new ArrayList<>(sound.list(Integer.MAX_VALUE));
                return jobs.subList(jobs.size() - Math.min(most, jobs.size()), jobs.size());
              }
            },
        "theNewestJobsAreListedFirst"),
    LOSES_CURSORS(
        sound ->
            new ForwardingStores.Progress(sound) {
              @Override
              public void saveDiscovery(UUID id, DiscoveryState state) {
                sound.saveDiscovery(id, DiscoveryState.begin(state.source()));
              }
            },
        "howFarEachSourceWasListedIsReplaced",
        "jobsOutliveTheProcess"),
    KEEPS_THE_FIRST_CURSOR(
        sound ->
            new ForwardingStores.Progress(sound) {
              @Override
              public void saveDiscovery(UUID id, DiscoveryState state) {
                if (discovery(id).stream().noneMatch(s -> s.source().equals(state.source()))) {
                  sound.saveDiscovery(id, state);
                }
              }
            },
        "howFarEachSourceWasListedIsReplaced"),
    COUNTS_BY_PROCESS(
        sound -> {
          Map<UUID, JobCounts> counted = new ConcurrentHashMap<>();
          return seenAs(job -> withCounts(job, counted.getOrDefault(job.id(), JobCounts.NONE)))
              .andThen(
                  seen ->
                      new ForwardingStores.Progress(seen) {
                        @Override
                        public void addCounts(UUID id, JobCounts change) {
                          counted.merge(id, change, JobCounts::plus);
                        }
                      })
              .apply(sound);
        },
        "nothingThatSeveralCountAtOnceIsLost"),
    LOSES_ERRORS(
        sound ->
            new ForwardingStores.Progress(sound) {
              @Override
              public void addCounts(UUID id, JobCounts c) {
                sound.addCounts(
                    id,
                    new JobCounts(
                        c.requests(),
                        c.bytes(),
                        c.seen(),
                        c.written(),
                        c.unchanged(),
                        c.deleted(),
                        c.rejected(),
                        Map.of()));
              }
            },
        "countsOfAllKindsAddUp",
        "nothingThatSeveralCountAtOnceIsLost"),
    EVERYBODY_LISTS(
        sound ->
            new ForwardingStores.Progress(sound) {
              @Override
              public boolean holdDiscovery(UUID id, String worker, Duration lasts) {
                return true;
              }
            },
        "oneWorkerListsAtATime",
        "ofSeveralThatWantToListExactlyOneMay",
        "whoNoLongerCallsLosesTheListing",
        "whoGivesTheListingUpLeavesItToTheNextAtOnce"),
    LISTS_FOR_EVER(
        sound ->
            new ForwardingStores.Progress(sound) {
              @Override
              public boolean holdDiscovery(UUID id, String worker, Duration lasts) {
                return sound.holdDiscovery(
                    id, worker, lasts.isZero() ? lasts : Duration.ofDays(1000));
              }
            },
        "ofSeveralThatWantToListExactlyOneMay",
        "whoNoLongerCallsLosesTheListing"),
    HOLDS_ON(
        sound ->
            new ForwardingStores.Progress(sound) {
              @Override
              public boolean holdDiscovery(UUID id, String worker, Duration lasts) {
                return !lasts.isZero() && sound.holdDiscovery(id, worker, lasts);
              }
            },
        "whoGivesTheListingUpLeavesItToTheNextAtOnce"),
    DOES_NOT_PUT_BACK(
        sound ->
            new ForwardingStores.Progress(sound) {
              @Override
              public boolean restore(Job job) {
                return true;
              }
            },
        "aLostJobIsPutBackAsItWas",
        "aLostJobWhoseEqualWasOpenedSinceIsNotPutBack",
        "aJobThatSeveralPutBackAtOnceIsThereOnce"),
    PUTS_BACK_OVER_WHAT_IS_THERE(
        PutsBackAnything::new,
        "aJobThatIsKnownStaysAsItIs",
        "aLostJobWhoseEqualWasOpenedSinceIsNotPutBack"),
    NEVER_PURGES(
        sound ->
            new ForwardingStores.Progress(sound) {
              @Override
              public List<UUID> purge(Duration age) {
                return List.of();
              }
            },
        "purgingForgetsJobsThatEndedBeforeWithTheirQueues",
        "purgingSparesWhatHasNotEnded"),
    PURGES_ALL(
        PurgesAll::new,
        "purgingForgetsJobsThatEndedBeforeWithTheirQueues",
        "purgingSparesWhatHasNotEnded"),
    LIVES_IN_THE_PROCESS(
        sound -> new InMemoryStores().progress(),
        "aNewJobIsPendingAndFoundAsItWasOpened",
        "jobsOutliveTheProcess");

    private final UnaryOperator<ProgressStore> broken;
    private final Set<String> red;

    Fault(UnaryOperator<ProgressStore> broken, String... red) {
      this.broken = broken;
      this.red = Set.of(red);
    }

    @Override
    public UnaryOperator<ProgressStore> broken() {
      return broken;
    }

    @Override
    public Set<String> red() {
      return red;
    }
  }

  private static UnaryOperator<ProgressStore> current = UnaryOperator.identity();

  static final class Contract extends ProgressStoreContract {
    @Override
    protected StoreHarness newHarness() {
      return new BrokenHarness(
          (sound, clock) ->
              new ForwardingStores(current.apply(sound.progress()), sound.queue(), sound.states()));
    }
  }

  private static UnaryOperator<ProgressStore> ofSpecs(UnaryOperator<JobSpec> change) {
    return sound ->
        new ForwardingStores.Progress(sound) {
          @Override
          public Job open(JobSpec spec) {
            return sound.open(change.apply(spec));
          }
        };
  }

  private static UnaryOperator<ProgressStore> seenAs(UnaryOperator<Job> change) {
    return sound ->
        new ForwardingStores.Progress(sound) {
          @Override
          public Optional<Job> find(UUID id) {
            return sound.find(id).map(change);
          }
        };
  }

  private static Job withTimes(Job job, @Nullable Instant started, @Nullable Instant ended) {
    return new Job(
        job.id(),
        job.spec(),
        job.state(),
        job.reason(),
        job.createdAt(),
        started,
        ended,
        job.counts());
  }

  private static Job withCounts(Job job, JobCounts counts) {
    return new Job(
        job.id(),
        job.spec(),
        job.state(),
        job.reason(),
        job.createdAt(),
        job.startedAt(),
        job.endedAt(),
        counts);
  }

  private static Job with(Job job, JobSpec spec, JobState state) {
    return new Job(
        job.id(),
        spec,
        state,
        job.reason(),
        job.createdAt(),
        job.startedAt(),
        job.endedAt(),
        job.counts());
  }

  /** Makes each spec another one below, and shows it as it was given. */
  private static final class NeverJoins extends ForwardingStores.Progress {

    private static final AtomicInteger OPENED = new AtomicInteger();
    private static final String MARK = "#";

    NeverJoins(ProgressStore sound) {
      super(sound);
    }

    @Override
    public Job open(JobSpec spec) {
      String body = spec.body() + MARK + OPENED.incrementAndGet();
      return shown(sound.open(new JobSpec(spec.type(), body)));
    }

    @Override
    public Optional<Job> find(UUID id) {
      return sound.find(id).map(NeverJoins::shown);
    }

    @Override
    public List<Job> list(int most) {
      return sound.list(most).stream().map(NeverJoins::shown).toList();
    }

    private static Job shown(Job job) {
      String body = job.spec().body();
      String given = body.substring(0, body.lastIndexOf(MARK));
      return with(job, new JobSpec(job.spec().type(), given), job.state());
    }
  }

  /** Puts a job into whatever state it is told to. */
  private static final class Unchecked extends ForwardingStores.Progress {

    private final Map<UUID, JobState> states = new ConcurrentHashMap<>();

    Unchecked(ProgressStore sound) {
      super(sound);
    }

    @Override
    public Optional<Job> find(UUID id) {
      return sound.find(id).map(job -> with(job, job.spec(), states.getOrDefault(id, job.state())));
    }

    @Override
    public boolean move(UUID id, JobState from, JobState to, @Nullable String reason) {
      sound.move(id, from, to, reason);
      states.put(id, to);
      return true;
    }
  }

  /** Shows a job that was put back as it was given, whatever stood there. */
  private static final class PutsBackAnything extends ForwardingStores.Progress {

    private final Map<UUID, Job> putBack = new ConcurrentHashMap<>();

    PutsBackAnything(ProgressStore sound) {
      super(sound);
    }

    @Override
    public boolean restore(Job job) {
      putBack.put(job.id(), job);
      return true;
    }

    @Override
    public Optional<Job> find(UUID id) {
      Job job = putBack.get(id);
      return job == null ? sound.find(id) : Optional.of(job);
    }
  }

  /** Hides every job there is, ended or not. */
  private static final class PurgesAll extends ForwardingStores.Progress {

    private final Set<UUID> hidden = ConcurrentHashMap.newKeySet();

    PurgesAll(ProgressStore sound) {
      super(sound);
    }

    @Override
    public Optional<Job> find(UUID id) {
      return hidden.contains(id) ? Optional.empty() : sound.find(id);
    }

    @Override
    public List<UUID> purge(Duration age) {
      sound.list(Integer.MAX_VALUE).forEach(job -> hidden.add(job.id()));
      return sound.purge(age);
    }
  }
}
