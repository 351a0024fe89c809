package io.github.atprotobackfill.redis.stream;

import io.github.atprotobackfill.redis.TestRedis;
import io.github.atprotobackfill.sink.AccountEvent;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.testkit.contract.RecordSinkContract;
import io.github.atprotobackfill.testkit.contract.SinkHarness;
import io.github.atprotobackfill.testkit.contract.StoredRecord;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import redis.clients.jedis.UnifiedJedis;

/**
 * What goes over the stream and through an indexer into a database ends there as if it had been
 * written to it: everything that is promised of sinks holds of this way, too.
 */
class OverTheStreamTest extends RecordSinkContract {

  @Override
  protected SinkHarness newHarness() {
    return new StreamHarness();
  }

  private static final class StreamHarness implements SinkHarness {

    private final UnifiedJedis redis = TestRedis.connect();
    private final EventStreams streams = new EventStreams(redis);
    private final IndexedRecords records = new IndexedRecords();

    @Override
    public RecordSink open() {
      return new IndexedAtOnce();
    }

    /** A sink onto the stream that waits for the indexer. */
    private final class IndexedAtOnce implements RecordSink {

      private final RedisRecordSink sink =
          RedisRecordSink.builder(redis).names(streams.names).build();
      private final StreamIndexer indexer =
          StreamIndexer.builder(redis, records.sink()).names(streams.names).build().start();

      @Override
      public void write(List<RecordEvent> events) throws InterruptedException {
        sink.write(events);
        streams.waitUntilEmpty(indexer);
      }

      @Override
      public void account(AccountEvent event) throws InterruptedException {
        sink.account(event);
        streams.waitUntilEmpty(indexer);
      }

      @Override
      public void close() {
        indexer.close();
      }
    }

    @Override
    public boolean countsWhatChanged() {
      return false;
    }

    @Override
    public Map<AtUri, StoredRecord> stored() throws SQLException {
      return records.stored();
    }

    @Override
    public Optional<Set<AtUri>> shown() throws SQLException {
      return Optional.of(records.shown());
    }

    @Override
    public void close() throws SQLException {
      streams.close();
      records.close();
      redis.close();
    }
  }
}
