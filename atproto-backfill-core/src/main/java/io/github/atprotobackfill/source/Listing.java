package io.github.atprotobackfill.source;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.xrpc.PageReader;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import io.github.atprotobackfill.xrpc.XrpcException;
import io.github.atprotobackfill.xrpc.XrpcParams;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One listing of one service: asks for its pages, and takes their entries apart as far as any
 * source needs, which is names and plain values.
 */
final class Listing {

  /** Entries asked for at once. */
  static final int PAGE_SIZE = 1_000;

  /** Collection directories clamp a limit at this; nobody has a reason to give more. */
  private static final int MOST_ENTRIES = 10_000;

  private static final int UNAUTHORIZED = 401;

  private final XrpcClient client;
  private final ServiceUrl service;
  private final Nsid method;
  private final XrpcParams params;
  private final PageReader pages;

  /**
   * The listing that {@code service} answers to {@code method}.
   *
   * @param entriesField the array of the answer
   * @param params what every page is asked for with, besides limit and cursor
   */
  Listing(
      XrpcClient client, ServiceUrl service, Nsid method, String entriesField, XrpcParams params) {
    this.client = client;
    this.service = service;
    this.method = method;
    this.params = params.with("limit", PAGE_SIZE);
    this.pages = new PageReader(service, method, entriesField, MOST_ENTRIES);
  }

  ServiceUrl service() {
    return service;
  }

  /** Takes one entry: its plain values by name, booleans as {@code true} and {@code false}. */
  @FunctionalInterface
  interface EntryTaker {

    /** Returns whether the entry was what the protocol says. */
    boolean take(Map<String, String> entry);
  }

  /**
   * What is left of a page when its entries have been taken.
   *
   * @param cursor where the next page begins; null at the end
   * @param rejected entries that were no objects, or not taken
   */
  record Rest(@Nullable String cursor, int rejected) {}

  /**
   * Asks for the page at {@code cursor}.
   *
   * @throws SourceUnsupportedException when the service does not offer this listing
   */
  Rest page(@Nullable String cursor, EntryTaker entries) throws InterruptedException {
    return read(ask(cursor), cursor, entries);
  }

  private byte[] ask(@Nullable String cursor) throws InterruptedException {
    try {
      XrpcParams all = cursor == null ? params : params.with("cursor", cursor);
      return client.query(service, method, all).body();
    } catch (XrpcException e) {
      if (saysUnsupported(e)) {
        throw new SourceUnsupportedException(
            service.authority() + " does not offer " + method + ": " + e.getMessage(), e);
      }
      throw e;
    }
  }

  /** Reads a page that came for {@code cursor}. */
  Rest read(byte[] body, @Nullable String cursor, EntryTaker entries) {
    int[] rejected = {0};
    String next =
        pages.read(
            body,
            cursor,
            parser -> {
              Map<String, String> entry = plainValues(parser);
              if (entry == null || !entries.take(entry)) {
                rejected[0]++;
              }
            });
    return new Rest(next, rejected[0]);
  }

  private static @Nullable Map<String, String> plainValues(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      parser.skipChildren();
      return null;
    }
    Map<String, String> values = new HashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      switch (parser.nextToken()) {
        case VALUE_STRING, VALUE_TRUE, VALUE_FALSE -> values.put(name, parser.getText());
        default -> parser.skipChildren();
      }
    }
    return values;
  }

  /**
   * Whether the service says that this listing is not to be had from it. A PDS with an AppView
   * behind it does so by asking for a login, which no public listing needs.
   */
  private static boolean saysUnsupported(XrpcException e) {
    return e.kind() == ErrorKind.NOT_SUPPORTED || e.status() == UNAUTHORIZED;
  }
}
