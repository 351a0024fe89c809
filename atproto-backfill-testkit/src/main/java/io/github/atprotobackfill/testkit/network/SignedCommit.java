package io.github.atprotobackfill.testkit.network;

/**
 * A commit: who has which tree as of which rev, signed (protocol: repository, commit objects).
 *
 * @param cid its CID
 * @param block its DAG-CBOR form
 * @param data the root of the tree
 * @param rev the number of its rev
 */
@SuppressWarnings("ArrayRecordComponent") // Written into an answer, never compared.
record SignedCommit(byte[] cid, byte[] block, byte[] data, long rev) {

  private static final int VERSION = 3;

  static SignedCommit sign(RepoExport.Claims claims, byte[] data) {
    String rev = TidText.of(claims.rev());
    ByteWriter unsigned = new ByteWriter(192);
    CborWriter cbor = new CborWriter(unsigned).map(5);
    cbor.text("did").text(claims.did()).text("rev").text(rev);
    cbor.text("data").link(data).text("prev").nothing().text("version").number(VERSION);

    ByteWriter signed = new ByteWriter(256);
    cbor = new CborWriter(signed).map(6);
    cbor.text("did").text(claims.did()).text("rev").text(rev);
    cbor.text("sig").bytes(claims.key().sign(unsigned.toByteArray(), claims.form()));
    cbor.text("data").link(data).text("prev").nothing().text("version").number(VERSION);
    return new SignedCommit(new CidMaker().of(signed), signed.toByteArray(), data, claims.rev());
  }

  CarBlock asBlock() {
    return new CarBlock(BlockKind.COMMIT, cid, block, rev, java.util.List.of(data));
  }
}
