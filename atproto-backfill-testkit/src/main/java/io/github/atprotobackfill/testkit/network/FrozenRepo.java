package io.github.atprotobackfill.testkit.network;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One account's repo as it stood at a moment, so that a host can read it while tests write on. For
 * one reader at a time.
 *
 * @param account the account's number
 * @param did its DID
 * @param changes how many changes it had seen
 * @param population the facts about it
 * @param collections its collections, in the order of the paths of their records
 */
record FrozenRepo(
    int account, String did, int changes, Population population, List<Collection> collections) {

  /** A collection and its records. */
  record Collection(String nsid, RepoContent content) {}

  /** The number of its rev. */
  long rev() {
    return population.revNumber(account, changes);
  }

  /** No less than the number of records. */
  int bound() {
    return collections.stream().mapToInt(collection -> collection.content().bound()).sum();
  }

  void walk(Walker walker) throws IOException {
    for (Collection collection : collections) {
      byte[] prefix = (collection.nsid() + "/").getBytes(StandardCharsets.US_ASCII);
      collection.content().walk(new ByRev(prefix, walker));
    }
  }

  /** Is shown the records of a repo in the order of their paths. */
  interface Walker {

    /**
     * A record.
     *
     * @param key its path
     * @param rev the number of the rev that wrote it
     * @param born the number of the rev since which there is a record at this path
     */
    void record(byte[] key, StoredRecord record, long rev, long born) throws IOException;

    /** A record is no more since that rev. */
    void deleted(long rev) throws IOException;
  }

  private final class ByRev implements RepoContent.Walker {

    private final byte[] prefix;
    private final Walker walker;

    ByRev(byte[] prefix, Walker walker) {
      this.prefix = prefix;
      this.walker = walker;
    }

    @Override
    public void generated(StoredRecord record, long micros) throws IOException {
      long rev = population.revAt(account, micros);
      walker.record(key(record), record, rev, rev);
    }

    @Override
    public void replaced(StoredRecord record, int change, long micros) throws IOException {
      long rev = population.revNumber(account, change);
      walker.record(key(record), record, rev, population.revAt(account, micros));
    }

    @Override
    public void written(StoredRecord record, int change, int born) throws IOException {
      long rev = population.revNumber(account, change);
      walker.record(key(record), record, rev, population.revNumber(account, born));
    }

    @Override
    public void deleted(int change) throws IOException {
      walker.deleted(population.revNumber(account, change));
    }

    private byte[] key(StoredRecord record) {
      byte[] rkey = record.rkey().getBytes(StandardCharsets.US_ASCII);
      return new ByteWriter(prefix.length + rkey.length).put(prefix).put(rkey).array();
    }
  }
}
