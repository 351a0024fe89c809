package io.github.atprotobackfill.sink;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends records to a file, one JSON object a line:
 *
 * <pre>
 * {"uri":"at://…","did":"…","collection":"…","rkey":"…","cid":"…","rev":"…","value":{…}}
 * {"uri":"at://…","did":"…","collection":"…","rkey":"…","rev":"…","deleted":true}
 * {"did":"…","account":{"active":false,"status":"deactivated","at":"…"}}
 * </pre>
 *
 * <p><b>Reading it.</b> A line is never changed, so a URI may occur on several. The one with the
 * greatest rev holds, of equal revs the last; TIDs are compared as text. Read so, the file is
 * idempotent by URI, and an older rev undoes nothing. {@code value} is the record as it arrived,
 * with line breaks between its tokens made spaces. Of several lines about an account the one with
 * the latest {@code at} holds, of equally late ones the last: where it is not active, none of the
 * account's records is to be shown, whichever line they are on.
 *
 * <p><b>Deletes.</b> A file cannot be asked what it holds. So a line that says {@code deleted}
 * comes only where a delete was seen as it happened; a record that was deleted between two
 * backfills stays, and stands out by nothing but its rev, which no later backfill renewed. Whoever
 * wants a copy without such records begins a new file, or takes a sink that tells what it holds.
 *
 * <p><b>Durable.</b> A write returns when the operating system says that the batch is on the disk.
 * A write that fails, and a process that dies during one, may leave part of a batch behind: whole
 * lines stay, and come again with the batch; half a line is cut off before anything else is
 * written.
 *
 * <p>Thread-safe. A file belongs to one sink at a time, also between processes.
 */
public final class JsonLinesSink implements RecordSink {

  private static final Logger log = LoggerFactory.getLogger(JsonLinesSink.class);
  private static final int SCAN_BYTES = 1 << 16;

  private final ReentrantLock lock = new ReentrantLock();
  private final Path path;
  // Not a FileChannel: that one closes itself for all threads when one of them is interrupted.
  private final RandomAccessFile file;
  private long end;

  private JsonLinesSink(Path path, RandomAccessFile file) {
    this.path = path;
    this.file = file;
  }

  /**
   * Opens {@code file}, or creates it; goes on after the last whole line.
   *
   * @throws IOException when the file cannot be opened, or another sink has it open
   */
  public static JsonLinesSink open(Path file) throws IOException {
    boolean isNew = Files.notExists(file);
    RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw");
    try {
      if (isNew) {
        makeEntryDurable(file.toAbsolutePath());
      }
      if (tryLock(opened) == null) {
        throw new IOException(file + " is being written by another sink");
      }
      JsonLinesSink sink = new JsonLinesSink(file, opened);
      sink.cutOffTornLine();
      return sink;
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /** A new file is durable only once its directory is, where directories can be forced at all. */
  private static void makeEntryDurable(Path file) {
    try (FileChannel directory = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
      directory.force(true);
    } catch (IOException e) {
      // Windows opens no directories; there the file system does this by itself.
      log.debug("{}: this system does not force directories", file, e);
    }
  }

  private static @Nullable FileLock tryLock(RandomAccessFile file) throws IOException {
    try {
      return file.getChannel().tryLock();
    } catch (OverlappingFileLockException e) {
      // Held by a sink of this process; null is how other processes' locks are told.
      return null;
    }
  }

  private void cutOffTornLine() throws IOException {
    long length = file.length();
    end = endOfLastLine(length);
    if (end < length) {
      log.warn("{}: cutting off {} bytes of a line that was never finished", path, length - end);
      file.setLength(end);
    }
  }

  /** The place after the last line break, looked for from the end. */
  private long endOfLastLine(long length) throws IOException {
    byte[] part = new byte[SCAN_BYTES];
    for (long to = length; to > 0; to = Math.max(0, to - SCAN_BYTES)) {
      long from = Math.max(0, to - SCAN_BYTES);
      int size = (int) (to - from);
      file.seek(from);
      file.readFully(part, 0, size);
      for (int i = size - 1; i >= 0; i--) {
        if (part[i] == '\n') {
          return from + i + 1;
        }
      }
    }
    return 0;
  }

  @Override
  public void write(List<RecordEvent> events) throws IOException {
    append(lines(events));
  }

  @Override
  public void account(AccountEvent event) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    append("{\"did\":\"" + event.did(), line);
    append("\",\"account\":{\"active\":" + event.active() + ",\"status\":\"", line);
    line.writeBytes(JsonStringEncoder.getInstance().quoteAsUTF8(event.status()));
    append("\",\"at\":\"" + event.at() + "\"}}\n", line);
    append(line.toByteArray());
  }

  private void append(byte[] lines) throws IOException {
    lock.lock();
    try {
      if (file.length() > end) {
        cutOffTornLine();
      }
      file.seek(end);
      file.write(lines);
      file.getFD().sync();
      end += lines.length;
    } finally {
      lock.unlock();
    }
  }

  /** The line of one event, its line break included: for whoever writes elsewhere than a file. */
  public static byte[] line(RecordEvent event) {
    return lines(List.of(event));
  }

  private static byte[] lines(List<RecordEvent> events) {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    for (RecordEvent event : events) {
      appendLine(event, lines);
    }
    return lines.toByteArray();
  }

  /** Identifiers have no character that JSON escapes, so they are written as they are. */
  private static void appendLine(RecordEvent event, ByteArrayOutputStream out) {
    append("{\"uri\":\"" + event.uri(), out);
    append("\",\"did\":\"" + event.did(), out);
    append("\",\"collection\":\"" + event.collection(), out);
    append("\",\"rkey\":\"" + event.rkey(), out);
    if (event instanceof RecordPut put) {
      append("\",\"cid\":\"" + put.cid(), out);
      append("\",\"rev\":\"" + put.rev() + "\",\"value\":", out);
      out.writeBytes(onOneLine(put.value().json()));
      append("}\n", out);
    } else {
      append("\",\"rev\":\"" + event.rev() + "\",\"deleted\":true}\n", out);
    }
  }

  private static void append(String ascii, ByteArrayOutputStream out) {
    out.writeBytes(ascii.getBytes(StandardCharsets.US_ASCII));
  }

  /** JSON allows raw line breaks between tokens only, where a space means the same. */
  private static byte[] onOneLine(byte[] json) {
    byte[] line = json;
    for (int i = 0; i < json.length; i++) {
      if (json[i] == '\n' || json[i] == '\r') {
        line = line == json ? json.clone() : line;
        line[i] = ' ';
      }
    }
    return line;
  }

  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      file.close();
    } finally {
      lock.unlock();
    }
  }
}
