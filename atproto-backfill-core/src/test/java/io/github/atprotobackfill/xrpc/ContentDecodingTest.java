package io.github.atprotobackfill.xrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.xrpc.ContentDecoding.TooLargeException;
import io.github.atprotobackfill.xrpc.ContentDecoding.UnknownEncodingException;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentDecodingTest {

  private static final int CAP = 100_000;

  private static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(plain);
    }
    return packed.toByteArray();
  }

  private static byte[] decode(byte[] bytes, String encoding) throws IOException {
    return ContentDecoding.decode(bytes, bytes.length, encoding, CAP);
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

    assertThat(
            ContentDecoding.decode(
                Arrays.copyOf(packed, packed.length + 50), packed.length, "gzip", CAP))
        .containsExactly(1, 2, 3);
    assertThat(ContentDecoding.decode(new byte[] {1, 2, 3}, 2, "identity", CAP))
        .containsExactly(1, 2);
  }

  @Test
  void a_bomb_is_not_unpacked_beyond_the_cap() throws IOException {
    byte[] bomb = gzip(new byte[50_000_000]);
    assertThat(bomb.length).isLessThan(CAP);

    assertThatThrownBy(() -> decode(bomb, "gzip")).isInstanceOf(TooLargeException.class);
    assertThatThrownBy(() -> decode(gzip(new byte[CAP + 1]), "gzip"))
        .isInstanceOf(TooLargeException.class);
  }

  @Test
  void a_size_that_lies_changes_nothing() throws IOException {
    byte[] plain = new byte[20_000];
    byte[] packed = gzip(plain);
    Arrays.fill(packed, packed.length - 4, packed.length, (byte) 0);
    // The trailer is wrong, and so the end is; it is no reason to believe less than was unpacked.
    assertThatThrownBy(() -> decode(packed, "gzip")).isInstanceOf(ZipException.class);

    Arrays.fill(packed, packed.length - 4, packed.length, (byte) 0x7f);
    assertThatThrownBy(() -> decode(packed, "gzip")).isInstanceOf(ZipException.class);
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

    assertThatThrownBy(() -> decode(Arrays.copyOf(packed, packed.length - 9), "gzip"))
        .isInstanceOf(EOFException.class);
    assertThatThrownBy(() -> decode("<html>".getBytes("US-ASCII"), "gzip"))
        .isInstanceOf(ZipException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"br", "deflate", "zstd", "gzip, gzip"})
  void what_nobody_asked_for_is_refused(String encoding) {
    assertThatThrownBy(() -> decode(new byte[] {1}, encoding))
        .isInstanceOf(UnknownEncodingException.class)
        .hasMessageContaining(encoding);
  }
}
