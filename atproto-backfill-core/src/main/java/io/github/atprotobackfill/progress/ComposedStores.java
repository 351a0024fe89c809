package io.github.atprotobackfill.progress;

/** Stores of which each part lives in a place of its own. */
record ComposedStores(ProgressStore progress, WorkQueue queue, RepoStates states)
    implements BackfillStores {}
