package io.github.atprotobackfill.testkit.contract;

class MapSinkTest extends RecordSinkContract {

  @Override
  protected SinkHarness newHarness() {
    return new MapSinkHarness(MapSink::new);
  }
}
