package io.github.atprotobackfill.progress;

import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The open repos of one host in the order in which they become claimable: a binary heap in which
 * every repo knows its place, so that it can be moved and removed in logarithmic time.
 */
final class HostLane {

  /** The place of a repo that is in no lane. */
  static final int ABSENT = -1;

  private static final int FIRST_CAPACITY = 4;

  private final @Nullable ServiceUrl pds;
  private QueueSlot[] heap = new QueueSlot[FIRST_CAPACITY];
  private int size;

  HostLane(@Nullable ServiceUrl pds) {
    this.pds = pds;
  }

  @Nullable ServiceUrl pds() {
    return pds;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** The repo that becomes claimable first; the lane must not be empty. */
  QueueSlot first() {
    return heap[0];
  }

  boolean hasDue(long now) {
    return size > 0 && heap[0].due <= now;
  }

  /**
   * Puts the repo where it belongs with this due time, whether or not it was in the lane before.
   */
  void file(QueueSlot slot, long due, long turn) {
    slot.due = due;
    slot.turn = turn;
    if (slot.indexInLane == ABSENT) {
      if (size == heap.length) {
        heap = Arrays.copyOf(heap, size + (size >> 1) + 1);
      }
      place(slot, size++);
    }
    settle(slot);
  }

  /** Takes the repo out, if it is in. */
  void remove(QueueSlot slot) {
    int hole = slot.indexInLane;
    if (hole == ABSENT) {
      return;
    }
    QueueSlot last = heap[--size];
    heap[size] = null;
    slot.indexInLane = ABSENT;
    if (hole < size) {
      place(last, hole);
      settle(last);
    }
    shrink();
  }

  private void settle(QueueSlot slot) {
    int before = slot.indexInLane;
    siftUp(slot);
    if (slot.indexInLane == before) {
      siftDown(slot);
    }
  }

  private void siftUp(QueueSlot slot) {
    int at = slot.indexInLane;
    while (at > 0 && slot.comesBefore(heap[(at - 1) / 2])) {
      place(heap[(at - 1) / 2], at);
      at = (at - 1) / 2;
    }
    place(slot, at);
  }

  private void siftDown(QueueSlot slot) {
    int at = slot.indexInLane;
    for (int child = firstChild(at); child < size; child = firstChild(at)) {
      if (!heap[child].comesBefore(slot)) {
        break;
      }
      place(heap[child], at);
      at = child;
    }
    place(slot, at);
  }

  /** The child of {@code at} that comes first; an index past the end when there is none. */
  private int firstChild(int at) {
    int left = 2 * at + 1;
    return left + 1 < size && heap[left + 1].comesBefore(heap[left]) ? left + 1 : left;
  }

  private void place(QueueSlot slot, int at) {
    heap[at] = slot;
    slot.indexInLane = at;
  }

  private void shrink() {
    if (heap.length > FIRST_CAPACITY && size < heap.length / 4) {
      heap = Arrays.copyOf(heap, Math.max(FIRST_CAPACITY, heap.length / 2));
    }
  }
}
