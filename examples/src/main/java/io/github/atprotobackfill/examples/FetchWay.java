package io.github.atprotobackfill.examples;

import io.github.atprotobackfill.fetch.ListRecordsFetcher;
import io.github.atprotobackfill.fetch.RecordFetcher;
import io.github.atprotobackfill.xrpc.XrpcClient;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The ways of reading a repo. */
enum FetchWay {
  /** Page by page of {@code com.atproto.repo.listRecords}. */
  LIST_RECORDS {
    @Override
    RecordFetcher fetcher(XrpcClient client) {
      return new ListRecordsFetcher(client);
    }
  };

  /** Reads repos in this way, through {@code client}. */
  abstract RecordFetcher fetcher(XrpcClient client);

  /** Reads the spelling of the command line. */
  static final class Converter implements ITypeConverter<FetchWay> {
    @Override
    public FetchWay convert(String text) {
      if (text.equals("list-records")) {
        return LIST_RECORDS;
      }
      throw new TypeConversionException(
          "\"" + text + "\" is not a way of reading repos; list-records is the only one so far");
    }
  }
}
