package io.github.atprotobackfill.fetch;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.sink.RecordValue;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.PageReader;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the records out of {@code listRecords} pages. No tree is built: each record's bytes are
 * copied out of the page as they stand, after the tokenizer has gone over them.
 *
 * <p>An entry that is no valid record of the repo and collection asked for is named and left out,
 * save for its key, if it has one; the others on its page stay.
 */
final class RecordPageReader {

  /** The largest record taken, in bytes of JSON; hosts take about half of it in. */
  static final int MAX_RECORD_BYTES = 2 << 20;

  /** The deepest nesting of a record. */
  static final int MAX_RECORD_DEPTH = 64;

  /** The longest number or field name taken in a record, in characters: what JSON readers take. */
  static final int MAX_NUMBER_CHARS = 1_000;

  static final int MAX_NAME_CHARS = 50_000;

  private final ServiceUrl pds;
  private final Did did;
  private final PageReader pages;

  RecordPageReader(ServiceUrl pds, Did did, int mostEntries) {
    this.pds = pds;
    this.did = did;
    this.pages = new PageReader(pds, HostRepo.LIST_RECORDS, "records", mostEntries);
  }

  /** Reads the page of {@code collection} that came for {@code sentCursor}. */
  RecordPage read(byte[] body, Nsid collection, Tid rev, @Nullable String sentCursor) {
    Entries entries = new Entries(body, collection, rev);
    String cursor = pages.read(body, sentCursor, entries::read);
    return entries.page(cursor);
  }

  /** The entries of one page, as they are read. */
  private final class Entries {

    private final byte[] body;
    private final Nsid collection;
    private final Tid rev;
    private final String uriPrefix;
    private final List<RecordPage.Entry> entries = new ArrayList<>();
    private final List<Failure> rejected = new ArrayList<>();
    private @Nullable String greatestKey;
    private boolean ascending = true;

    private @Nullable String uri;
    private @Nullable String cid;
    private final Value value = new Value();

    Entries(byte[] body, Nsid collection, Tid rev) {
      this.body = body;
      this.collection = collection;
      this.rev = rev;
      this.uriPrefix = "at://" + did + "/" + collection + "/";
    }

    void read(JsonParser parser) throws IOException {
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        parser.skipChildren();
        reject("an entry is not an object");
        return;
      }
      readFields(parser);
      Optional<RecordKey> key = key();
      if (key.isEmpty()) {
        reject("a record with the URI " + uri + " came for " + uriPrefix);
        return;
      }
      noteKey(key.get());
      take(key.get());
    }

    private void readFields(JsonParser parser) throws IOException {
      uri = null;
      cid = null;
      value.clear();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken token = parser.nextToken();
        if (token == JsonToken.VALUE_STRING && name.equals("uri")) {
          uri = parser.getText();
        } else if (token == JsonToken.VALUE_STRING && name.equals("cid")) {
          cid = parser.getText();
        } else if (token == JsonToken.START_OBJECT && name.equals("value")) {
          value.read(parser);
        } else {
          parser.skipChildren();
        }
      }
    }

    private Optional<RecordKey> key() {
      return uri != null && uri.startsWith(uriPrefix)
          ? RecordKey.tryParse(uri.substring(uriPrefix.length()))
          : Optional.empty();
    }

    private void noteKey(RecordKey key) {
      if (greatestKey == null || key.value().compareTo(greatestKey) > 0) {
        greatestKey = key.value();
      } else {
        ascending = false;
      }
    }

    private void take(RecordKey key) {
      String wrong = value.wrong(body);
      Optional<Cid> hash = cid == null ? Optional.empty() : Cid.tryParse(cid);
      if (wrong == null && hash.isPresent()) {
        RecordValue json = RecordValue.ofJson(value.bytes(body));
        RecordPut put = new RecordPut(did, collection, key, hash.get(), rev, json);
        entries.add(new RecordPage.Entry(key, put.cid(), put));
        return;
      }
      entries.add(new RecordPage.Entry(key, hash.orElse(null), null));
      reject(
          uri
              + ": "
              + (wrong != null ? wrong : "its CID is " + (cid == null ? "missing" : "malformed")));
    }

    private void reject(String what) {
      String message = pds.authority() + " " + HostRepo.LIST_RECORDS + ": " + what;
      rejected.add(new Failure(ErrorKind.INVALID_RESPONSE, message));
    }

    RecordPage page(@Nullable String cursor) {
      if (!ascending) {
        // Stable, so that of two entries of one URI the later still comes later.
        entries.sort(Comparator.comparing(RecordPage.Entry::rkey));
      }
      return new RecordPage(entries, rejected, greatestKey, cursor);
    }
  }

  /** Where on its page a record's value stands, and what the tokenizer found in it. */
  private static final class Value {

    private int start;
    private int end;
    private int deepest;
    private boolean oversizedToken;

    void clear() {
      start = 0;
      end = 0;
      deepest = 0;
      oversizedToken = false;
    }

    void read(JsonParser parser) throws IOException {
      clear();
      start = (int) parser.currentTokenLocation().getByteOffset();
      int depth = 1;
      deepest = 1;
      while (depth > 0) {
        switch (parser.nextToken()) {
          case START_OBJECT, START_ARRAY -> deepest = Math.max(deepest, ++depth);
          case END_OBJECT, END_ARRAY -> depth--;
          case FIELD_NAME -> oversizedToken |= parser.currentName().length() > MAX_NAME_CHARS;
          case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
              oversizedToken |= parser.getTextLength() > MAX_NUMBER_CHARS;
          default -> {}
        }
      }
      end = (int) parser.currentLocation().getByteOffset();
    }

    /** What is wrong with the value, or null. */
    @Nullable String wrong(byte[] body) {
      if (end == 0) {
        return "its value is missing or not an object";
      }
      if (end - start > MAX_RECORD_BYTES) {
        return "its value has " + (end - start) + " bytes";
      }
      if (deepest > MAX_RECORD_DEPTH) {
        return "its value is nested " + deepest + " levels deep";
      }
      if (oversizedToken) {
        return "its value has a number or field name of absurd length";
      }
      return UnicodeCheck.passes(body, start, end) ? null : "its value is not Unicode text";
    }

    byte[] bytes(byte[] body) {
      return Arrays.copyOfRange(body, start, end);
    }
  }
}
