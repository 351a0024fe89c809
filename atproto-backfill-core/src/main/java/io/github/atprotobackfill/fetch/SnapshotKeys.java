package io.github.atprotobackfill.fetch;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.github.atprotobackfill.sink.Proof;
import io.github.atprotobackfill.sink.RepoSnapshot;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import io.github.atprotobackfill.syntax.Tid;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a listing, kept until its end for a sink that wants them all: in memory while they
 * are few, in a temporary file beyond that, which has no name for longer than it takes to open it,
 * so that nothing is left of a process that died. Not thread-safe.
 */
final class SnapshotKeys implements AutoCloseable {

  /** Bytes of keys in memory. */
  static final int MOST_IN_MEMORY = 256 << 10;

  private static final String NAME_PREFIX = "atproto-backfill-keys-";

  private final FetchRequest request;
  private final ByteArrayOutputStream memory = new ByteArrayOutputStream();
  private DataOutputStream out = new DataOutputStream(memory);
  private @Nullable FileChannel file;
  private @Nullable Nsid last;
  private boolean someMissing;

  SnapshotKeys(FetchRequest request) {
    this.request = request;
  }

  void add(Nsid collection, RecordKey rkey, Cid cid) {
    try {
      // A collection is written once for all its keys, behind an empty key.
      if (!collection.equals(last)) {
        out.writeUTF("");
        out.writeUTF(collection.value());
        last = collection;
      }
      out.writeUTF(rkey.value());
      out.writeUTF(cid.value());
      if (file == null && out.size() > MOST_IN_MEMORY) {
        moveToFile();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the keys of " + request.did() + " could not be kept", e);
    }
  }

  /** There is a key that cannot be told, or not in its place: these are not all keys. */
  void someMissing() {
    someMissing = true;
  }

  private void moveToFile() throws IOException {
    Path name = Path.of(System.getProperty("java.io.tmpdir"), NAME_PREFIX + UUID.randomUUID());
    file = FileChannel.open(name, READ, WRITE, CREATE_NEW, DELETE_ON_CLOSE);
    OutputStream spilled = new BufferedOutputStream(Channels.newOutputStream(file));
    out = new DataOutputStream(spilled);
    memory.writeTo(spilled);
    memory.reset();
  }

  /** Whether memory was too small. */
  boolean inFile() {
    return file != null;
  }

  /** All keys, good until this is closed; empty where these are not all. */
  Optional<RepoSnapshot> snapshot(Tid rev, @Nullable Cid commit) {
    return someMissing
        ? Optional.empty()
        : Optional.of(new Snapshot(request.did(), rev, commit, request.collections()));
  }

  private final class Snapshot implements RepoSnapshot {

    private final Did did;
    private final Tid rev;
    private final @Nullable Cid commit;
    private final Set<Nsid> collections;

    Snapshot(Did did, Tid rev, @Nullable Cid commit, Set<Nsid> collections) {
      this.did = did;
      this.rev = rev;
      this.commit = commit;
      this.collections = collections;
    }

    @Override
    public Did did() {
      return did;
    }

    @Override
    public Tid rev() {
      return rev;
    }

    @Override
    public Optional<Cid> commit() {
      return Optional.ofNullable(commit);
    }

    @Override
    public Set<Nsid> collections() {
      return collections;
    }

    @Override
    public Proof proof() {
      return Proof.NONE;
    }

    @Override
    public void forEachKey(KeyVisitor visitor) throws Exception {
      out.flush();
      DataInputStream in = new DataInputStream(stored()); // closing it would delete the file
      Nsid collection = null;
      for (String key = next(in); key != null; key = next(in)) {
        if (key.isEmpty()) {
          collection = Nsid.parse(in.readUTF());
        } else if (collection != null) {
          visitor.key(collection, RecordKey.parse(key), Cid.parse(in.readUTF()));
        }
      }
    }
  }

  private InputStream stored() throws IOException {
    return file == null
        ? new ByteArrayInputStream(memory.toByteArray())
        : new BufferedInputStream(Channels.newInputStream(file.position(0)));
  }

  private static @Nullable String next(DataInputStream in) throws IOException {
    try {
      return in.readUTF();
    } catch (EOFException e) {
      return null; // the keys end between two of them
    }
  }

  @Override
  public void close() {
    if (file == null) {
      return;
    }
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException("the keys of " + request.did() + " could not be deleted", e);
    }
  }
}
