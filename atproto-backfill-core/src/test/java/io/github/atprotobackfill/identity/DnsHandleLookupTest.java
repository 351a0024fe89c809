package io.github.atprotobackfill.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Handle;
import java.net.SocketException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Handles in DNS, by the JDK's client against a name server on loopback. */
class DnsHandleLookupTest {

  private static final String DID = "did:plc:dymdrt6um4ykyt2ykj6yjpfo";

  private LoopbackDns dns;
  private HandleLookup lookup;

  @BeforeEach
  void serve() throws SocketException {
    dns =
        new LoopbackDns(
            Map.of(
                "_atproto.alice.example.com", List.of(List.of("did=" + DID)),
                "_atproto.twice.example.com", List.of(List.of("did=" + DID), List.of("did=" + DID)),
                "_atproto.among.example.com",
                    List.of(
                        List.of("v=spf1 -all"),
                        List.of("say \"did\" = \\ it"),
                        List.of(""),
                        List.of("did=" + DID),
                        List.of("did=nonsense")),
                "_atproto.split.example.com",
                    List.of(List.of("did=did:plc:dymdrt6um4", "ykyt2ykj6yjpfo")),
                "_atproto.torn.example.com",
                    List.of(List.of("did=" + DID), List.of("did=did:plc:somebodyelse")),
                "_atproto.other.example.com", List.of(List.of("v=spf1 -all")),
                "_atproto.empty.example.com", List.of()));
    lookup = new DnsHandleLookup(new JndiTxtRecords(dns.url()));
  }

  @AfterEach
  void close() {
    dns.close();
  }

  @ParameterizedTest
  @CsvSource({"alice.example.com", "twice.example.com", "among.example.com", "split.example.com"})
  void theOneDidIsFound(Handle handle) throws InterruptedException {
    assertThat(lookup.find(handle)).contains(Did.parse(DID));
  }

  @ParameterizedTest
  @CsvSource({"nobody.example.com", "other.example.com", "empty.example.com"})
  void noRecordIsNoDid(Handle handle) throws InterruptedException {
    assertThat(lookup.find(handle)).isEmpty();
  }

  @Test
  void twoDidsAreNone() {
    assertThatThrownBy(() -> lookup.find(Handle.parse("torn.example.com")))
        .isInstanceOfSatisfying(
            DidResolutionException.class,
            e -> assertThat(e.kind()).isEqualTo(ErrorKind.DID_NOT_FOUND))
        .hasMessageContaining("several");
  }

  @Test
  void aFailingServerIsNotAnAnswer() {
    assertThatThrownBy(() -> lookup.find(Handle.parse("broken.example.com")))
        .isInstanceOfSatisfying(
            DidResolutionException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.DNS))
        .hasMessageContaining("broken.example.com");
  }

  @Test
  void anInterruptedThreadDoesNotAsk() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> lookup.find(Handle.parse("alice.example.com")))
        .isInstanceOf(InterruptedException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "did=a | did=a",
        "did=a b | did=ab",
        "\"a b\" c | a bc",
        "\"a\\\"b\" \"\" c\\\\d | a\"bc\\d",
        "trailing\\ | trailing\\",
        "\"open | open",
      })
  void theStringsOfARecordAreJoined(String spelled, String joined) {
    assertThat(JndiTxtRecords.joined(spelled)).isEqualTo(joined);
  }
}
