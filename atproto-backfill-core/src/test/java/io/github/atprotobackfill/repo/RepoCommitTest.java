package io.github.atprotobackfill.repo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.failure.ErrorKind;
import java.math.BigInteger;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RepoCommitTest {

  private static final byte[] ROOT = TestCar.sha256("root".getBytes(UTF_8));
  private static final byte[] SIGNATURE = new byte[64];
  private static final String UNSIGNED = TestRepo.unsignedCommit(ROOT);
  private static final String SIGNED = TestRepo.withSignature(UNSIGNED, SIGNATURE);

  @Test
  void saysWhatItsBlockSays() {
    byte[] block = TestRepo.block(SIGNED);

    RepoCommit commit = RepoCommit.parse(block);

    assertThat(commit.did()).isEqualTo(TestRepo.ALICE);
    assertThat(commit.rev()).isEqualTo(TestRepo.REV);
    assertThat(commit.data()).isEqualTo(BlockCid.at(TestCar.cid(ROOT), 0));
    assertThat(commit.prev()).isNull();
    assertThat(commit.signature()).isEqualTo(SIGNATURE);
    assertThat(commit.cid()).isEqualTo(BlockCid.of(block));
    assertThat(commit).isEqualTo(RepoCommit.parse(block)).hasSameHashCodeAs(commit.cid());
    assertThat(commit)
        .isNotEqualTo(RepoCommit.parse(TestRepo.commit(ROOT)))
        .hasToString(
            "commit 3jzfcijpj2z2a of did:plc:ewvi7nxzyoun6zhxrhs64oiz (" + commit.cid() + ")");
  }

  @Test
  void whatIsSignedIsTheMapWithoutTheSignature() {
    RepoCommit commit = RepoCommit.parse(TestRepo.commit(ROOT));

    assertThat(commit.isSignedBy(TestRepo.KEY.key())).isTrue();
    assertThat(commit.isSignedBy(new SigningPair(KeyCurve.K256, BigInteger.TEN).key())).isFalse();
    assertThat(RepoCommit.parse(TestRepo.block(SIGNED)).isSignedBy(TestRepo.KEY.key())).isFalse();
  }

  @Test
  void whatNobodyKnowsIsSignedToo() {
    String extended = UNSIGNED.replace("{\"did\"", "{\"a\":1,\"later\":{\"x\":[null]},\"did\"");
    byte[] signature = TestRepo.KEY.sign(TestRepo.block(extended));

    RepoCommit commit =
        RepoCommit.parse(TestRepo.block(TestRepo.withSignature(extended, signature)));

    assertThat(commit.isSignedBy(TestRepo.KEY.key())).isTrue();
  }

  @Test
  void aPreviousCommitMayBeNamed() {
    BlockCid before = BlockCid.of(new byte[] {1});
    String named = SIGNED.replace("\"prev\":null", "\"prev\":{\"$link\":\"" + before + "\"}");

    assertThat(RepoCommit.parse(TestRepo.block(named)).prev()).isEqualTo(before);
  }

  /** A public one: what of it is signed is known. */
  @Test
  void theSignedBytesOfAKnownCommitAreKnown() {
    HexFormat hex = HexFormat.of();
    String fieldsBefore =
        "636469647820"
            + hex.formatHex("did:plc:53iucmf5ldftgqyf2ac7hmhd".getBytes(UTF_8))
            + "637265766d"
            + hex.formatHex("3migo7fijwi2k".getBytes(UTF_8));
    String fieldsAfter =
        "6464617461d82a58250001711220683423eea53acc988989db28a80379e8fca63f4297068227eaf17a1bce215996"
            + "6470726576f66776657273696f6e03";
    byte[] unsigned = hex.parseHex("a5" + fieldsBefore + fieldsAfter);
    String signature = hex.formatHex(TestRepo.KEY.sign(unsigned));
    byte[] signed = hex.parseHex("a6" + fieldsBefore + "637369675840" + signature + fieldsAfter);

    assertThat(RepoCommit.parse(signed).isSignedBy(TestRepo.KEY.key())).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"version\":3|\"version\":2",
        "\"version\":3|\"version\":4",
        "\"version\":3|\"version\":\"3\"",
        ",\"version\":3|''",
        "\"prev\":null,|''",
        "\"prev\":null|\"prev\":1",
        "did:plc|did",
        "\"did\":|\"dib\":",
        "3jzfcijpj2z2a|3jzfcijpj2z2",
        "3jzfcijpj2z2a|zzzfcijpj2z2a",
        "\"rev\":|\"rew\":",
        "\"data\":{|\"date\":{",
        "\"sig\":{|\"sih\":{",
        "\"$bytes\":\"AAAA|\"$bytes\":\"",
        "\"$bytes\":\"AAAA|\"$bytes\":\"AAAAAAAA",
        "\"data\":|\"data\":null,\"dat\":",
      })
  void whatIsNoCommitIsRefused(String part, String instead) {
    assertThat(SIGNED).contains(part);
    refused(TestRepo.block(SIGNED.replace(part, instead)));
  }

  @Test
  void otherBlocksAreNoCommits() {
    refused(TestRepo.block("[]"));
    refused(TestRepo.block("{}"));
    refused(new byte[0]);
    refused(TestCar.joined(TestRepo.block(SIGNED), new byte[1]));
  }

  private static void refused(byte[] block) {
    assertThatThrownBy(() -> RepoCommit.parse(block))
        .isInstanceOfSatisfying(
            InvalidRepoException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID_CAR));
  }
}
