package io.github.atprotobackfill.examples;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.atprotobackfill.repo.RepoCommit;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What is proven of a repo, finding by finding. */
final class RepoVerdict {

  /** How a question was answered. */
  enum Outcome {
    PROVEN("proven"),
    WRONG("wrong"),
    NOT_PROVEN("not proven"),
    NOT_ASKED("not asked");

    private final String words;

    Outcome(String words) {
      this.words = words;
    }
  }

  private record Finding(String about, Outcome outcome, String what) {

    boolean isGood() {
      return outcome == Outcome.PROVEN || outcome == Outcome.NOT_ASKED;
    }

    String line() {
      return String.format(Locale.ROOT, "%-10s  %-10s  %s", about, outcome.words, what);
    }
  }

  private final List<Finding> findings = new ArrayList<>();
  private @Nullable RepoCommit commit;

  /** The commit that all else is about, when there is one. */
  void about(RepoCommit head) {
    this.commit = head;
  }

  void add(String about, Outcome outcome, String what) {
    findings.add(new Finding(about, outcome, what));
  }

  /** Whether all that was asked for is proven. */
  boolean isGood() {
    return findings.stream().allMatch(Finding::isGood);
  }

  void write(PrintWriter out) {
    if (commit != null) {
      out.println("repo        " + commit.did());
      out.println("rev         " + commit.rev());
      out.println("commit      " + commit.cid());
    }
    findings.forEach(finding -> out.println(finding.line()));
    out.flush();
  }

  /** The same as one object. */
  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("good", isGood());
    if (commit != null) {
      json.put("did", commit.did().value());
      json.put("rev", commit.rev().value());
      json.put("commit", commit.cid().toString());
      json.put("data", commit.data().toString());
    }
    ObjectNode all = json.putObject("findings");
    for (Finding finding : findings) {
      all.putObject(finding.about())
          .put("outcome", finding.outcome().name().toLowerCase(Locale.ROOT))
          .put("what", finding.what());
    }
    return json;
  }
}
