package io.github.atprotobackfill.identity;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** A name server on loopback that knows a few TXT records (RFC 1035). */
final class LoopbackDns implements AutoCloseable {

  private static final int NO_SUCH_NAME = 3;
  private static final int SERVER_FAILURE = 2;

  private final DatagramSocket socket;
  private final Map<String, List<List<String>>> records;

  /** Serves {@code records}: of each name the records, of each record the strings. */
  LoopbackDns(Map<String, List<List<String>>> records) throws SocketException {
    this.records = records;
    this.socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    Thread server = new Thread(this::serve, "loopback-dns");
    server.setDaemon(true);
    server.start();
  }

  /** Its address, as JNDI spells it. */
  String url() {
    return "dns://127.0.0.1:" + socket.getLocalPort();
  }

  private void serve() {
    DatagramPacket packet = new DatagramPacket(new byte[512], 512);
    while (!socket.isClosed()) {
      try {
        socket.receive(packet);
        byte[] answer = answer(ByteBuffer.wrap(packet.getData(), 0, packet.getLength()));
        socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private byte[] answer(ByteBuffer query) {
    short id = query.getShort(0);
    query.position(12);
    String name = name(query);
    byte[] question = new byte[query.position() + 4 - 12];
    query.get(12, question);
    List<List<String>> found = records.getOrDefault(name, List.of());
    int code =
        name.startsWith("_atproto.broken")
            ? SERVER_FAILURE
            : records.containsKey(name) ? 0 : NO_SUCH_NAME;
    ByteBuffer answer = ByteBuffer.allocate(4096);
    answer.putShort(id).putShort((short) (0x8180 | code));
    answer.putShort((short) 1).putShort((short) found.size()).putShort((short) 0);
    answer.putShort((short) 0).put(question);
    for (List<String> strings : found) {
      byte[] data = data(strings);
      answer.putShort((short) 0xC00C).putShort((short) 16).putShort((short) 1);
      answer.putInt(60).putShort((short) data.length).put(data);
    }
    byte[] bytes = new byte[answer.position()];
    answer.get(0, bytes);
    return bytes;
  }

  private static String name(ByteBuffer query) {
    StringBuilder name = new StringBuilder();
    for (int length = query.get(); length > 0; length = query.get()) {
      byte[] label = new byte[length];
      query.get(label);
      name.append(name.isEmpty() ? "" : ".").append(new String(label, StandardCharsets.US_ASCII));
    }
    return name.toString();
  }

  private static byte[] data(List<String> strings) {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (String string : strings) {
      byte[] bytes = string.getBytes(StandardCharsets.UTF_8);
      data.write(bytes.length);
      data.writeBytes(bytes);
    }
    return data.toByteArray();
  }

  @Override
  public void close() {
    socket.close();
  }
}
