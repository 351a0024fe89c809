package io.github.atprotobackfill.identity;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import javax.naming.Context;
import javax.naming.NameNotFoundException;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.DirContext;
import javax.naming.directory.InitialDirContext;
import org.jspecify.annotations.Nullable;

/**
 * TXT records by the JDK's own DNS client, which asks the name servers that the system is
 * configured with. A look-up cannot be interrupted; it ends by itself within {@link #MAX_WAIT} for
 * each name server.
 */
final class JndiTxtRecords implements TxtRecords {

  private static final Duration FIRST_TIMEOUT = Duration.ofSeconds(1);
  private static final int TRIES = 2;

  /** The timeout doubles with each try: 1 s, then 2 s. */
  static final Duration MAX_WAIT = FIRST_TIMEOUT.multipliedBy((1 << TRIES) - 1);

  private static final String SYSTEM_SERVERS = "dns:";
  private static final String TXT = "TXT";

  private final String servers;

  JndiTxtRecords() {
    this(SYSTEM_SERVERS);
  }

  /** Asks {@code servers}, spelt as JNDI wants it, for example {@code dns://127.0.0.1:53}. */
  JndiTxtRecords(String servers) {
    this.servers = servers;
  }

  @Override
  @SuppressWarnings("BanJNDI") // This provider speaks DNS alone: it returns text, never objects.
  public List<String> find(String name) throws IOException, InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    try {
      DirContext dns = new InitialDirContext(environment());
      try {
        return texts(dns.getAttributes(name, new String[] {TXT}).get(TXT));
      } finally {
        dns.close();
      }
    } catch (NameNotFoundException e) {
      return List.of();
    } catch (NamingException e) {
      throw new IOException("no TXT records of " + name + " to be had: " + e.getMessage(), e);
    }
  }

  @SuppressWarnings("JdkObsolete") // JNDI takes nothing else.
  private Hashtable<String, String> environment() {
    Hashtable<String, String> environment = new Hashtable<>();
    environment.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
    environment.put(Context.PROVIDER_URL, servers);
    environment.put("com.sun.jndi.dns.timeout.initial", "" + FIRST_TIMEOUT.toMillis());
    environment.put("com.sun.jndi.dns.timeout.retries", "" + TRIES);
    return environment;
  }

  private static List<String> texts(@Nullable Attribute records) throws NamingException {
    List<String> texts = new ArrayList<>();
    if (records != null) {
      NamingEnumeration<?> all = records.getAll();
      while (all.hasMore()) {
        texts.add(joined(String.valueOf(all.next())));
      }
    }
    return texts;
  }

  /**
   * The strings of one record, joined. JNDI puts a space between them, and quotes with backslash
   * escapes around one that is empty or has a space, a quote or a backslash in it.
   */
  static String joined(String record) {
    StringBuilder text = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < record.length(); i++) {
      char c = record.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == '\\' && i + 1 < record.length()) {
        text.append(record.charAt(++i));
      } else if (c != ' ' || quoted) {
        text.append(c);
      }
    }
    return text.toString();
  }
}
