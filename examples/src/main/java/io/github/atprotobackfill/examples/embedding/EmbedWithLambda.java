package io.github.atprotobackfill.examples.embedding;

import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.BackfillRun;
import io.github.atprotobackfill.identity.DidResolvers;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Every record of a collection, handed to a lambda: {@code EmbedWithLambda RELAY COLLECTION}, and
 * for a network of your own {@code DIRECTORY} as well.
 */
public final class EmbedWithLambda {

  private EmbedWithLambda() {}

  /**
   * Prints the addresses of all records of {@code args[1]} that the relay {@code args[0]} leads to.
   */
  public static void main(String[] args) throws InterruptedException {
    ServiceUrl relay = ServiceUrl.parse(args[0]);
    Set<Nsid> collections = Set.of(Nsid.parse(args[1]));
    boolean ownNetwork = args.length > 2;
    ServiceUrl directory = ownNetwork ? ServiceUrl.parse(args[2]) : DidResolvers.PUBLIC_DIRECTORY;

    try (XrpcClient client = XrpcClient.builder().allowPrivateHosts(ownNetwork).build();
        Backfill backfill =
            Backfill.builder()
                .client(client)
                .resolver(DidResolvers.standard(client, directory))
                // What is handed in must be kept when the lambda returns; it may come again.
                .sink(events -> events.forEach(event -> System.out.println(event.uri())))
                .build()) {
      BackfillRun run =
          backfill.start(new BackfillJob.Collections(List.of(relay), collections, true));
      while (!run.await(Duration.ofSeconds(5))) {
        System.err.println(run.progress().repos());
      }
      System.err.println(run.progress().state() + ": " + run.progress().counts());
    }
  }
}
