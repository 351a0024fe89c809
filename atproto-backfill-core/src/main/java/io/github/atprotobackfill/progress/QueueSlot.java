package io.github.atprotobackfill.progress;

import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Tid;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One repo of a job, packed, since there are a great many: the DID as bytes (DIDs are ASCII), the
 * rev as a number, the host by its lane. It is its own key in the map by DID; being comparable, it
 * keeps that map quick even where a stranger chose DIDs whose hashes collide.
 */
final class QueueSlot implements Comparable<QueueSlot> {

  private static final HostLane NOWHERE = new HostLane(null);

  private final byte[] did;
  private long rev;
  private boolean revKnown;

  RepoState state = RepoState.QUEUED;
  HostLane lane = NOWHERE;
  int fence;
  short attempts;

  /** Where reading goes on; of an open repo only. */
  @Nullable String position;

  /** Why the repo is unavailable or gone. */
  @Nullable String reason;

  @Nullable Failure failure;

  /** When it may be claimed, in epoch milliseconds; kept by its lane, as are the next two. */
  long due;

  /** The order among repos that are due at the same time. */
  long turn;

  int indexInLane = HostLane.ABSENT;

  /** A slot in no lane: to be queued, or to look up the one that equals it. */
  QueueSlot(Did did) {
    this.did = did.value().getBytes(StandardCharsets.ISO_8859_1);
  }

  Did did() {
    return Did.parse(new String(did, StandardCharsets.ISO_8859_1));
  }

  @Nullable Tid rev() {
    return revKnown ? PackedTid.unpack(rev) : null;
  }

  void setRev(@Nullable Tid tid) {
    revKnown = tid != null;
    rev = tid == null ? 0 : PackedTid.pack(tid);
  }

  boolean isLeasedUnder(long claimed) {
    return state == RepoState.LEASED && fence == claimed;
  }

  boolean comesBefore(QueueSlot other) {
    return due == other.due ? turn < other.turn : due < other.due;
  }

  RepoEntry toEntry() {
    Tid doneAs = state == RepoState.DONE ? rev() : null;
    return new RepoEntry(did(), lane.pds(), state, attempts, doneAs, reason, failure);
  }

  @Override
  public int compareTo(QueueSlot other) {
    return Arrays.compare(did, other.did);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof QueueSlot slot && Arrays.equals(did, slot.did);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(did);
  }
}
