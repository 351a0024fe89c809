package io.github.atprotobackfill.redis;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.progress.LeaseUpdate;
import io.github.atprotobackfill.progress.RepoEntry;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the scripts of the queue are given and give, as text. */
final class RepoText {

  /** States in the order in which they are counted. */
  static final List<RepoState> STATES =
      List.of(
          RepoState.QUEUED,
          RepoState.LEASED,
          RepoState.RETRY,
          RepoState.DONE,
          RepoState.UNAVAILABLE,
          RepoState.GONE,
          RepoState.FAILED);

  private RepoText() {}

  static String host(@Nullable ServiceUrl pds) {
    return pds == null ? "" : pds.toString();
  }

  static String rev(@Nullable Tid rev) {
    return rev == null ? "" : rev.toString();
  }

  static @Nullable Tid rev(String text) {
    return text.isEmpty() ? null : Tid.parse(text);
  }

  private static String text(Failure failure) {
    return failure.kind().code() + " " + failure.message();
  }

  private static @Nullable Failure failure(@Nullable String text) {
    if (text == null) {
      return null;
    }
    int space = text.indexOf(' ');
    return new Failure(ErrorKind.ofCode(text.substring(0, space)), text.substring(space + 1));
  }

  /** Adds what {@code apply.lua} takes for an update. */
  static void addTo(List<String> arguments, LeaseUpdate update) {
    if (update instanceof LeaseUpdate.Renew renew) {
      add(arguments, update, "renew", renew.lease().lasts(), null, "");
    } else if (update instanceof LeaseUpdate.Checkpoint checkpoint) {
      Duration lasts = checkpoint.lease().lasts();
      add(arguments, update, "checkpoint", lasts, null, checkpoint.position());
    } else if (update instanceof LeaseUpdate.Release release) {
      String how = release.keepPosition() ? "release" : "restart";
      add(arguments, update, how, release.after(), release.pds(), "");
    } else if (update instanceof LeaseUpdate.Retry retry) {
      add(arguments, update, "retry", retry.after(), retry.pds(), text(retry.failure()));
    } else if (update instanceof LeaseUpdate.Done done) {
      add(arguments, update, "done", Duration.ZERO, null, rev(done.rev()));
    } else if (update instanceof LeaseUpdate.Closed closed) {
      add(arguments, update, closed.state().code(), Duration.ZERO, null, closed.reason());
    } else if (update instanceof LeaseUpdate.Failed failed) {
      add(arguments, update, "failed", Duration.ZERO, null, text(failed.failure()));
    } else {
      throw new IllegalStateException("not a lease update: " + update);
    }
  }

  private static void add(
      List<String> arguments,
      LeaseUpdate update,
      String what,
      Duration wait,
      @Nullable ServiceUrl pds,
      String text) {
    arguments.add(what);
    arguments.add(update.lease().did().toString());
    arguments.add(Long.toString(update.lease().fence()));
    arguments.add(ServerTime.micros(wait));
    arguments.add(host(pds));
    arguments.add(text);
  }

  /** The next of what {@code entries.lua} returned. */
  static RepoEntry entry(Reply answer) {
    Did did = Did.parse(answer.next());
    RepoState state = state(answer.next());
    String host = answer.next();
    int attempts = (int) answer.nextLong();
    Tid rev = rev(answer.next());
    String reason = answer.nextOrNull();
    Failure failure = failure(answer.nextOrNull());
    return new RepoEntry(
        did,
        host.isEmpty() ? null : ServiceUrl.parse(host),
        state,
        attempts,
        state == RepoState.DONE ? rev : null,
        reason,
        failure);
  }

  /** The bucket that a repo is in, as {@code split} in {@code every.lua} has it. */
  static String bucket(String did) {
    if (!did.startsWith("did:plc:")) {
      return did + "!";
    }
    int start = "did:plc:abc".length();
    if (did.length() <= start) {
      return did + "!0";
    }
    char next = did.charAt(start);
    return did.substring(0, start) + "!" + (next < 'c' ? 0 : next < 'k' ? 1 : next < 's' ? 2 : 3);
  }

  /** The state's first letter stands for it. */
  static String letter(RepoState state) {
    return state.name().substring(0, 1);
  }

  private static RepoState state(String letter) {
    for (RepoState state : STATES) {
      if (letter(state).equals(letter)) {
        return state;
      }
    }
    throw new IllegalArgumentException("not the letter of a state: " + letter);
  }
}
