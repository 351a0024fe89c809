package io.github.atprotobackfill.redis;

import io.github.atprotobackfill.progress.DiscoveryState;
import io.github.atprotobackfill.progress.Job;
import io.github.atprotobackfill.progress.JobCounts;
import io.github.atprotobackfill.progress.JobSpec;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.progress.ProgressStore;
import io.github.atprotobackfill.progress.StoreException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.params.ZRangeParams;

/**
 * A hash a job, and two keys over all jobs: which is open for which specification, and a list of
 * all by the time they were made. These lie elsewhere in a cluster, so what concerns both a job and
 * them is done in steps, of which each may be the last and is made up for by whoever comes next:
 *
 * <ol>
 *   <li>An id is reserved for the specification, the job is made, then listed. Who opens the
 *       specification later makes and lists what was only reserved.
 *   <li>A job ends, what it kept is given its time to expire, the specification is free again. Who
 *       opens it later frees it where that was not done; {@link #purge} gives the rest its time.
 * </ol>
 *
 * <p>Moves and additions carry a name of their own, so that a client that makes a call again, not
 * knowing whether the first arrived, does not do it twice.
 */
final class RedisProgressStore implements ProgressStore {

  /** What stands for the age of a job that is not there. */
  private static final String NO_JOB = "-1";

  private static final int JOBS_A_LOOK = 100;

  /** For how long a client may try to make the same call again. */
  private static final Duration CALL_REMEMBERED = Duration.ofMinutes(10);

  private final RedisServer server;
  private final JobKeys keys;
  private final RedisWorkQueue queue;
  private final Duration history;

  RedisProgressStore(RedisServer server, JobKeys keys, RedisWorkQueue queue, Duration history) {
    this.server = server;
    this.keys = keys;
    this.queue = queue;
    this.history = history;
  }

  private String key(UUID id) {
    return keys.ofJob(id, "job");
  }

  private String openJobs() {
    return keys.ofAllJobs("open");
  }

  private String allJobs() {
    return keys.ofAllJobs("list");
  }

  @Override
  public Job open(JobSpec spec) {
    String digest = spec.digest();
    while (true) {
      UUID id = reserve(digest, UUID.randomUUID());
      Job job = JobText.job(id, ask(id, JobText.newJob(spec)));
      if (!job.state().terminal()) {
        list(job);
        return job;
      }
      release(digest, id);
    }
  }

  /** The id under which a specification is open; the given one where it was not. */
  private UUID reserve(String digest, UUID otherwise) {
    List<String> arguments = List.of(digest, otherwise.toString());
    Object id = server.run("open a job", Script.RESERVE, openJobs(), arguments);
    return JobText.id(id.toString(), openJobs());
  }

  private void release(String digest, UUID id) {
    server.run("end a job", Script.RELEASE, openJobs(), List.of(digest, id.toString()));
  }

  private Reply ask(UUID id, List<String> fieldsIfNew) {
    List<String> arguments = new ArrayList<>();
    arguments.add(Long.toString(history.toMillis()));
    arguments.addAll(fieldsIfNew);
    return server.ask("find a job", Script.OPEN_JOB, key(id), arguments);
  }

  private void list(Job job) {
    double created = ServerTime.micros(job.createdAt());
    server.call("open a job", redis -> redis.zadd(allJobs(), created, job.id().toString()));
  }

  @Override
  public boolean restore(Job job) {
    if (find(job.id()).isPresent()) {
      return true;
    }
    if (!job.state().terminal() && !reserved(job)) {
      return false;
    }
    Job restored = JobText.job(job.id(), ask(job.id(), JobText.of(job)));
    list(restored);
    if (restored.state().terminal()) {
      letGoInTime(restored);
    }
    return true;
  }

  /** Whether the job's specification is open under its own id now. */
  private boolean reserved(Job job) {
    String digest = job.spec().digest();
    while (true) {
      UUID id = reserve(digest, job.id());
      if (id.equals(job.id())) {
        return true;
      }
      Optional<Job> other = find(id);
      if (other.isEmpty() || !other.get().state().terminal()) {
        return false;
      }
      release(digest, id);
    }
  }

  @Override
  public Optional<Job> find(UUID id) {
    Reply fields = ask(id, List.of());
    return fields.hasNext() ? Optional.of(JobText.job(id, fields)) : Optional.empty();
  }

  @Override
  public List<Job> list(int most) {
    List<Job> jobs = new ArrayList<>();
    int from = 0;
    while (jobs.size() < most) {
      List<UUID> ids = listed(from, JOBS_A_LOOK);
      if (ids.isEmpty()) {
        break;
      }
      for (UUID id : ids) {
        Optional<Job> job = find(id);
        if (job.isEmpty()) {
          unlist(id);
        } else {
          from++;
          if (jobs.size() < most) {
            jobs.add(job.get());
          }
        }
      }
    }
    return jobs;
  }

