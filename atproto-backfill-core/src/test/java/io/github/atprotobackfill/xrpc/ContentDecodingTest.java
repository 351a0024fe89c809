package io.github.atprotobackfill.xrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Nsid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentDecodingTest {

  private static final int CAP = 100_000;
  private static final Call CALL =
      Call.query(
          ServiceUrl.parse("https://pds.example.com"),
          Nsid.parse("com.example.test.query"),
          XrpcParams.none(),
          CAP);

  private static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(plain);
    }
    return packed.toByteArray();
  }

  private static byte[] decode(byte[] bytes, String encoding) {
    return decode(bytes, bytes.length, encoding);
  }

  private static byte[] decode(byte[] bytes, int length, String encoding) {
    return new ContentDecoding(CALL, 200, encoding, CAP).decode(bytes, length);
  }

  private static ErrorKind failureOf(byte[] bytes, String encoding) {
    return catchThrowableOfType(XrpcException.class, () -> decode(bytes, encoding)).kind();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1000, 8192, 8193, CAP - 1, CAP})
  void gzip_up_to_the_cap(int size) throws IOException {
    byte[] plain = new byte[size];
    for (int i = 0; i < size; i++) {
      plain[i] = (byte) (i * 31);
    }

    assertThat(decode(gzip(plain), "gzip")).isEqualTo(plain);
    assertThat(decode(gzip(plain), "x-gzip")).isEqualTo(plain);
  }

  @Property(tries = 200)
  void any_bytes_come_back(@ForAll byte[] plain) throws IOException {
    assertThat(decode(gzip(plain), "gzip")).isEqualTo(plain);
    assertThat(decode(plain, "")).isEqualTo(plain);
  }

  @Test
  void only_the_bytes_that_arrived_count() throws IOException {
    byte[] packed = gzip(new byte[] {1, 2, 3});

    assertThat(decode(Arrays.copyOf(packed, packed.length + 50), packed.length, "gzip"))
        .containsExactly(1, 2, 3);
    assertThat(decode(new byte[] {1, 2, 3}, 2, "identity")).containsExactly(1, 2);
  }

  @Test
  void a_bomb_is_not_unpacked_beyond_the_cap() throws IOException {
    byte[] bomb = gzip(new byte[50_000_000]);
    assertThat(bomb.length).isLessThan(CAP);

    assertThat(failureOf(bomb, "gzip")).isEqualTo(ErrorKind.RESPONSE_TOO_LARGE);
    assertThat(failureOf(gzip(new byte[CAP + 1]), "gzip")).isEqualTo(ErrorKind.RESPONSE_TOO_LARGE);
  }

  @Test
  void a_size_that_lies_is_found_out() throws IOException {
    byte[] plain = new byte[20_000];
    byte[] packed = gzip(plain);
    Arrays.fill(packed, packed.length - 4, packed.length, (byte) 0);
    assertThat(failureOf(packed, "gzip")).isEqualTo(ErrorKind.INVALID_RESPONSE);

    Arrays.fill(packed, packed.length - 4, packed.length, (byte) 0x7f);
    assertThat(failureOf(packed, "gzip")).isEqualTo(ErrorKind.INVALID_RESPONSE);
  }

  @Test
  void members_one_after_another_are_one_body() throws IOException {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.write(gzip(new byte[] {1, 2}));
    both.write(gzip(new byte[] {3}));

    assertThat(decode(both.toByteArray(), "gzip")).containsExactly(1, 2, 3);
  }

  @Test
  void what_ends_early_is_told_from_what_is_no_gzip() throws IOException {
    byte[] packed = gzip(new byte[10_000]);

    assertThat(failureOf(Arrays.copyOf(packed, packed.length - 9), "gzip"))
        .isEqualTo(ErrorKind.CONNECT);
    assertThat(failureOf("<html>".getBytes(StandardCharsets.US_ASCII), "gzip"))
        .isEqualTo(ErrorKind.INVALID_RESPONSE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"br", "deflate", "zstd", "gzip, gzip"})
  void what_nobody_asked_for_is_refused(String encoding) {
    assertThatThrownBy(() -> decode(new byte[] {1}, encoding))
        .hasMessage(
            "pds.example.com com.example.test.query: unasked Content-Encoding \""
                + encoding
                + "\"");
  }
}
