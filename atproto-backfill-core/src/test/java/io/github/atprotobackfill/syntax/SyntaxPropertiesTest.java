package io.github.atprotobackfill.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds for every text: the rules as regular expressions, and the parsers' manners. */
class SyntaxPropertiesTest {

  private static final String LABEL = "[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";
  private static final String LETTERED = "[a-zA-Z]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";

  /** A form, the specification's regular expression for it, and valid examples to start from. */
  private record Form(
      String name, Function<String, ?> parser, String regex, int longest, List<String> examples) {

    boolean allows(String text) {
      return text.length() <= longest && text.matches(regex);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static final List<Form> FORMS =
      List.of(
          new Form(
              "DID",
              Did::parse,
              "did:[a-z]+:[a-zA-Z0-9._:%-]*[a-zA-Z0-9._-]",
              2048,
              List.of("did:plc:ewvi7nxzyoun6zhxrhs64oiz", "did:web:localhost%3A80", "did:a:b:c")),
          new Form(
              "handle",
              Handle::parse,
              "(" + LABEL + "\\.)+" + LETTERED,
              253,
              List.of("alice.example.com", "a.b", "4chan.o-g", "XX.Lcs.Mit.Edu")),
          new Form(
              "NSID",
              Nsid::parse,
              LETTERED + "(\\." + LABEL + ")+(\\.[a-zA-Z]([a-zA-Z0-9]{0,62})?)",
              317,
              List.of("app.bsky.feed.post", "a.b.c", "cn.8.lex.stuff", "com.ex-ample.fooBar")),
          new Form(
              "record key",
              RecordKey::parse,
              "(?!\\.{1,2}$)[a-zA-Z0-9_~.:-]{1,512}",
              512,
              List.of("3jzfcijpj2z2a", "self", "...", "lang:", "~1.2-3_")),
          new Form(
              "TID",
              Tid::parse,
              "[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}",
              13,
              List.of("3jzfcijpj2z2a", "7777777777777", "jzzzzzzzzzzzz")),
          new Form(
              "CID",
              Cid::parse,
              "(?!Qmb)[a-zA-Z0-9+=]{8,256}",
              256,
              List.of("bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a")),
          new Form(
              "record URI",
              AtUri::parse,
              "at://(?=[^/]{1,2048}/)did:[a-z]+:[a-zA-Z0-9._:%-]*[a-zA-Z0-9._-]/(?=[^/]{1,317}/)"
                  + LETTERED
                  + "(\\."
                  + LABEL
                  + ")+(\\.[a-zA-Z]([a-zA-Z0-9]{0,62})?)/(?!\\.{1,2}$)[a-zA-Z0-9_~.:-]{1,512}",
              8192,
              List.of("at://did:plc:asdf123/com.example.note/3jzfcijpj2z2a")));

  @Property(tries = 4000)
  void aTextIsAcceptedExactlyWhenTheRuleAllowsIt(@ForAll("attempts") Attempt attempt) {
    Form form = attempt.form();
    if (form.allows(attempt.text())) {
      assertThat(form.parser().apply(attempt.text()).toString())
          .isEqualToIgnoringCase(attempt.text());
    } else {
      assertThatThrownBy(() -> form.parser().apply(attempt.text()))
          .isInstanceOf(InvalidSyntaxException.class);
    }
  }

  @Property(tries = 2000)
  void whatWasParsedIsParsedAgainAsTheSame(@ForAll("attempts") Attempt attempt) {
    Form form = attempt.form();
    if (form.allows(attempt.text())) {
      Object parsed = form.parser().apply(attempt.text());
      assertThat(form.parser().apply(parsed.toString())).isEqualTo(parsed).hasToString("" + parsed);
    }
  }

  /** A text that may or may not be of the form. */
  private record Attempt(Form form, String text) {}

  @Provide
  Arbitrary<Attempt> attempts() {
    return Arbitraries.of(FORMS)
        .flatMap(
            form ->
                Arbitraries.oneOf(
                        Arbitraries.of(form.examples()), mutated(form), Arbitraries.strings())
                    .map(text -> new Attempt(form, text)));
  }

  private static Arbitrary<String> mutated(Form form) {
    Arbitrary<String> insert =
        Arbitraries.oneOf(
            Arbitraries.strings().withChars(".:%-_~/ \n\0+=#@Qmb0z").ofMaxLength(3),
            Arbitraries.strings().ofMaxLength(2),
            Arbitraries.integers().between(50, 2100).map("x"::repeat));
    return Combinators.combine(
            Arbitraries.of(form.examples()),
            Arbitraries.doubles().between(0, 1),
            insert,
            Arbitraries.integers().between(0, 2))
        .as(
            (text, where, with, dropped) -> {
              int at = (int) (where * text.length());
              return text.substring(0, at)
                  + with
                  + text.substring(Math.min(text.length(), at + dropped));
            });
  }
}
