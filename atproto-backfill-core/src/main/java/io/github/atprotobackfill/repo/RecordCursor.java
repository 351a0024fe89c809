package io.github.atprotobackfill.repo;

import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import java.util.Arrays;

/**
 * Moves over the records of a {@link Repo} in the order of its tree. Nothing of a record is decoded
 * before it is asked for. Not thread-safe.
 *
 * <p>What is wrong with the tree ends the walk: {@link #next} throws. What is wrong with one record
 * is that record's affair: {@link #json} and {@link #cbor} throw, and the walk can go on.
 */
public final class RecordCursor {

  private final MstWalk walk;
  private final MstPaths paths = new MstPaths();
  private final BlockView record = new BlockView();
  private final DagCborTranscoder transcoder = new DagCborTranscoder();
  private boolean onRecord;

  RecordCursor(MstWalk walk) {
    this.walk = walk;
  }

  /**
   * Moves to the next record; false behind the last.
   *
   * @throws InvalidRepoException when the tree is invalid or incomplete, which only happens where
   *     opening the repo did not look
   * @throws IllegalStateException when the repo is closed
   */
  public boolean next() {
    onRecord = false;
    onRecord = walk.next();
    return onRecord;
  }

  /** The record's collection. */
  public Nsid collection() {
    requireRecord();
    return paths.collection(walk.key(), walk.keyLength());
  }

  /** The record's key. */
  public RecordKey rkey() {
    requireRecord();
    return paths.rkey(walk.key(), walk.keyLength());
  }

  /** The hash of the record's block. */
  public BlockCid cid() {
    requireRecord();
    return BlockCid.at(walk.valueSource(), walk.valueAt());
  }

  /**
   * The record as JSON in UTF-8.
   *
   * @throws InvalidRepoException when the record is not valid DAG-CBOR, or no map, or missing
   */
  public byte[] json() {
    BlockView block = show();
    try {
      return transcoder.recordToJson(block.bytes, block.from, block.to);
    } catch (InvalidRepoException e) {
      throw InvalidRepoException.malformed("record " + walk.keyText() + ": " + e.getMessage(), e);
    }
  }

  /**
   * The record's block, a copy of its bytes as they are, whatever they are.
   *
   * @throws InvalidRepoException when the record is missing, which only happens where opening the
   *     repo did not look
   */
  public byte[] cbor() {
    BlockView block = show();
    return Arrays.copyOfRange(block.bytes, block.from, block.to);
  }

  private BlockView show() {
    requireRecord();
    if (!walk.showRecord(record)) {
      throw InvalidRepoException.incomplete("record " + walk.keyText() + " is missing");
    }
    return record;
  }

  private void requireRecord() {
    if (!onRecord) {
      throw new IllegalStateException("the cursor is not on a record");
    }
  }
}
