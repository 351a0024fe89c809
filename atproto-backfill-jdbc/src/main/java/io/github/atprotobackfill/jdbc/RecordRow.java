package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.sink.RecordPut;

/**
 * A record to put, with the text its column is to hold.
 *
 * @param altered whether the text is not the record's own
 */
record RecordRow(RecordPut put, String json, boolean altered) {

  static RecordRow of(RecordPut put, boolean strict) {
    String own = put.value().jsonText();
    String json = strict ? JsonbText.of(own) : own;
    return new RecordRow(put, json, !json.equals(own));
  }
}
