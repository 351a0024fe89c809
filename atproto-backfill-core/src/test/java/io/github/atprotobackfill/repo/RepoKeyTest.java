package io.github.atprotobackfill.repo;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.bouncycastle.math.ec.ECPoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepoKeyTest {

  private static final String LEGACY_K256 = "EcdsaSecp256k1VerificationKey2019";
  private static final byte[] MESSAGE = "a commit".getBytes(StandardCharsets.UTF_8);

  private static SigningPair pair(KeyCurve curve) {
    return new SigningPair(curve, BigInteger.valueOf(0x5eed5eed5eedL));
  }

  private static byte[] multikeyBytes(KeyCurve curve, byte[] point) {
    byte[] bytes = new byte[2 + point.length];
    bytes[0] = (byte) (curve == KeyCurve.K256 ? 0xe7 : 0x80);
    bytes[1] = (byte) (curve == KeyCurve.K256 ? 0x01 : 0x24);
    System.arraycopy(point, 0, bytes, 2, point.length);
    return bytes;
  }

  @ParameterizedTest
  @EnumSource
  void everySpellingOfAPointIsTheSameKey(KeyCurve curve) {
    SigningPair pair = pair(curve);
    byte[] compressed = pair.point().getEncoded(true);
    String multikey = SigningPair.multibase(multikeyBytes(curve, compressed));

    RepoKey key = RepoKey.parse("Multikey", multikey).orElseThrow();

    assertThat(key.curve()).isEqualTo(curve);
    assertThat(key.multikey()).isEqualTo(multikey);
    assertThat(key.didKey()).isEqualTo("did:key:" + multikey).isEqualTo(key.toString());
    assertThat(
            Stream.of(
                RepoKey.ofDidKey("did:key:" + multikey),
                RepoKey.ofMultikey(multikey),
                RepoKey.parse(pair.legacyType(), SigningPair.multibase(compressed)),
                RepoKey.parse(
                    pair.legacyType(), SigningPair.multibase(pair.point().getEncoded(false)))))
        .allSatisfy(
            other ->
                assertThat(other)
                    .contains(key)
                    .hasValueSatisfying(
                        same -> {
                          assertThat(same).hasSameHashCodeAs(key);
                        }));
  }

  @Test
  void theTextTellsTheCurve() {
    assertThat(pair(KeyCurve.K256).key().multikey()).startsWith("zQ3s");
    assertThat(pair(KeyCurve.P256).key().multikey()).startsWith("zDna");
    assertThat(pair(KeyCurve.K256).key()).isNotEqualTo(pair(KeyCurve.P256).key());
  }

  /** As the specification prints it. */
  @Test
  void aKeyOfTheNetworkIsRead() {
    String text = "zQ3shXjHeiBuRCKmM36cuYnm7YEMzhGnCmCyW92sRJ9pribSF";

    assertThat(RepoKey.ofMultikey(text).map(RepoKey::multikey)).contains(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "z",
        "Q3shXjHeiBuRCKmM36cuYnm7YEMzhGnCmCyW92sRJ9pribSF",
        "ZQ3shXjHeiBuRCKmM36cuYnm7YEMzhGnCmCyW92sRJ9pribSF",
        "zQ3shXjHeiBuRCKmM36cuYnm7YEMzhGnCmCyW92sRJ9pribS",
        "zQ3shXjHeiBuRCKmM36cuYnm7YEMzhGnCmCyW92sRJ9pribSFF",
        "z1Q3shXjHeiBuRCKmM36cuYnm7YEMzhGnCmCyW92sRJ9pribSF",
        "zQ3shXjHeiBuRCKmM36cuYnm7YEMzhGnCmCyW92sRJ9pribS0",
        " zQ3shXjHeiBuRCKmM36cuYnm7YEMzhGnCmCyW92sRJ9pribSF",
        "did:key:zQ3shXjHeiBuRCKmM36cuYnm7YEMzhGnCmCyW92sRJ9pribSF",
        // An Ed25519 key, which signs no repo.
        "z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp"
      })
  void whatIsNoMultikeyIsRefused(String text) {
    assertThat(RepoKey.ofMultikey(text)).isEmpty();
    assertThat(RepoKey.ofDidKey("did:key:" + text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "zQ3shXjHeiBuRCKmM36cuYnm7YEMzhGnCmCyW92sRJ9pribSF",
        "did:KEY:zQ3shXjHeiBuRCKmM36cuYnm7YEMzhGnCmCyW92sRJ9pribSF",
        "did:key:zQ3shXjHeiBuRCKmM36cuYnm7YEMzhGnCmCyW92sRJ9pribSF#z",
        "did:plc:ewvi7nxzyoun6zhxrhs64oiz",
        "did:key:",
        ""
      })
  void whatIsNoDidKeyIsRefused(String text) {
    assertThat(RepoKey.ofDidKey(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "multikey", "Ed25519VerificationKey2020", "JsonWebKey2020"})
  void aMethodOfAnotherTypeSignsNoRepo(String type) {
    assertThat(RepoKey.parse(type, pair(KeyCurve.K256).key().multikey())).isEmpty();
  }

  @Test
  void theOlderTypesHaveNoPrefixAndMultikeysHaveOne() {
    RepoKey key = pair(KeyCurve.K256).key();
    byte[] compressed = pair(KeyCurve.K256).point().getEncoded(true);

    assertThat(RepoKey.parse(LEGACY_K256, key.multikey())).isEmpty();
    assertThat(RepoKey.parse("Multikey", SigningPair.multibase(compressed))).isEmpty();
  }

  @Test
  void aMultikeyIsCompressed() {
    byte[] uncompressed = pair(KeyCurve.K256).point().getEncoded(false);

    assertThat(
            RepoKey.ofMultikey(SigningPair.multibase(multikeyBytes(KeyCurve.K256, uncompressed))))
        .isEmpty();
  }

  @Test
  void aPointOfTheOtherCurveIsNotOnThisOne() {
    byte[] uncompressed = pair(KeyCurve.P256).point().getEncoded(false);

    assertThat(RepoKey.parse(LEGACY_K256, SigningPair.multibase(uncompressed))).isEmpty();
  }

  static Stream<byte[]> badPoints() {
    ECPoint point = pair(KeyCurve.K256).point();
    byte[] hybrid = point.getEncoded(false);
    hybrid[0] = (byte) (point.getYCoord().testBitZero() ? 7 : 6);
    byte[] offCurve = point.getEncoded(false);
    offCurve[64] ^= 1;
    byte[] noSuchX = filled(33, 0);
    noSuchX[0] = 2;
    noSuchX[32] = 5;
    byte[] beyondTheField = filled(33, 0xff);
    beyondTheField[0] = 2;
    byte[] zero = new byte[65];
    zero[0] = 4;
    return Stream.of(
        new byte[0],
        new byte[1],
        new byte[33],
        new byte[65],
        zero,
        hybrid,
        offCurve,
        noSuchX,
        beyondTheField,
        Arrays.copyOf(point.getEncoded(true), 32),
        Arrays.copyOf(point.getEncoded(true), 34),
        Arrays.copyOf(point.getEncoded(false), 64));
  }

  private static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  @ParameterizedTest
  @MethodSource("badPoints")
  void whatIsNoPointIsRefused(byte[] bytes) {
    assertThat(RepoKey.parse(LEGACY_K256, SigningPair.multibase(bytes))).isEmpty();
    assertThat(RepoKey.ofMultikey(SigningPair.multibase(multikeyBytes(KeyCurve.K256, bytes))))
        .isEmpty();
  }

  @Test
  void aHugeTextIsRefused() {
    assertThat(RepoKey.ofDidKey("did:key:z" + "Q".repeat(10_000_000))).isEmpty();
    assertThat(RepoKey.parse(LEGACY_K256, "z" + "1".repeat(10_000_000))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aSignatureIsVerified(KeyCurve curve) {
    SigningPair pair = pair(curve);
    byte[] signature = pair.sign(MESSAGE);

    assertThat(pair.key().verifies(MESSAGE, signature)).isTrue();
    assertThat(pair.key().verifies("another".getBytes(StandardCharsets.UTF_8), signature))
        .isFalse();
    assertThat(new SigningPair(curve, BigInteger.TWO).key().verifies(MESSAGE, signature)).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void theHighOneOfTwoSignaturesIsNone(KeyCurve curve) {
    SigningPair pair = pair(curve);

    assertThat(pair.key().verifies(MESSAGE, pair.signWithHighS(MESSAGE))).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void rAndSAreWithinTheOrder(KeyCurve curve) {
    SigningPair pair = pair(curve);
    byte[] good = pair.sign(MESSAGE);
    BigInteger r = new BigInteger(1, good, 0, 32);
    BigInteger s = new BigInteger(1, good, 32, 32);

    assertThat(
            Stream.of(
                SigningPair.signature(BigInteger.ZERO, s),
                SigningPair.signature(r, BigInteger.ZERO),
                SigningPair.signature(BigInteger.ZERO, BigInteger.ZERO),
                SigningPair.signature(pair.order(), s),
                SigningPair.signature(r, pair.order()),
                filled(64, 0xff)))
        .noneMatch(signature -> pair.key().verifies(MESSAGE, signature));
  }

  /** The highest s that is low is (n-1)/2; one more is the lowest that is not. */
  @ParameterizedTest
  @EnumSource
  void theBoundBetweenLowAndHighIsExact(KeyCurve curve) {
    BigInteger half = pair(curve).order().shiftRight(1);

    assertThat(curve.isLow(half)).isTrue();
    assertThat(curve.isLow(half.add(BigInteger.ONE))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 63, 65, 70, 128})
  void aSignatureHas64Bytes(int length) {
    SigningPair pair = pair(KeyCurve.K256);

    assertThat(pair.key().verifies(MESSAGE, Arrays.copyOf(pair.sign(MESSAGE), length))).isFalse();
  }

  @Property(tries = 300)
  void aSignatureWithAnyBitChangedIsNone(
      @ForAll KeyCurve curve,
      @ForAll @Size(max = 200) byte[] message,
      @ForAll @IntRange(max = 511) int bit) {
    SigningPair pair = pair(curve);
    byte[] signature = pair.sign(message);
    assertThat(pair.key().verifies(message, signature)).isTrue();

    signature[bit / 8] ^= (byte) (1 << bit % 8);

    assertThat(pair.key().verifies(message, signature)).isFalse();
  }

  @Property
  void anyBytesAreAKeyOrNone(@ForAll KeyCurve curve, @ForAll @Size(33) byte[] bytes) {
    bytes[0] = (byte) (2 + (bytes[0] & 1));
    String text = SigningPair.multibase(multikeyBytes(curve, bytes));

    assertThat(RepoKey.ofMultikey(text))
        .satisfiesAnyOf(
            refused -> assertThat(refused).isEmpty(),
            key -> assertThat(key.map(RepoKey::multikey)).contains(text));
  }

  @Property
  void anySignatureOfAnyKeyIsTrueOrFalse(
      @ForAll KeyCurve curve, @ForAll @Size(64) byte[] signature) {
    assertThat(pair(curve).key().verifies(MESSAGE, signature)).isFalse();
  }

  @Property
  void anyTextIsAKeyOrNone(@ForAll String text) {
    assertThat(RepoKey.parse("Multikey", text)).isEmpty();
    assertThat(RepoKey.parse(LEGACY_K256, text)).isEmpty();
    assertThat(RepoKey.ofDidKey(text)).isEmpty();
  }
}
