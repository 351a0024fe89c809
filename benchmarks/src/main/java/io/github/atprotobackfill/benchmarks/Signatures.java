package io.github.atprotobackfill.benchmarks;

import io.github.atprotobackfill.repo.RepoKey;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.BooleanSupplier;

/** How many signatures one core verifies; a whole repo has one. */
final class Signatures implements Benchmark {

  private static final double TARGET = 4_000;
  private static final int WARM_UPS = 2;
  private static final int AT_ONCE = 50;
  private static final long ROUND_NANOS = 1_000_000_000L;

  private static final byte[] MESSAGE = decoded("oWVoZWxsb2V3b3JsZA");
  private static final String K256_KEY =
      "did:key:zQ3shqwJEJyMBsBXCWyCBpUBMqxcon9oHB7mCvx4sSpMdLJwc";
  private static final byte[] K256_SIGNATURE =
      decoded(
          "5WpdIuEUUfVUYaozsi8G0B3cWO09cgZbIIwg1t2YKdUn/FEznOndsz/qgiYb89zwxYCbB71f7yQK5Lr7NasfoA");
  private static final String P256_KEY =
      "did:key:zDnaembgSGUhZULN2Caob4HLJPaxBh92N7rtH21TErzqf8HQo";
  private static final byte[] P256_SIGNATURE =
      decoded(
          "2vZNsG3UKvvO/CDlrdvyZRISOFylinBh0Jupc6KcWoJWExHptCfduPleDbG3rko3YZnn9Lw0IjpixVmexJDegg");

  private final int rounds;

  Signatures(Options options) {
    rounds = options.number("rounds", 5);
  }

  private static byte[] decoded(String base64) {
    return Base64.getDecoder().decode(base64);
  }

  @Override
  public void run(Report report) {
    Spread k256 = perSecond(verifying(K256_KEY, K256_SIGNATURE));
    Spread p256 = perSecond(verifying(P256_KEY, P256_SIGNATURE));
    report.row("verified a second on one core", "median", "least", "most");
    row(report, "k256, key kept", k256);
    row(report, "k256, key parsed each time", perSecond(parsing(K256_KEY, K256_SIGNATURE)));
    row(report, "P-256, key kept", p256);
    row(report, "P-256, key parsed each time", perSecond(parsing(P256_KEY, P256_SIGNATURE)));
    report.table();
    report.atLeast("k256 signatures verified a second on one core", k256, TARGET);
  }

  private static void row(Report report, String what, Spread rate) {
    report.row(what, rate.median(), rate.least(), rate.most());
  }

  private static BooleanSupplier verifying(String didKey, byte[] signature) {
    RepoKey key = RepoKey.ofDidKey(didKey).orElseThrow();
    return () -> key.verifies(MESSAGE, signature);
  }

  private static BooleanSupplier parsing(String didKey, byte[] signature) {
    return () -> RepoKey.ofDidKey(didKey).orElseThrow().verifies(MESSAGE, signature);
  }

  private Spread perSecond(BooleanSupplier verification) {
    List<Double> rates = new ArrayList<>();
    for (int round = 0; round < WARM_UPS + rounds; round++) {
      double rate = round(verification);
      if (round >= WARM_UPS) {
        rates.add(rate);
      }
    }
    return Spread.of(rates);
  }

  /** Processor time, so that whatever else the machine does takes nothing away. */
  private static double round(BooleanSupplier verification) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long begin = threads.getCurrentThreadCpuTime();
    long took = 0;
    int done = 0;
    while (took < ROUND_NANOS) {
      for (int i = 0; i < AT_ONCE; i++) {
        verify(verification);
      }
      done += AT_ONCE;
      took = threads.getCurrentThreadCpuTime() - begin;
    }
    return done * 1e9 / took;
  }

  private static void verify(BooleanSupplier verification) {
    if (!verification.getAsBoolean()) {
      throw new IllegalStateException("a good signature was refused");
    }
  }
}
