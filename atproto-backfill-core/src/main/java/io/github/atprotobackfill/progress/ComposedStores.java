package io.github.atprotobackfill.progress;

/** Three stores that need not know of each other. */
record ComposedStores(ProgressStore progress, WorkQueue queue, RepoStates states)
    implements BackfillStores {

  ComposedStores {
    progress = new PurgingProgressStore(progress, queue);
  }
}
