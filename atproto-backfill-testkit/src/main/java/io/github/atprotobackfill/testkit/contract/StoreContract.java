package io.github.atprotobackfill.testkit.contract;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.Job;
import io.github.atprotobackfill.progress.JobSpec;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Two processes on one storage, fresh for each test. */
abstract class StoreContract {

  private static final AtomicInteger JOBS = new AtomicInteger();

  private StoreHarness harness;
  private BackfillStores stores;
  private BackfillStores otherProcess;

  /** New, empty storage. */
  protected abstract StoreHarness newHarness() throws Exception;

  @BeforeEach
  final void openStores() throws Exception {
    harness = newHarness();
    stores = harness.open();
    otherProcess = harness.open();
  }

  @AfterEach
  final void closeStores() throws Exception {
    if (harness != null) { // else there is no server, and the test was skipped
      stores.close();
      otherProcess.close();
      harness.close();
    }
  }

  final StoreHarness harness() {
    return harness;
  }

  final BackfillStores stores() {
    return stores;
  }

  final BackfillStores otherProcess() {
    return otherProcess;
  }

  /** One of the two processes, by turns. */
  final BackfillStores process(int n) {
    return n % 2 == 0 ? stores : otherProcess;
  }

  /** Ends both processes and begins them again; skips the test where nothing survives that. */
  final void restart() throws Exception {
    assumeTrue(harness.durable(), "these stores do not outlive their process");
    stores.close();
    otherProcess.close();
    stores = harness.open();
    otherProcess = harness.open();
  }

  /** A job unlike any other. */
  final Job newJob() {
    return stores.progress().open(newSpec());
  }

  static JobSpec newSpec() {
    return new JobSpec("contract", "{\"number\":" + JOBS.incrementAndGet() + "}");
  }
}
