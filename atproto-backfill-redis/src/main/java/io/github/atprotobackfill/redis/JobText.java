package io.github.atprotobackfill.redis;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.progress.Job;
import io.github.atprotobackfill.progress.JobCounts;
import io.github.atprotobackfill.progress.JobSpec;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.progress.StoreException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A job as the fields of a hash. */
final class JobText {

  private static final String ERROR = "error:";

  private JobText() {}

  /** The fields of a job that is new. */
  static List<String> newJob(JobSpec spec) {
    return List.of("type", spec.type(), "body", spec.body(), "state", JobState.PENDING.code());
  }

  /** The fields of a job as it stood once. */
  static List<String> of(Job job) {
    List<String> fields = new ArrayList<>();
    fields.addAll(List.of("type", job.spec().type(), "body", job.spec().body()));
    fields.addAll(List.of("state", job.state().code(), "created", micros(job.createdAt())));
    if (job.reason() != null) {
      fields.addAll(List.of("reason", job.reason()));
    }
    if (job.startedAt() != null) {
      fields.addAll(List.of("started", micros(job.startedAt())));
    }
    if (job.endedAt() != null) {
      fields.addAll(List.of("ended", micros(job.endedAt())));
    }
    fields.addAll(changes(job.counts()));
    return fields;
  }

  private static String micros(Instant instant) {
    return Long.toString(ServerTime.micros(instant));
  }

  /** The fields by which counts grow, with how much each. */
  static List<String> changes(JobCounts counts) {
    Map<String, Long> changes = new HashMap<>();
    changes.put("requests", counts.requests());
    changes.put("bytes", counts.bytes());
    changes.put("seen", counts.seen());
    changes.put("written", counts.written());
    changes.put("unchanged", counts.unchanged());
    changes.put("deleted", counts.deleted());
    changes.put("rejected", counts.rejected());
    counts.errors().forEach((kind, count) -> changes.put(ERROR + kind.code(), count));
    List<String> arguments = new ArrayList<>();
    changes.forEach(
        (field, change) -> {
          if (change != 0) {
            arguments.add(field);
            arguments.add(change.toString());
          }
        });
    return arguments;
  }

  /** The job that these fields and values are of. */
  static Job job(UUID id, Reply answer) {
    Map<String, String> fields = new HashMap<>();
    while (answer.hasNext()) {
      fields.put(answer.next(), answer.next());
    }
    try {
      return new Job(
          id,
          new JobSpec(required(fields, "type"), required(fields, "body")),
          JobState.ofCode(required(fields, "state")),
          fields.get("reason"),
          ServerTime.instant(Long.parseLong(required(fields, "created"))),
          instant(fields.get("started")),
          instant(fields.get("ended")),
          counts(fields));
    } catch (IllegalArgumentException e) {
      throw new StoreException("not a job: " + id + ": " + e.getMessage(), e);
    }
  }

  private static String required(Map<String, String> fields, String name) {
    String value = fields.get(name);
    if (value == null) {
      throw new IllegalArgumentException("it has no " + name);
    }
    return value;
  }

  private static @Nullable Instant instant(@Nullable String micros) {
    return micros == null ? null : ServerTime.instant(Long.parseLong(micros));
  }

  private static JobCounts counts(Map<String, String> fields) {
    Map<ErrorKind, Long> errors = new EnumMap<>(ErrorKind.class);
    fields.forEach(
        (field, value) -> {
          if (field.startsWith(ERROR)) {
            ErrorKind kind = ErrorKind.ofCode(field.substring(ERROR.length()));
            errors.merge(kind, Long.parseLong(value), Long::sum);
          }
        });
    return new JobCounts(
        number(fields, "requests"),
        number(fields, "bytes"),
        number(fields, "seen"),
        number(fields, "written"),
        number(fields, "unchanged"),
        number(fields, "deleted"),
        number(fields, "rejected"),
        errors);
  }

  private static long number(Map<String, String> fields, String name) {
    return Long.parseLong(fields.getOrDefault(name, "0"));
  }

  /** The id that {@code text}, found at a key, is. */
  static UUID id(String text, String key) {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw new StoreException("not the id of a job at " + key + ": " + text, e);
    }
  }
}
