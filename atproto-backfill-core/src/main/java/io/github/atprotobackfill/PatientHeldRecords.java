package io.github.atprotobackfill;

import io.github.atprotobackfill.sink.HeldRecord;
import io.github.atprotobackfill.sink.HeldRecords;
import io.github.atprotobackfill.sink.SinkOutageException;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks a sink what it holds, waiting while it is away: that is no repo's failure. Throws nothing
 * but {@link InterruptedException}, and {@link BreakdownException} when patience is at an end.
 */
final class PatientHeldRecords implements HeldRecords {

  private final HeldRecords held;
  private final Supplier<Patience> patience;

  PatientHeldRecords(HeldRecords held, Supplier<Patience> patience) {
    this.held = held;
    this.patience = patience;
  }

  @Override
  public Set<Did> holding(Collection<Did> repos) throws InterruptedException {
    return patiently(() -> held.holding(repos));
  }

  @Override
  public NavigableSet<Nsid> collections(Did did) throws InterruptedException {
    return patiently(() -> held.collections(did));
  }

  @Override
  public List<HeldRecord> page(Did did, Nsid collection, @Nullable RecordKey after, int most)
      throws InterruptedException {
    return patiently(() -> held.page(did, collection, after, most));
  }

  private <T> T patiently(Callable<T> question) throws InterruptedException {
    Patience left = patience.get();
    while (true) {
      try {
        return question.call();
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        left.waitOrGiveUp(new SinkOutageException(e));
      }
    }
  }
}
