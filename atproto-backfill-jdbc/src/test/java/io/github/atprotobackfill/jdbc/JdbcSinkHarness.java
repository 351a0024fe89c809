package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.testkit.contract.SinkHarness;
import io.github.atprotobackfill.testkit.contract.StoredRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A record table of one kind for the contract kit. */
final class JdbcSinkHarness implements SinkHarness {

  private final TestStorage storage;
  private final RecordColumn column;

  JdbcSinkHarness(TestStorage.Kind kind) {
    this(kind, RecordColumn.JSONB);
  }

  JdbcSinkHarness(TestStorage.Kind kind, RecordColumn column) {
    this.storage = TestStorage.empty(kind);
    this.column = column;
    JdbcSchema.builder(storage.dataSource())
        .tablePrefix(storage.prefix())
        .recordColumn(column)
        .build()
        .create();
  }

  @Override
  public RecordSink open() {
    return storage.sink();
  }

  @Override
  public Map<AtUri, StoredRecord> stored() throws Exception {
    String select = "SELECT uri, cid, rev, record FROM " + storage.prefix() + "record";
    try (Connection connection = storage.dataSource().getConnection();
        PreparedStatement statement = connection.prepareStatement(select);
        ResultSet rows = statement.executeQuery()) {
      Map<AtUri, StoredRecord> stored = new HashMap<>();
      while (rows.next()) {
        stored.put(
            AtUri.parse(rows.getString("uri")),
            new StoredRecord(
                Cid.parse(rows.getString("cid")),
                Tid.parse(rows.getString("rev")),
                rows.getString("record")));
      }
      return stored;
    }
  }

  @Override
  public Optional<Set<AtUri>> shown() throws Exception {
    return Optional.of(
        storage.query("SELECT uri FROM $visible_record").stream()
            .map(AtUri::parse)
            .collect(Collectors.toSet()));
  }

  @Override
  public String keeps(String json) {
    boolean jsonb = storage.kind() == TestStorage.Kind.POSTGRESQL && column == RecordColumn.JSONB;
    return jsonb
        ? json.replaceAll("\\\\u(0000|d83d(?!\\\\u)|(?<!d83d\\\\u)de00)", "\\\\ufffd")
        : json;
  }

  @Override
  public void close() throws Exception {
    storage.close();
  }
}