  /** Ids of jobs, of which some may have expired, the newest first. */
  private List<UUID> listed(int from, int most) {
    ZRangeParams range = ZRangeParams.zrangeParams(from, from + most - 1).rev();
    List<String> ids = server.call("list jobs", redis -> redis.zrange(allJobs(), range));
    return ids.stream().map(id -> JobText.id(id, allJobs())).toList();
  }

  private void unlist(UUID id) {
    server.call("list jobs", redis -> redis.zrem(allJobs(), id.toString()));
  }

  @Override
  public boolean move(UUID id, JobState from, JobState to, @Nullable String reason) {
    if (!from.mayBecome(to)) {
      return false;
    }
    List<String> arguments = new ArrayList<>();
    arguments.add(from.code());
    arguments.add(to.code());
    arguments.add(UUID.randomUUID().toString());
    arguments.add(to == JobState.RUNNING ? "1" : "");
    arguments.add(to.terminal() ? Long.toString(history.toMillis()) : "");
    if (reason != null) {
      arguments.add(reason);
    }
    boolean moved = server.count("move a job", Script.MOVE_JOB, key(id), arguments) == 1;
    if (moved && to.terminal()) {
      find(id).ifPresent(this::letGoInTime);
    }
    return moved;
  }

  /** Gives an ended job's keys their time to expire; its own last, as the sign that it was done. */
  private void letGoInTime(Job job) {
    release(job.spec().digest(), job.id());
    String at = server.call("end a job", redis -> redis.hget(key(job.id()), "expires"));
    if (at != null) {
      queue.expire(job.id(), at);
      expire(job.id(), at);
    }
  }

  private boolean expire(UUID id, String at) {
    return server.count("let go of a job", Script.EXPIRE_JOB, key(id), List.of(at)) == 1;
  }

  @Override
  public void saveDiscovery(UUID id, DiscoveryState state) {
    List<String> arguments = List.of(state.source(), DiscoveryText.of(state));
    String what = "save how far a source was listed";
    requireJob(id, server.count(what, Script.SAVE_SOURCE, key(id), arguments));
  }

  @Override
  public List<DiscoveryState> discovery(UUID id) {
    String sources = keys.ofJob(id, "sources");
    List<DiscoveryState> states = new ArrayList<>();
    server
        .call("read how far sources were listed", redis -> redis.hgetAll(sources))
        .forEach((source, text) -> states.add(DiscoveryText.parse(source, text, sources)));
    return states;
  }

  @Override
  public boolean holdDiscovery(UUID id, String worker, Duration lasts) {
    long millis = lasts.isZero() ? 0 : Math.max(1, lasts.toMillis());
    List<String> arguments = List.of(worker, Long.toString(millis));
    String what = "hold the listing of a job's sources";
    return server.count(what, Script.HOLD_DISCOVERY, key(id), arguments) == 1;
  }

  @Override
  public void addCounts(UUID id, JobCounts change) {
    List<String> arguments = new ArrayList<>();
    arguments.add(UUID.randomUUID().toString());
    arguments.add(Long.toString(CALL_REMEMBERED.toMillis()));
    arguments.addAll(JobText.changes(change));
    requireJob(id, server.count("add to a job's counts", Script.COUNT, key(id), arguments));
  }

  private static void requireJob(UUID id, long known) {
    if (known == 0) {
      throw new StoreException("there is no job " + id, null);
    }
  }

  @Override
  public List<UUID> purge(Duration age) {
    List<UUID> purged = new ArrayList<>();
    for (UUID id : listed(0, Integer.MAX_VALUE)) {
      String ended = server.run("look how old a job is", Script.AGE, key(id), List.of()).toString();
      Optional<Job> job = ended.isEmpty() ? Optional.empty() : find(id);
      if (ended.equals(NO_JOB)) {
        unlist(id);
      } else if (job.isPresent() && isLongerAgo(ended, age)) {
        if (forget(job.get())) {
          purged.add(id);
        }
      } else if (job.isPresent() && !expires(id)) {
        letGoInTime(job.get());
      }
    }
    return purged;
  }

  private static boolean isLongerAgo(String micros, Duration age) {
    return Duration.of(Long.parseLong(micros), ChronoUnit.MICROS).compareTo(age) > 0;
  }

  private boolean expires(UUID id) {
    return server.call("look how long a job is kept", redis -> redis.pttl(key(id))) >= 0;
  }

  private boolean forget(Job job) {
    release(job.spec().digest(), job.id());
    queue.forget(job.id());
    boolean forgotten = expire(job.id(), "");
    unlist(job.id());
    return forgotten;
  }
}
