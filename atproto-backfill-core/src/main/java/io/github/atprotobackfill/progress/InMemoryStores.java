package io.github.atprotobackfill.progress;

import io.github.atprotobackfill.xrpc.SharedBudget;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Stores that live and die with the process: for tests, for trying things out, and for jobs that
 * may as well start over.
 *
 * <p>A queued repo costs about 170 bytes of heap with a {@code did:plc} and its rev (measured on
 * OpenJDK 17 with compressed pointers; a longer DID adds its length), and stays until its job is
 * {@linkplain ProgressStore#purge purged}; a repo that has been read costs about 280 more in {@link
 * #states()}. Jobs of millions of repos belong in a database, be it an embedded one.
 *
 * <p>Claiming takes logarithmic time in the number of repos that wait for the host. Thread-safe.
 * There is no {@link WorkQueue#atomicScope() atomic scope}. {@link #close()} does nothing.
 */
public final class InMemoryStores implements BackfillStores {

  private final InMemoryWorkQueue queue;
  private final InMemoryProgressStore progress;
  private final InMemoryRepoStates states = new InMemoryRepoStates();
  private final SharedBudget sharedBudget;

  /** Empty stores on the system's clock. */
  public InMemoryStores() {
    this(InstantSource.system());
  }

  /** Empty stores whose leases, due times and job times go by {@code clock}. */
  public InMemoryStores(InstantSource clock) {
    this.queue = new InMemoryWorkQueue(clock);
    this.progress = new InMemoryProgressStore(clock, queue);
    this.sharedBudget = SharedBudget.inMemory(clock);
  }

  @Override
  public ProgressStore progress() {
    return progress;
  }

  @Override
  public WorkQueue queue() {
    return queue;
  }

  @Override
  public RepoStates states() {
    return states;
  }

  /** For several engines in this process; another process has stores of its own. */
  @Override
  public Optional<SharedBudget> sharedBudget() {
    return Optional.of(sharedBudget);
  }
}
