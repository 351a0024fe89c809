package io.github.atprotobackfill.benchmarks;

/** Something measured, with its figures told to a {@link Report}. */
@FunctionalInterface
interface Benchmark {

  void run(Report report) throws Exception;
}
