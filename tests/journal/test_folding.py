"""Text made equal where people write one thing in several ways."""

from hypothesis import example, given
from hypothesis import strategies as st

from journal.entries.folding import AROUND, around, fold, marked, pattern_of, squeeze, terms_of

from .searching import reads

TEXT = st.text(max_size=80)
ODD = "İIıßẞŒﬁΣςάΆé\u0301ñ한ㅎ👩‍👧️’“…—\u00a0\u00ad\u2028 \t\nŉǆ℃Ω"
ODD_TEXT = st.text(st.sampled_from(ODD + "abi '\"-."), max_size=40)


@given(TEXT | ODD_TEXT, TEXT | ODD_TEXT)
def test_halves_fold_to_the_halves_of_the_whole(one: str, other: str) -> None:
    assert fold(one + other) == fold(one) + fold(other)


@given(TEXT | ODD_TEXT)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert squeeze(squeeze(text)) == squeeze(text)


@given(TEXT | ODD_TEXT)
@example("Zażółć GĘŚLĄ jaźń")
def test_it_reads_as_somebody_does_who_minds_neither_case_nor_accents(text: str) -> None:
    assert squeeze(text) == reads(text)


def test_no_character_at_all_is_read_otherwise() -> None:
    texts = (f"a{chr(code)}b" for code in range(0x110000))
    assert not [text for text in texts if squeeze(text) != reads(text)]


def test_what_one_types_finds_what_another_wrote() -> None:
    assert (
        squeeze("Café  CRÈME,\nStraße; don’t — “well…”")
        == 'cafe creme, strasse; don\'t - "well..."'
    )
    assert squeeze("e\u0301te\u0301") == squeeze("été") == "ete"
    assert squeeze("İstanbul") == squeeze("ISTANBUL")
    assert squeeze("ΟΔΟΣ") == squeeze("οδός")


def test_a_query_is_words_and_phrases() -> None:
    assert terms_of("  Piano gone ") == ("piano", "gone")
    assert terms_of('she said "came  HOME" late') == ("she", "said", "came home", "late")
    assert terms_of("“came home”") == ("came home",)
    assert terms_of("don’t don't") == ("don't",)
    assert terms_of('"never closed') == ("never", "closed")
    assert terms_of(' "" “ ” \u00ad ') == ()


@given(ODD_TEXT, ODD_TEXT, ODD_TEXT)
def test_a_mark_stands_around_what_was_found_and_nothing_is_lost(
    before: str, word: str, after: str
) -> None:
    terms = tuple(dict.fromkeys(filter(None, squeeze(word).split())))
    if not terms:
        return
    text = f"{before} {word} {after}"
    html = str(marked(text, pattern_of(terms)))
    assert "<mark>" in html
    bare = html.replace("<mark>", "").replace("</mark>", "")
    assert bare == text.replace("&", "&amp;").replace('"', "&quot;").replace("'", "&#x27;")
    for piece in html.split("<mark>")[1:]:
        inside = piece.partition("</mark>")[0].replace("&quot;", '"').replace("&#x27;", "'")
        assert any(term in squeeze(inside) for term in terms)


def test_an_accent_of_its_own_stays_within_the_mark() -> None:
    assert (
        str(marked("un cafe\u0301 noir", pattern_of(["cafe"]))) == "un <mark>cafe\u0301</mark> noir"
    )


def test_a_phrase_is_marked_across_a_line_break() -> None:
    assert str(marked("I came\n home", pattern_of(["came home"]))) == "I <mark>came\n home</mark>"


def test_html_of_the_writer_stays_text() -> None:
    html = str(marked("<b>piano</b> & <script>", pattern_of(["piano"])))
    assert html == "&lt;b&gt;<mark>piano</mark>&lt;/b&gt; &amp; &lt;script&gt;"


def test_about_eighty_characters_are_shown_on_each_side() -> None:
    words = "word " * 100
    [html] = around(f"{words}piano {words}", pattern_of(["piano"]))
    before, _, rest = str(html).partition("<mark>piano</mark>")
    assert before.startswith("… word") and rest.endswith("word …")
    assert AROUND - 10 < len(before) <= AROUND + 2
    assert AROUND - 10 < len(rest) <= AROUND + 2


def test_places_near_each_other_are_shown_as_one_and_far_ones_apart() -> None:
    near = around("a piano and a violin", pattern_of(["piano", "violin"]))
    assert [str(one) for one in near] == ["a <mark>piano</mark> and a <mark>violin</mark>"]
    far = around("the piano " + "x " * 300 + "the violin", pattern_of(["piano", "violin"]))
    assert len(far) == 2


def test_a_long_text_in_any_script_shows_its_place() -> None:
    text = "Я пришла домой — " * 9_000 + "ПИАНИНО не было. " + "日本語" * 9_000
    [html] = around(text, pattern_of([squeeze("пианино")]))
    assert "<mark>ПИАНИНО</mark> не было" in str(html)
