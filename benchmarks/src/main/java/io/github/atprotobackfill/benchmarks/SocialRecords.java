package io.github.atprotobackfill.benchmarks;

import io.github.atprotobackfill.repo.BlockCid;
import io.github.atprotobackfill.repo.DagCborEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The records of an account that mostly posts: 90 % posts, some of them replies, with links or with
 * images; likes, reposts and follows. The n-th is the same whenever it is asked for. Not
 * thread-safe.
 */
final class SocialRecords {

  static final String POST = "app.bsky.feed.post";
  static final String LIKE = "app.bsky.feed.like";
  static final String REPOST = "app.bsky.feed.repost";
  static final String FOLLOW = "app.bsky.graph.follow";

  /** In the order of a tree. */
  static final List<String> COLLECTIONS = List.of(LIKE, POST, REPOST, FOLLOW);

  private static final Instant BEGIN = Instant.parse("2023-05-01T00:00:00Z");
  private static final int SECONDS_BETWEEN = 60;
  private static final String TID_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz";
  private static final int TID_CHARACTERS = 13;
  private static final int TID_CLOCK_BITS = 10;
  private static final List<String> WORDS =
      List.of(
          "the",
          "and",
          "of",
          "today",
          "harbour",
          "morning",
          "really",
          "someone",
          "because",
          "a",
          "weather",
          "posting",
          "little",
          "photograph",
          "would",
          "never",
          "again",
          "with",
          "people",
          "about",
          "it’s",
          "café",
          "\\n\\n",
          "🎉");
  private static final List<String> JAPANESE_WORDS =
      List.of("今日は", "とても", "いい天気", "ですね", "写真を", "撮りました", "。", "日本語");

  private final DagCborEncoder encoder = new DagCborEncoder();

  String collection(int n) {
    int share = random(n).nextInt(100);
    return share < 90 ? POST : share < 96 ? LIKE : share < 98 ? REPOST : FOLLOW;
  }

  /** The TID of when the n-th record was written. */
  static String tid(int n) {
    long left = ChronoUnit.MICROS.between(Instant.EPOCH, time(n)) << TID_CLOCK_BITS;
    char[] text = new char[TID_CHARACTERS];
    for (int i = TID_CHARACTERS - 1; i >= 0; i--) {
      text[i] = TID_ALPHABET.charAt((int) (left & 0x1f));
      left >>>= 5;
    }
    return new String(text);
  }

  private static Instant time(int n) {
    return BEGIN.plusSeconds((long) n * SECONDS_BETWEEN).plusMillis(n % 977);
  }

  /** The n-th record's block. */
  byte[] block(int n) {
    SplittableRandom random = random(n);
    random.nextInt(100);
    String collection = collection(n);
    String fields =
        switch (collection) {
          case POST -> post(random);
          case FOLLOW -> ",\"subject\":\"" + did(random) + "\"";
          default -> ",\"subject\":" + reference(random);
        };
    byte[] json =
        ("{\"$type\":\"" + collection + "\",\"createdAt\":\"" + time(n) + "\"" + fields + "}")
            .getBytes(StandardCharsets.UTF_8);
    return encoder.encode(json, 0, json.length);
  }

  private static SplittableRandom random(int n) {
    return new SplittableRandom(0x5eedL + n);
  }

  private static String post(SplittableRandom random) {
    boolean japanese = random.nextInt(100) < 15;
    List<String> vocabulary = japanese ? JAPANESE_WORDS : WORDS;
    StringBuilder fields = new StringBuilder(",\"langs\":[\"");
    fields.append(japanese ? "ja" : "en").append("\"],\"text\":\"");
    int words = 3 + random.nextInt(japanese ? 16 : 36);
    for (int i = 0; i < words; i++) {
      fields.append(vocabulary.get(random.nextInt(vocabulary.size())));
      fields.append(japanese ? "" : " ");
    }
    fields.append('"');
    if (random.nextInt(100) < 50) {
      fields.append(",\"reply\":{\"root\":").append(reference(random));
      fields.append(",\"parent\":").append(reference(random)).append('}');
    }
    int embed = random.nextInt(100);
    if (embed < 15) {
      fields.append(",\"embed\":").append(images(random));
    } else if (embed < 25) {
      fields.append(",\"facets\":").append(facets());
    }
    return fields.toString();
  }

  private static String images(SplittableRandom random) {
    return """
        {"$type":"app.bsky.embed.images","images":[{"alt":"a picture","image":{"$type":"blob",\
        "ref":{"$link":"%s"},"mimeType":"image/jpeg","size":%d},\
        "aspectRatio":{"width":2000,"height":1500}}]}"""
        .formatted(cid(random), 100_000 + random.nextInt(800_000));
  }

  private static String facets() {
    return """
        [{"index":{"byteStart":4,"byteEnd":23},"features":[{"$type":\
        "app.bsky.richtext.facet#link","uri":"https://example.com/some/article/2023/05"}]}]""";
  }

  private static String reference(SplittableRandom random) {
    return "{\"cid\":\"%s\",\"uri\":\"at://%s/%s/%s\"}"
        .formatted(cid(random), did(random), POST, tid(random.nextInt(1 << 20)));
  }

  private static BlockCid cid(SplittableRandom random) {
    byte[] anything = new byte[8];
    random.nextBytes(anything);
    return BlockCid.of(anything);
  }

  private static String did(SplittableRandom random) {
    StringBuilder did = new StringBuilder("did:plc:");
    for (int i = 0; i < 24; i++) {
      did.append(TID_ALPHABET.charAt(random.nextInt(TID_ALPHABET.length())));
    }
    return did.toString();
  }
}
