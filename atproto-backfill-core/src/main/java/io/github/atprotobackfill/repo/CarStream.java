package io.github.atprotobackfill.repo;

import java.io.IOException;
import java.io.InputStream;

/**
 * The blocks of a CAR v1 file in the order in which they arrive, one at a time; protocol facts in
 * the <a href="https://ipld.io/specs/transport/car/carv1/">specification</a>. Not thread-safe.
 *
 * <p>Only the framing is looked at here. An end within a header or a block means that the rest did
 * not arrive; an end between two blocks cannot be told from the end of the file.
 */
final class CarStream {

  private static final int FIRST_BUFFER_BYTES = 32 << 10;

  /** {@code uvarint} has at most nine bytes. */
  private static final int MOST_VARINT_BYTES = 9;

  private final InputStream in;
  private final RepoLimits limits;

  private byte[] buffer = new byte[FIRST_BUFFER_BYTES];
  private int at;
  private int end;
  private long arrived;
  private boolean ended;

  private int blocks;
  private final CarCid cid = new CarCid();
  private int blockFrom;

  CarStream(InputStream in, RepoLimits limits) {
    this.in = in;
    this.limits = limits;
  }

  /** Reads the header, which comes before all blocks. */
  CarHeader header() throws IOException {
    if (!hasMore()) {
      throw InvalidRepoException.incomplete("the CAR file is empty");
    }
    int length = length("header", limits.headerBytes());
    need(length, "header");
    CarHeader header = CarHeader.parse(buffer, at, at + length);
    at += length;
    return header;
  }

  /** Moves to the next block; false at the end of the file. */
  boolean next() throws IOException {
    if (!hasMore()) {
      return false;
    }
    if (++blocks > limits.blocks()) {
      throw InvalidRepoException.malformed(
          "the CAR file has more than " + limits.blocks() + " blocks");
    }
    int length = length("block", (long) limits.blockBytes() + CarCid.MOST_BYTES);
    need(length, "block");
    blockFrom = at + cid.read(buffer, at, at + length);
    at += length;
    if (at - blockFrom > limits.blockBytes()) {
      throw InvalidRepoException.malformed(
          "a block has " + (at - blockFrom) + " bytes, more than " + limits.blockBytes());
    }
    return true;
  }

  /** The CID of the block; its digest stands in {@link #bytes}. */
  CarCid cid() {
    return cid;
  }

  /** Where the block's content stands until the next call of {@link #next}. */
  byte[] bytes() {
    return buffer;
  }

  int blockFrom() {
    return blockFrom;
  }

  int blockTo() {
    return at;
  }

  /** The blocks read so far, repeated ones included. */
  int blocks() {
    return blocks;
  }

  /** The bytes read so far. */
  long bytesRead() {
    return arrived - (end - at);
  }

  private int length(String what, long most) throws IOException {
    long length = 0;
    for (int i = 0; i < MOST_VARINT_BYTES; i++) {
      need(1, what);
      byte next = buffer[at++];
      length |= (next & 0x7fL) << (7 * i);
      if (next >= 0) {
        return checked(length, what, most, next == 0 && i > 0);
      }
    }
    throw InvalidRepoException.malformed("the length of a " + what + " does not end");
  }

  private static int checked(long length, String what, long most, boolean padded) {
    if (padded || length == 0) {
      throw InvalidRepoException.malformed(
          "the length of a " + what + (padded ? " is not in its shortest form" : " is 0"));
    }
    if (length > most) {
      throw InvalidRepoException.malformed(
          "a " + what + " has " + length + " bytes, more than " + most);
    }
    return (int) length;
  }

  private boolean hasMore() throws IOException {
    return at < end || fill(1);
  }

  private void need(int bytes, String what) throws IOException {
    if (end - at < bytes && !fill(bytes)) {
      throw InvalidRepoException.incomplete("the CAR file ends within a " + what);
    }
  }

  /** Whether so many bytes stand from {@code at} on, after reading what is missing. */
  private boolean fill(int bytes) throws IOException {
    int rest = end - at;
    byte[] target = bytes <= buffer.length ? buffer : new byte[Math.max(bytes, 2 * buffer.length)];
    System.arraycopy(buffer, at, target, 0, rest);
    buffer = target;
    at = 0;
    end = rest;
    while (end < bytes && !ended) {
      read();
    }
    return end >= bytes;
  }

  private void read() throws IOException {
    int count = in.read(buffer, end, buffer.length - end);
    if (count < 0) {
      ended = true;
      return;
    }
    end += count;
    arrived += count;
    if (arrived > limits.carBytes()) {
      throw InvalidRepoException.malformed(
          "the CAR file has more than " + limits.carBytes() + " bytes");
    }
  }
}
