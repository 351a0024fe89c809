package io.github.atprotobackfill.repo;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Blocks in a temporary file: written from front to back, then {@linkplain #seal sealed} and read
 * at any place.
 *
 * <p>The file has no name for longer than it takes to open it: on Unix it is unlinked at once, on
 * Windows the system deletes it with the last handle. Either way nothing is left of a process that
 * died.
 *
 * <p>On Unix a sealed file is mapped, which makes reading as fast as memory when the page cache
 * holds it. Java 17 offers no way to undo a mapping before it is collected as garbage; so that no
 * disk space waits for that, the file is cut to nothing when it is closed. Windows lets nobody cut
 * or delete a mapped file, so there it is read by position.
 */
final class BlockFile implements BlockBytes {

  static final int UNMAPPED = 0;

  private static final String NAME_PREFIX = "atproto-backfill-repo-";

  private static final int WRITE_BYTES = 64 << 10;
  private static final int READ_AHEAD_BYTES = 1 << 10;
  private static final int SEGMENT_BYTES = 1 << 30;

  private final FileChannel channel;
  private final int segmentBytes;
  private final int largestBlock;

  /** What is not in the file yet; a block is either here or there as a whole. */
  private final ByteBuffer unwritten = ByteBuffer.allocate(WRITE_BYTES);

  private final List<MappedByteBuffer> segments = new ArrayList<>();
  private long written;

  private BlockFile(FileChannel channel, int segmentBytes, int largestBlock) {
    this.channel = channel;
    this.segmentBytes = segmentBytes;
    this.largestBlock = largestBlock;
  }

  static BlockFile in(Path directory, int largestBlock) throws IOException {
    return in(directory, largestBlock, isPosix(directory) ? SEGMENT_BYTES : UNMAPPED);
  }

  /** A file that is mapped in segments of so many bytes, or {@link #UNMAPPED}. */
  static BlockFile in(Path directory, int largestBlock, int segmentBytes) throws IOException {
    Path name = directory.resolve(NAME_PREFIX + UUID.randomUUID() + ".blocks");
    FileChannel channel =
        FileChannel.open(
            name, Set.of(READ, WRITE, CREATE_NEW, DELETE_ON_CLOSE), ownerOnly(isPosix(directory)));
    return new BlockFile(channel, segmentBytes, largestBlock);
  }

  private static boolean isPosix(Path directory) {
    return directory.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  private static FileAttribute<?>[] ownerOnly(boolean posix) {
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  /** Takes over what is in memory, its gaps included; the places stay the same. */
  void takeOver(BlockMemory memory) throws IOException {
    byte[][] chunks = memory.chunks();
    for (int i = 0; i < chunks.length; i++) {
      if (chunks[i].length > 0) {
        written = (long) i * BlockMemory.CHUNK_BYTES;
        writeFully(ByteBuffer.wrap(chunks[i]));
      }
    }
  }

  @Override
  public long append(byte[] source, int digestAt, int from, int to) throws IOException {
    int length = to - from;
    if (unwritten.remaining() < HEAD_BYTES + length) {
      flush();
    }
    long place = written + unwritten.position();
    unwritten.putInt(length).put(source, digestAt, BlockCid.DIGEST_BYTES);
    if (unwritten.remaining() < length) {
      flush();
      writeFully(ByteBuffer.wrap(source, from, length));
    } else {
      unwritten.put(source, from, length);
    }
    return place;
  }

  private void flush() throws IOException {
    unwritten.flip();
    writeFully(unwritten);
    unwritten.clear();
  }

  private void writeFully(ByteBuffer bytes) throws IOException {
    // In pieces: the JDK keeps a buffer as large as the largest write for each thread.
    int end = bytes.limit();
    while (bytes.position() < end) {
      bytes.limit(Math.min(end, bytes.position() + WRITE_BYTES));
      written += channel.write(bytes, written);
    }
  }

  /** Ends the writing. */
  void seal() throws IOException {
    flush();
    if (segmentBytes != UNMAPPED) {
      map();
    }
  }

  private void map() throws IOException {
    for (long start = 0; start < written; start += segmentBytes) {
      // A block that begins in a segment can be read in it to its end.
      long length = Math.min(written - start, (long) segmentBytes + HEAD_BYTES + largestBlock);
      segments.add(channel.map(MapMode.READ_ONLY, start, length));
    }
  }

  @Override
  public boolean hasDigest(long place, byte[] source, int digestAt) throws IOException {
    ByteBuffer theirs = ByteBuffer.wrap(source, digestAt, BlockCid.DIGEST_BYTES);
    long at = place + Integer.BYTES;
    if (!segments.isEmpty()) {
      MappedByteBuffer segment = segmentOf(place);
      int start = offset(place) + Integer.BYTES;
      return segment.getLong(start) == theirs.getLong()
          && segment.getLong(start + 8) == theirs.getLong()
          && segment.getLong(start + 16) == theirs.getLong()
          && segment.getLong(start + 24) == theirs.getLong();
    }
    if (place >= written) {
      return theirs.equals(
          unwritten.duplicate().slice((int) (at - written), BlockCid.DIGEST_BYTES));
    }
    ByteBuffer ours = ByteBuffer.allocate(BlockCid.DIGEST_BYTES);
    readFully(ours, at);
    return ours.equals(theirs);
  }

  @Override
  public void show(long place, BlockView view) throws IOException {
    if (segments.isEmpty()) {
      showByPosition(place, view);
      return;
    }
    MappedByteBuffer segment = segmentOf(place);
    int start = offset(place);
    int length = segment.getInt(start);
    segment.get(start + HEAD_BYTES, view.roomFor(length), 0, length);
  }

  @Override
  public int touch(long place) {
    if (segments.isEmpty()) {
      return 0;
    }
    MappedByteBuffer segment = segmentOf(place);
    int from = offset(place);
    int to = Math.min(segment.limit(), from + TOUCHED_BYTES);
    int sum = 0;
    for (int at = from; at < to; at += CACHE_LINE_BYTES) {
      sum += segment.get(at);
    }
    return sum;
  }

  private void showByPosition(long place, BlockView view) throws IOException {
    int ahead = (int) Math.min(READ_AHEAD_BYTES, written - place);
    ByteBuffer head = ByteBuffer.allocate(ahead);
    readFully(head, place);
    int length = head.getInt();
    byte[] room = view.roomFor(length);
    int known = Math.min(length, ahead - HEAD_BYTES);
    head.position(HEAD_BYTES).get(room, 0, known);
    readFully(ByteBuffer.wrap(room, known, length - known), place + ahead);
  }

  private void readFully(ByteBuffer into, long at) throws IOException {
    int start = into.position();
    while (into.hasRemaining()) {
      if (channel.read(into, at + into.position() - start) < 0) {
        throw new EOFException("a temporary file of blocks was cut by somebody else");
      }
    }
    into.position(start);
  }

  private MappedByteBuffer segmentOf(long place) {
    return segments.get((int) (place / segmentBytes));
  }

  private int offset(long place) {
    return (int) (place % segmentBytes);
  }

  @Override
  public void close() {
    boolean mapped = !segments.isEmpty();
    segments.clear();
    // A channel takes an interruption for a reason to close at once, without what is to be done.
    boolean interrupted = Thread.interrupted();
    try (channel) {
      if (mapped && channel.isOpen()) {
        channel.truncate(0);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot give back the disk space of a repo's blocks", e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
