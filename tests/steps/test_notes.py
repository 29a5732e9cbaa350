"""The margin notes: what they meet, what they leave in peace, how well, and at what cost.

`notes_corpus.toml` is split by a hash of each sentence: SHA-256, first byte modulo three; zero is
held out. The rules are made with the other two thirds at hand, whose faults may be read one by one;
of the held-out third only the figures are looked at. A sentence that fails there is no reason to
change a rule, and no reason to change the sentence. Precision counts every note that nobody
expected, in sentences that should hit as well; recall counts the expected keys.
"""

import random
import re
import time
import tomllib
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steps.notes import Note, keys, notes

CORPUS = tomllib.loads(Path(__file__).with_name("notes_corpus.toml").read_text("utf-8"))
HITS = [(key, text) for key, texts in CORPUS["hits"].items() for text in texts]
MISSES = [(why, text) for why, texts in CORPUS["misses"].items() for text in texts]


def held_out(text: str) -> bool:
    return sha256(text.encode()).digest()[0] % 3 == 0


def met(text: str) -> list[str]:
    return [note.key for note in notes(text)]


def figures(wanted: Callable[[str], bool]) -> tuple[float, float]:
    """Return precision and recall over the sentences that are wanted."""
    right = missed = wrong = 0
    for key, text in HITS:
        if wanted(text):
            found = met(text)
            right += key in found
            missed += key not in found
            wrong += sum(one != key for one in found)
    wrong += sum(len(notes(text)) for _, text in MISSES if wanted(text))
    return right / (right + wrong), right / (right + missed)


def test_precision_and_recall_on_the_held_out_third(capsys: pytest.CaptureFixture[str]) -> None:
    precision, recall = figures(held_out)
    seen = figures(lambda text: not held_out(text))
    with capsys.disabled():
        print(
            f"\nmargin notes: {sum(held_out(text) for _, text in HITS + MISSES)} held out of "
            f"{len(HITS)} to meet and {len(MISSES)} to leave in peace: "
            f"precision {precision:.3f}, recall {recall:.3f} "
            f"(the other two thirds: {seen[0]:.3f}, {seen[1]:.3f})"
        )
    assert precision >= 0.95
    assert recall >= 0.90


def test_the_corpus_is_large_and_repeats_nothing() -> None:
    assert len(HITS) >= 170
    assert len(MISSES) >= 170
    texts = [text for _, text in HITS + MISSES]
    assert len(set(texts)) == len(texts)
    share = sum(map(held_out, texts)) / len(texts)
    assert 0.28 < share < 0.38


def test_every_rule_has_sentences_in_the_corpus() -> None:
    assert set(CORPUS["hits"]) == set(keys())


MUST = [
    ("you-always", "You always do that"),
    ("you-never", "you NEVER listen"),
    ("why-do-you", "Why do you hate me"),
    ("why-dont-you", "why dont you care"),
    ("why-cant-you", "Why can't you listen"),
    ("why-must-you", "why must you shout"),
    ("whats-wrong-with-you", "What's wrong with you"),
    ("you-make-me", "you make me sick"),
    ("every-time-you", "every time you lie"),
    ("sorry-if", "sorry if I hurt you"),
    ("sorry-you-feel", "sorry you feel that way"),
    ("sorry-you-feel", "I'm sorry that you feel bad"),
    ("sorry-but", "sorry, but you lied"),
    ("sorry-but", "I'm sorry for the way I spoke, but you started it"),
    ("mistakes-were-made", "mistakes were made"),
    ("you-also", "you also lied"),
    ("you-made-me-do", "you made me do this"),
    ("only-once", "it was only once"),
    ("just-a-joke", "just a joke"),
    ("move-on", "can we move on"),
    ("move-on", "can we get past this"),
    ("forgive-me", "please forgive me"),
    ("if-i-hurt-you", "if I hurt you, I regret it"),
    ("only-trying", "I was only trying to help"),
    ("how-i-am", "that's just how I am"),
    ("too-sensitive", "you're too sensitive"),
]


@pytest.mark.parametrize(("key", "text"), MUST)
@pytest.mark.parametrize(
    "dressed",
    [str, str.lower, str.upper, lambda text: text.replace("'", "’"), lambda text: f"  {text}.\r\n"],
    ids=["as it is", "small", "capital", "curly", "between blanks"],
)
def test_a_phrase_is_met_in_any_dress(key: str, text: str, dressed: Callable[[str], str]) -> None:
    assert met(dressed(text)) == [key]


@pytest.mark.parametrize(("key", "text"), MUST)
def test_a_phrase_is_met_across_line_breaks(key: str, text: str) -> None:
    assert met(text.replace(" ", "\n")) == [key]


@pytest.mark.parametrize(("key", "text"), MUST)
@pytest.mark.parametrize(
    "frame",
    [
        'She wrote "{}" on the wall.', "She wrote “{}” on the wall.", "She wrote ‘{}’ on the wall.",
        "She wrote «{}» on the wall.", "She wrote « {} » on the wall.", "He wrote „{}“ to me.",
        "He wrote '{}' to me.", "“One thing. {}. Another,” he wrote.", "> {}",
        "Grandma told me once: {}", "He used to say {}", "I won’t say {}",
        "If I ever say {}, stop me.",
    ],
)  # fmt: skip
def test_words_of_another_and_words_denied_are_left_in_peace(
    key: str, text: str, frame: str
) -> None:
    assert met(frame.format(text)) == []


