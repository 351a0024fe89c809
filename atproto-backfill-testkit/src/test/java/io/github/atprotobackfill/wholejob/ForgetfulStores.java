package io.github.atprotobackfill.wholejob;

import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.InMemoryStores;
import io.github.atprotobackfill.progress.ProgressStore;
import io.github.atprotobackfill.progress.QueuedRepo;
import io.github.atprotobackfill.progress.WorkQueue;
import io.github.atprotobackfill.syntax.Did;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * In-memory stores that forget: everything, as a cache that was emptied; the queue, as one that was
 * kept in such a cache; or what came into the queue last, as one that came back with older data.
 */
final class ForgetfulStores {

  private final Set<Did> seen = ConcurrentHashMap.newKeySet();
  private final List<QueuedRepo> journal = new ArrayList<>();
  private volatile BackfillStores current = new InMemoryStores();
  private volatile UUID job = new UUID(0, 0);

  /** What a process sees. */
  BackfillStores open() {
    return StoreCalls.watched(
        () -> current,
        (method, arguments) -> {
          if (method.equals("enqueue")) {
            note((UUID) arguments[0], (List<?>) arguments[1]);
          }
        });
  }

  private synchronized void note(UUID of, List<?> repos) {
    job = of;
    for (Object repo : repos) {
      QueuedRepo queued = (QueuedRepo) repo;
      if (seen.add(queued.did())) {
        journal.add(queued);
      }
    }
  }

  void forgetEverything() {
    current = new InMemoryStores();
  }

  void forgetProgress() {
    replaceProgress(empty -> {});
  }

  /** What was known of jobs is gone, and something else has come since. */
  void replaceProgress(Consumer<ProgressStore> since) {
    BackfillStores before = current;
    ProgressStore empty = new InMemoryStores().progress();
    since.accept(empty);
    current = BackfillStores.of(empty, before.queue(), before.states());
  }

  void forgetQueue() {
    forgetLastQueued(Integer.MAX_VALUE);
  }

  /** The queue is as it was before the last {@code count} repos came, and none was claimed yet. */
  synchronized void forgetLastQueued(int count) {
    int kept = Math.max(0, journal.size() - count);
    journal.subList(kept, journal.size()).forEach(repo -> seen.remove(repo.did()));
    journal.subList(kept, journal.size()).clear();
    WorkQueue older = new InMemoryStores().queue();
    older.enqueue(job, List.copyOf(journal));
    BackfillStores before = current;
    current = BackfillStores.of(before.progress(), older, before.states());
  }

  synchronized int queued() {
    return journal.size();
  }
}
