package io.github.atprotobackfill.examples;

import io.github.atprotobackfill.fetch.AdaptiveFetcher;
import io.github.atprotobackfill.fetch.CidCheck;
import io.github.atprotobackfill.fetch.ListRecordsFetcher;
import io.github.atprotobackfill.fetch.RecordFetcher;
import io.github.atprotobackfill.fetch.RepoExportFetcher;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The ways of reading a repo. */
enum FetchWay {
  /** Whichever of the others is expected to cost less, repo by repo. */
  AUTO {
    @Override
    RecordFetcher fetcher(XrpcClient client, Verification verify) {
      return new AdaptiveFetcher(client, export(client, verify), listing(client, verify));
    }
  },
  /** Page by page of {@code com.atproto.repo.listRecords}. */
  LIST_RECORDS {
    @Override
    RecordFetcher fetcher(XrpcClient client, Verification verify) {
      return listing(client, verify);
    }
  },
  /** Whole, by {@code com.atproto.sync.getRepo}. */
  EXPORT {
    @Override
    RecordFetcher fetcher(XrpcClient client, Verification verify) {
      return export(client, verify);
    }
  };

  /** What is proven of records before they are taken. */
  enum Verification {
    /** Commits are signed, and records hash to their CIDs. */
    FULL,
    /** What the host says, as far as a repo that comes whole does not contradict itself. */
    NONE
  }

  /** Reads repos in this way, through {@code client}. */
  abstract RecordFetcher fetcher(XrpcClient client, Verification verify);

  private static RepoExportFetcher export(XrpcClient client, Verification verify) {
    return RepoExportFetcher.builder(client)
        .listing(listing(client, verify))
        .verifySignatures(verify == Verification.FULL)
        .build();
  }

  private static ListRecordsFetcher listing(XrpcClient client, Verification verify) {
    return new ListRecordsFetcher(
        client, verify == Verification.FULL ? CidCheck.MARK : CidCheck.OFF);
  }

  /** Reads the spelling of the command line. */
  static final class Converter implements ITypeConverter<FetchWay> {
    @Override
    public FetchWay convert(String text) {
      return switch (text) {
        case "auto" -> AUTO;
        case "list-records" -> LIST_RECORDS;
        case "export" -> EXPORT;
        default ->
            throw new TypeConversionException(
                "\"" + text + "\" is not a way of reading repos: auto, list-records or export");
      };
    }
  }

  /** Reads the spelling of the command line. */
  static final class VerificationConverter implements ITypeConverter<Verification> {
    @Override
    public Verification convert(String text) {
      try {
        return Verification.valueOf(text.toUpperCase(Locale.ROOT));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException("\"" + text + "\" is neither full nor none");
      }
    }
  }
}
