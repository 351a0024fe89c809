package io.github.atprotobackfill.testkit.contract;

import io.github.atprotobackfill.progress.QueuedRepo;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Names to test with, the same ones in every run. */
final class Samples {

  static final ServiceUrl HOST = host("pds.example.com");
  static final ServiceUrl OTHER_HOST = host("other.example.net");

  /**
   * Everything that text may be, short of U+0000: both Unicode forms of an e with acute, an emoji
   * of several code points, right-to-left text, a private-use and an astral letter, quotes,
   * controls.
   */
  static final String WEIRD =
      "\u00e9 e\u0301 \ud83d\udc69\u200d\ud83d\ude80 \u202eabc \u05d0\u05d1 \ue000 \ud835\udcd0"
          + " '\"`\\ %_ $1 ? :x -- ; \t\n\r \u0001\u007f\ufeff\uffff";

  private static final String BASE32 = "234567abcdefghijklmnopqrstuvwxyz";
  private static final String LETTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz01234567";

  private Samples() {}

  static ServiceUrl host(String name) {
    return new ServiceUrl("https", name, -1);
  }

  /** A {@code did:plc} of its own for each number, in no order. */
  static Did did(int number) {
    Random random = new Random(number);
    return Did.parse("did:plc:" + text(random, "abcdefghijklmnopqrstuvwxyz234567", 24));
  }

  /** A DID as long as DIDs get; what compresses well would hide a store's limits. */
  static Did longestDid() {
    String prefix = "did:web:";
    int rest = Did.MAX_LENGTH - prefix.length();
    return Did.parse(prefix + text(new Random(Did.MAX_LENGTH), LETTERS, rest));
  }

  /** Revs in the order of their numbers. */
  static Tid rev(int number) {
    char[] text = "3jzfcijpj2222".toCharArray();
    for (int i = text.length - 1, rest = number; rest > 0; i--, rest /= BASE32.length()) {
      text[i] = BASE32.charAt(rest % BASE32.length());
    }
    return Tid.parse(new String(text));
  }

  static QueuedRepo repo(int number, @Nullable ServiceUrl pds) {
    return new QueuedRepo(did(number), pds, rev(number));
  }

  /** Repos with the numbers from {@code from} to below {@code to}. */
  static List<QueuedRepo> repos(int from, int to, @Nullable ServiceUrl pds) {
    return IntStream.range(from, to).mapToObj(number -> repo(number, pds)).toList();
  }

  static String text(Random random, String alphabet, int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }
}
