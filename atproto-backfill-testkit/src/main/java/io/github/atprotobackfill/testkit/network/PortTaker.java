package io.github.atprotobackfill.testkit.network;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;

/** Takes the ports of a network: all of them or, when one is not to be had, none. */
final class PortTaker {

  private final SimulatedNetworkBuilder plan;
  private final ExecutorService threads;
  private final List<SimulatedHost> taken = new ArrayList<>();

  PortTaker(SimulatedNetworkBuilder plan, ExecutorService threads) {
    this.plan = plan;
    this.threads = threads;
  }

  SimulatedHost take(String name) {
    int port = plan.firstPort == 0 ? 0 : plan.firstPort + taken.size();
    try {
      SimulatedHost host = new SimulatedHost(name, port, threads, plan);
      taken.add(host);
      return host;
    } catch (RuntimeException e) {
      taken.forEach(SimulatedHost::close);
      throw e;
    }
  }

  /** Several hosts, numbered from 1. */
  List<SimulatedHost> take(String name, int count) {
    List<SimulatedHost> hosts = new ArrayList<>();
    for (int n = 1; n <= count; n++) {
      hosts.add(take(name + n));
    }
    return List.copyOf(hosts);
  }
}
