"""Two versions of a text, word by word: what stayed, what went, what came."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

WORD = re.compile(r"\s+|\w+|[^\w\s]")
# Past this many words on a side a changed stretch is shown whole: word by word it would take
# seconds and nobody could read it.
MOST_WORDS = 1_500
# What is alike is compared pair by pair: past this many pairs (a second or so of work) the rest is
# shown whole, too. A page of thousands of empty lines would take minutes.
MOST_PAIRS = 4_000_000
PARAGRAPH = re.compile(r"[^\n]*\n+|[^\n]+")

SAME, GONE, CAME = "same", "gone", "came"


@dataclass(frozen=True)
class Piece:
    """A stretch of text that stayed the `same`, is `gone`, or `came`."""

    kind: str
    text: str


def compare(before: str, after: str) -> list[Piece]:
    """Return the pieces that lead from one text to the other, paragraphs first, then words."""
    old, new = PARAGRAPH.findall(before), PARAGRAPH.findall(after)
    begin = alike(old, new)
    end = alike(old[begin:][::-1], new[begin:][::-1])
    middle = slice(begin, len(old) - end), slice(begin, len(new) - end)
    pieces = [Piece(SAME, "".join(old[:begin])), *_middle(old[middle[0]], new[middle[1]])]
    return list(_joined([*pieces, Piece(SAME, "".join(old[len(old) - end :]))]))


def alike(old: Sequence[str], new: Sequence[str]) -> int:
    """Return with how many of the same two lists begin."""
    pairs = zip(old, new, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(old), len(new)))


def pairs(old: Sequence[str], new: Sequence[str]) -> int:
    """Return how many pairs of the same there are between two lists."""
    others = Counter(new)
    return sum(often * others[one] for one, often in Counter(old).items())


def _middle(old: list[str], new: list[str]) -> Iterator[Piece]:
    left = MOST_PAIRS - pairs(old, new)
    if left < 0:
        yield from (Piece(GONE, "".join(old)), Piece(CAME, "".join(new)))
        return
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece(SAME, "".join(old[a:b]))
            continue
        gone, came = (WORD.findall("".join(side)) for side in (old[a:b], new[c:d]))
        left -= pairs(gone, came)
        whole = left < 0 or max(len(gone), len(came)) > MOST_WORDS
        yield from _by_word(gone, came, whole)


def _by_word(old: list[str], new: list[str], whole: bool) -> Iterator[Piece]:
    if whole:
        yield from (Piece(GONE, "".join(old)), Piece(CAME, "".join(new)))
        return
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece(SAME, "".join(old[a:b]))
        else:
            yield from (Piece(GONE, "".join(old[a:b])), Piece(CAME, "".join(new[c:d])))


def _joined(pieces: list[Piece]) -> Iterator[Piece]:
    held: Piece | None = None
    for piece in pieces:
        if not piece.text:
            continue
        if held and held.kind == piece.kind:
            held = Piece(held.kind, held.text + piece.text)
            continue
        if held:
            yield held
        held = piece
    if held:
        yield held
