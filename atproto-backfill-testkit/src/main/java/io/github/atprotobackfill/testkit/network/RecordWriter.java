package io.github.atprotobackfill.testkit.network;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/**
 * Writes the records of which accounts are made at first: the n-th record of a collection is the
 * same whenever it is asked for. One writer serves one request; not thread-safe.
 */
final class RecordWriter {

  private static final int SALTS = 1 << 10;
  private static final List<String> WORDS =
      List.of(
          "tide", "harbour", "lantern", "quiet", "copper", "morning", "paper", "river", "signal",
          "window", "garden", "north", "letter", "winter", "mirror", "bridge", "naïve", "зима",
          "日本語", "🎉");

  /** The words of plain letters, which stand first. */
  private static final int TAGS = 16;

  private final long seed;
  private final int textWords;
  private final CidMaker cids = new CidMaker();
  private final StringBuilder text = new StringBuilder(256);

  RecordWriter(long seed, int textWords) {
    this.seed = seed;
    this.textWords = textWords;
  }

  /** The key of the n-th record: a TID, growing with {@code n}. */
  String rkey(GeneratedCollection of, int n) {
    return TidText.of(micros(of, n), (int) (of.salt() & (SALTS - 1)));
  }

  /** The n-th record. */
  StoredRecord record(GeneratedCollection of, int n) {
    long micros = micros(of, n);
    long hash = Mix.of(seed, of.salt(), n);
    byte[] words = words(hash);
    byte[] tag = ascii(WORDS.get((int) ((hash >>> 4) & (TAGS - 1))));
    byte[] type = ascii(of.collection());
    byte[] createdAt = ascii(Instant.ofEpochMilli(micros / 1000).toString());

    ByteWriter block = new ByteWriter(128 + words.length);
    CborWriter cbor = new CborWriter(block).map(5);
    cbor.text("n").number(n);
    cbor.text("tags").array(1).text(tag);
    cbor.text("text").text(words);
    cbor.text("$type").text(type);
    cbor.text("createdAt").text(createdAt);

    ByteWriter json = new ByteWriter(192 + words.length);
    json.text("{\"n\":").text(Integer.toString(n));
    json.text(",\"tags\":[\"").put(tag);
    json.text("\"],\"text\":\"").put(words);
    json.text("\",\"$type\":\"").put(type);
    json.text("\",\"createdAt\":\"").put(createdAt).text("\"}");
    return new StoredRecord(
        TidText.of(micros, (int) (of.salt() & (SALTS - 1))),
        cids.of(block),
        block.toByteArray(),
        json.toByteArray());
  }

  /** When the n-th record was written. */
  long micros(GeneratedCollection of, int n) {
    long jitter = (Mix.of(of.salt(), n) >>> 1) % (of.stepMicros() / 2);
    return of.firstMicros() + n * of.stepMicros() + jitter;
  }

  /** Words that need no escape in JSON, and a number that no other record of the network has. */
  private byte[] words(long hash) {
    text.setLength(0);
    long bits = hash;
    int count = 1 + (int) ((hash >>> 1) % (2L * textWords - 1));
    for (int word = 0; word < count; word++) {
      bits = Mix.scramble(bits + word);
      text.append(WORDS.get((int) ((bits >>> 1) % WORDS.size()))).append(' ');
    }
    text.append(Long.toHexString(hash));
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
