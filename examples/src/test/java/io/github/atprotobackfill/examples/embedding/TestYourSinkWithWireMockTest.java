package io.github.atprotobackfill.examples.embedding;

import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.BackfillRun;
import io.github.atprotobackfill.fetch.ListRecordsFetcher;
import io.github.atprotobackfill.identity.DidResolvers;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/**
 * Your sink against one record of your choice: a directory and a host that say what you tell them.
 */
final class TestYourSinkWithWireMockTest {

  private static final String DID = "did:plc:ewvi7nxzyoun6zhxrhs64oiz";
  private static final String CID = "bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a";
  private static final String REV = "3n2sk6hl3fc22";

  private final Queue<String> texts = new ConcurrentLinkedQueue<>();

  /** Put your own here. */
  private final RecordSink yourSink =
      events ->
          events.forEach(
              event -> texts.add(((RecordPut) event).value().tree().at("/text").asText()));

  @Test
  void takesTextInEveryScript() throws InterruptedException {
    WireMockServer server = new WireMockServer(options().dynamicPort());
    server.start();
    try (XrpcClient client = XrpcClient.builder().allowPrivateHosts(true).build()) {
      ServiceUrl service = ServiceUrl.parse("http://localhost:" + server.port());
      answer(server, service);

      try (Backfill backfill =
          Backfill.builder()
              .client(client)
              .resolver(DidResolvers.standard(client, service))
              // Page by page: whole repos are signed, which is more than a stub is worth.
              .fetcher(new ListRecordsFetcher(client))
              .sink(yourSink)
              .build()) {
        BackfillRun run =
            backfill.start(
                new BackfillJob.Repos(
                    List.of(Did.parse(DID)), Set.of(Nsid.parse("com.example.note"))));

        assertThat(run.await(Duration.ofMinutes(1))).isTrue();
        assertThat(run.progress().state()).isEqualTo(JobState.COMPLETED);
      }
      assertThat(texts).containsExactly("γειά, 世界 👋");
    } finally {
      server.stop();
    }
  }

  private static void answer(WireMockServer server, ServiceUrl pds) {
    server.stubFor(
        get("/" + DID)
            .willReturn(
                okJson(
                    """
                    {"id": "%s", "service": [{"id": "#atproto_pds",
                     "type": "AtprotoPersonalDataServer", "serviceEndpoint": "%s"}]}"""
                        .formatted(DID, pds))));
    server.stubFor(
        get(urlPathEqualTo("/xrpc/com.atproto.sync.getLatestCommit"))
            .willReturn(okJson("{\"cid\": \"%s\", \"rev\": \"%s\"}".formatted(CID, REV))));
    server.stubFor(
        get(urlPathEqualTo("/xrpc/com.atproto.repo.listRecords"))
            .willReturn(
                okJson(
                    """
                    {"records": [{"uri": "at://%s/com.example.note/one", "cid": "%s",
                     "value": {"$type": "com.example.note", "text": "γειά, 世界 👋"}}]}"""
                        .formatted(DID, CID))));
  }
}