def test_a_note_says_where_and_why_and_what_to_write_instead() -> None:
    text = "I was so alone.\nYou\nnever tell me anything."
    [note] = notes(text)
    assert (note.key, note.kind, note.phrase) == ("you-never", "blame", "You\nnever")
    assert text[note.start : note.end] == note.phrase
    assert note.reason == (
        "True or not, these two words tend to start a defence. The same hurt, from your side:"
    )
    assert note.instead == "I felt alone when …, and I needed …"


def test_notes_come_in_order_of_appearance_one_for_a_phrase() -> None:
    text = (
        "Please forgive me. Why do you never answer? I’m sorry, but you started it. "
        "You never rang, you never wrote."
    )
    found = notes(text)
    assert [note.key for note in found] == [
        "forgive-me", "why-do-you", "sorry-but", "you-never", "you-never",
    ]  # fmt: skip
    assert [note.start for note in found] == sorted(note.start for note in found)


def test_thanks_count_only_for_their_own_thought() -> None:
    assert met("Thank you, you never made me feel small.") == []
    assert met("Thank you for dinner, but you never help.") == ["you-never"]
    assert met("Although I love how you sing, you never listen.") == ["you-never"]
    assert met("You never help. Thanks a lot.") == ["you-never"]
    assert met("You always warm the bed. I love that.") == []


def test_the_same_text_gives_the_same_notes() -> None:
    text = " ".join(text for _, text in HITS + MISSES)
    assert notes(text) == notes(text)


@given(
    st.text(
        alphabet=st.sampled_from("you never always sorry but if “”‘’\"'«».!?…\n,;—x"), max_size=300
    )
)
def test_any_text_gives_notes_that_fit_it(text: str) -> None:
    end = 0
    for note in notes(text):
        assert end <= note.start < note.end <= len(text)
        assert text[note.start : note.end] == note.phrase
        end = note.end


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n\n\n", "😀" * 50, "\ud800 you", "\x00\x07", "אתה תמיד", "…", "‘", "“", "you",
     "İı you"],
)  # fmt: skip
def test_strange_text_is_read_without_a_fault(text: str) -> None:
    assert notes(text) == []


def test_places_count_code_points() -> None:
    text = "😀😀 You never listen."
    assert [(note.start, note.phrase) for note in notes(text)] == [(3, "You never")]


SIZE = 200_000


def filled(piece: str, size: int = SIZE) -> str:
    return (piece * (size // len(piece) + 1))[:size]


def shuffled(size: int = SIZE) -> str:
    """Return the words of the corpus in disorder, without the mercy of sentences."""
    words = re.findall(r"\w+", " ".join(text for _, text in HITS + MISSES))
    random.Random(7).shuffle(words)
    return filled(" ".join(words) + " ", size)


def hostile(size: int) -> Iterator[str]:
    pieces = (
        "you never ", "you never, she ", "sorry ", "sorry that I but ", "I would not have ",
        "if you hadn't ", "said that you never ", "I love ", "“a ", "‘a ", "'a ", '"', "«a ",
        "\n> ", "\n", "\n ", " - ", ". ", "a", "sorry " + "a" * 500 + " ",
    )  # fmt: skip
    yield from (filled(piece, size) for piece in pieces)
    yield shuffled(size)


def cpu(work: Callable[[str], object], text: str, rounds: int = 3) -> float:
    best = float("inf")
    for _ in range(rounds):
        began = time.process_time()
        work(text)
        best = min(best, time.process_time() - began)
    return best


def plain_scan(text: str) -> list[str]:
    """Touch every sign once: what reading a text costs at the least."""
    return [sign.casefold() for sign in text]


def test_two_hundred_thousand_signs_of_prose_cost_little_more_than_a_scan() -> None:
    prose = filled(" ".join(text for _, text in MISSES) + "\n\n")
    assert cpu(notes, prose, rounds=1) < 80 * cpu(plain_scan, prose)


@pytest.mark.parametrize(
    "piece", ["you never ", "you never, she ", "sorry that I but ", "“a ", "\n"]
)
def test_no_text_costs_more_than_a_bounded_number_of_scans(piece: str) -> None:
    text = filled(piece)
    assert cpu(notes, text, rounds=1) < 600 * cpu(plain_scan, text)


def test_words_without_sentences_cost_a_bounded_number_of_scans() -> None:
    assert cpu(notes, shuffled(), rounds=1) < 300 * cpu(plain_scan, shuffled())


def test_cost_grows_with_the_length_and_no_faster() -> None:
    for short, long in zip(hostile(SIZE // 40), hostile(SIZE // 8), strict=True):
        assert cpu(notes, long) < 10 * cpu(notes, short) + 0.005, short[:40]


def test_a_note_is_frozen() -> None:
    [note] = notes("You never listen.")
    assert isinstance(note, Note)
    with pytest.raises(AttributeError):
        note.key = "other"
