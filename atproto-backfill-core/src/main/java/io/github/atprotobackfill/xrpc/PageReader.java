package io.github.atprotobackfill.xrpc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.github.atprotobackfill.syntax.Nsid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the pages of one XRPC listing: an object with an array of entries and, unless it is the
 * last page, a cursor (protocol: pagination). For {@code RepoSource}s and {@code RecordFetcher}s.
 *
 * <p>Nothing is built but what the entry reader builds. A page that is not what the protocol says
 * is refused as a whole: not JSON, cut short, without its array, nested deeper than {@value
 * #MAX_DEPTH}, with more entries than agreed, or with a cursor that would lead back to the same
 * page. What is wrong with single entries is for the entry reader to judge.
 *
 * <p>Thread-safe.
 */
public final class PageReader {

  /**
   * The deepest nesting of a page. Generous, since one absurd record must not spoil the page it is
   * on, and bounded, since the tokenizer spends some 50 bytes on each level.
   */
  public static final int MAX_DEPTH = 10_000;

  /** The longest cursor, in UTF-16 units; it is sent back in a URL and stored. */
  public static final int MAX_CURSOR = 2_048;

  private static final int SHOWN_BYTES = 40;

  private final ServiceUrl service;
  private final Nsid method;
  private final String entriesField;
  private final int mostEntries;
  // One for each reader: the names a host makes up are remembered no longer than the reader.
  private final JsonFactory json = boundedJson();

  /**
   * Reads what {@code service} answers to {@code method}.
   *
   * @param entriesField the name of the array
   * @param mostEntries the most entries taken on one page
   */
  public PageReader(ServiceUrl service, Nsid method, String entriesField, int mostEntries) {
    this.service = service;
    this.method = method;
    this.entriesField = entriesField;
    this.mostEntries = mostEntries;
  }

  /** Takes one entry of a page. */
  @FunctionalInterface
  public interface EntryReader {

    /**
     * Reads the entry on whose first token {@code parser} stands, and leaves it on its last. Byte
     * offsets of the parser are those of the body.
     */
    void read(JsonParser parser) throws IOException;
  }

  /**
   * Reads one page.
   *
   * @param sentCursor the cursor that was sent for it
   * @return the cursor of the next page; null at the end, which is a missing, null or empty cursor
   * @throws XrpcException of kind {@code INVALID_RESPONSE} when the page is refused
   */
  public @Nullable String read(byte[] body, @Nullable String sentCursor, EntryReader entries) {
    if (firstVisible(body) != '{') {
      throw invalid("not a JSON object but " + beginning(body), null);
    }
    try (JsonParser parser = json.createParser(body)) {
      String cursor = readPage(parser, entries);
      if (cursor != null && cursor.equals(sentCursor)) {
        throw invalid("the page at cursor \"" + cursor + "\" leads back to itself", null);
      }
      return cursor;
    } catch (JsonProcessingException e) {
      throw invalid("not valid JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw invalid("not readable: " + e.getMessage(), e);
    }
  }

  private @Nullable String readPage(JsonParser parser, EntryReader entries) throws IOException {
    parser.nextToken();
    if (parser.currentTokenLocation().getByteOffset() < 0) {
      throw invalid("not UTF-8", null);
    }
    boolean found = false;
    String cursor = null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      if (name.equals(entriesField)) {
        if (found || value != JsonToken.START_ARRAY) {
          throw invalid("\"" + entriesField + "\" is not one array", null);
        }
        readEntries(parser, entries);
        found = true;
      } else if (name.equals("cursor")) {
        cursor = cursor(parser);
      } else {
        parser.skipChildren();
      }
    }
    if (!found) {
      throw invalid("\"" + entriesField + "\" is missing", null);
    }
    if (parser.nextToken() != null) {
      throw invalid("goes on after its end", null);
    }
    return cursor;
  }

  private void readEntries(JsonParser parser, EntryReader entries) throws IOException {
    int count = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (++count > mostEntries) {
        throw invalid("more than " + mostEntries + " entries on one page", null);
      }
      entries.read(parser);
    }
  }

  private @Nullable String cursor(JsonParser parser) throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw invalid("the cursor is not a string", null);
    }
    String cursor = parser.getText();
    if (cursor.length() > MAX_CURSOR) {
      throw invalid("the cursor has " + cursor.length() + " characters", null);
    }
    if (cursor.chars().anyMatch(Character::isISOControl)
        || !StandardCharsets.UTF_8.newEncoder().canEncode(cursor)) {
      throw invalid("the cursor has characters that no cursor can have", null);
    }
    return cursor.isEmpty() ? null : cursor;
  }

  private XrpcException invalid(String what, @Nullable Throwable cause) {
    return XrpcException.invalidResponse(service, method, what, cause);
  }

  private static int firstVisible(byte[] body) {
    for (byte b : body) {
      if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
        return b;
      }
    }
    return -1;
  }

  private static String beginning(byte[] body) {
    if (body.length == 0) {
      return "nothing";
    }
    int shown = Math.min(body.length, SHOWN_BYTES);
    return "\"" + new String(body, 0, shown, StandardCharsets.UTF_8).strip() + "\"…";
  }

  private static JsonFactory boundedJson() {
    // The body's size is capped before; lengths are left to whoever takes a text or number out.
    StreamReadConstraints bounds =
        StreamReadConstraints.builder()
            .maxNestingDepth(MAX_DEPTH)
            .maxNumberLength(Integer.MAX_VALUE)
            .maxNameLength(Integer.MAX_VALUE)
            .maxStringLength(Integer.MAX_VALUE)
            .build();
    return JsonFactory.builder()
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .streamReadConstraints(bounds)
        .build();
  }
}
