"""A text as the margin notes read it: sentences of folded words, without what is quoted."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

APOSTROPHES = "'’‘ʼ`´′"
TOKEN = re.compile(
    rf"(?P<word>[^\W_]+(?:[{APOSTROPHES}][^\W_]+)*)|(?P<stop>[.!?…]+)|(?P<line>\n)"
    r"|(?P<mark>[,:;()\[\]–—]|(?<=\s)-+(?=\s))"
)
MARKS = frozenset({",", ":", ";", "–", "“", "."})  # “ stands for a quotation that was left out
EXCEPT = "–"  # what a “but” that means “except” is read as
LIKE = {"(": "–", ")": "–", "[": "–", "]": "–", "—": "–", "-": "–", "--": "–"}
PARAGRAPH = re.compile(r"\n[^\S\n]*+(?:\n[^\S\n]*+)+|\Z")
MAIL_QUOTE = re.compile(r"^[ \t]*>.*$", re.M)
LETTER = r"[^\W\d_]"
# What opens a quotation, and what may close it when hands or keyboards mix their signs.
CLOSERS = {
    "“": '”"',
    '"': '"”',
    "„": '“”"',
    "‟": '”"',
    "«": "»",
    "»": "«",
    "‹": "›",
    "›": "‹",
    "‘": "’'",
    "‚": "‘’",
    "'": "'’",
}
OPENER = re.compile(
    rf"[“„‟«»‹›]|(?<!\d)\"|(?<![^\W_])[‘‚](?={LETTER}|[.…])|(?<![\w’'])'(?={LETTER})"
)
# Inside single signs an apostrophe closes nothing: it stands after a letter and before another.
CLOSING = {
    signs: re.compile(
        rf"[{signs}](?!\w)" if "’" in signs and '"' not in signs else f"[{re.escape(signs)}]"
    )
    for signs in set(CLOSERS.values())
}
# Words that begin with an apostrophe, which is no opening quotation mark.
CLIPPED = re.compile(r"['‘](?:cause|cos|em|til|till|tis|twas|bout|n|round|er|im|is|ow)\b", re.I)


class Folding:
    """How words are compared: without case, apostrophes and the commonest slips of the keyboard.

    It knows also at which words a thought turns, since notes look no further than that.
    """

    def __init__(
        self,
        spellings: Mapping[str, str],
        turns: Iterable[str],
        concessions: Iterable[str],
        except_after: Iterable[str],
        rejoining: Iterable[str],
    ) -> None:
        self._spellings = {
            self._plain(typed): " ".join(self.bare(one) for one in word.split())
            for typed, word in spellings.items()
        }
        self.turns = frozenset(map(self.word, turns))
        self.concessions = frozenset(map(self.word, concessions))
        self.except_after = frozenset(map(self.word, except_after))
        self.rejoining = frozenset(map(self.word, rejoining))

    @staticmethod
    def bare(word: str) -> str:
        """Return a word without case and apostrophes."""
        return "".join(sign for sign in word.casefold() if sign not in APOSTROPHES)

    @staticmethod
    def _plain(word: str) -> str:
        return "".join("’" if sign in APOSTROPHES else sign for sign in word.casefold())

    def word(self, word: str) -> str:
        """Return what a word is compared by: `u` becomes `you`, `we’re` becomes two."""
        bare = self.bare(word)
        return self._spellings.get(self._plain(word)) or self._spellings.get(bare, bare)


@dataclass
class Sentence:
    """Folded words and marks with their places in the text.

    `line` is all words, each followed by one blank; `at` where each begins in it. A scope is what
    lies between two turns (a “but”, a semicolon, a new line that begins with a capital).
    """

    words: list[str] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    scopes: list[int] = field(default_factory=list)
    conceding: set[int] = field(default_factory=set)
    line: str = ""
    at: list[int] = field(default_factory=list)
    known: dict[tuple[object, int], bool] = field(default_factory=dict)  # what was asked before

    def add(self, word: str, span: tuple[int, int], scope: int) -> None:
        self.words.append(word)
        self.spans.append(span)
        self.scopes.append(scope)

    def finish(self) -> "Sentence":
        """Set the line when all words are there, and return the sentence."""
        offset = 0
        for word in self.words:
            self.at.append(offset)
            offset += len(word) + 1
        self.line = "".join(word + " " for word in self.words)
        return self

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """All words of the sentence, once each."""
        return frozenset(self.words)

    def word_at(self, offset: int) -> int:
        """Return the number of the word that begins at this place of the line."""
        return bisect_left(self.at, offset)

    def scope_end(self, place: int, limit: int) -> int:
        """Return where the scope of a word ends, at most `limit` words on."""
        end = place
        while end < min(len(self.words), place + limit) and self.scopes[end] == self.scopes[place]:
            end += 1
        return end


def quotations(text: str) -> list[tuple[int, int]]:
    """Return the quoted stretches of a text in order, each within one paragraph.

    A single word in quotation marks is being stressed, not quoted, and is left out, and so is a
    mark that nothing closes, but for a “ that begins a paragraph: quotations of several paragraphs
    are set so. Lines that begin with > are quoted as mail programs do it.
    """
    found: list[tuple[int, int]] = []
    start = 0
    for gap in PARAGRAPH.finditer(text):
        found.extend(_quoted_in(text, start, gap.start()))
        start = gap.end()
    found.extend(line.span() for line in MAIL_QUOTE.finditer(text))
    return sorted(found)


def _quoted_in(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    unclosed: set[str] = set()
    place = start
    while opener := OPENER.search(text, place, end):
        place = opener.end()
        sign = opener[0]
        signs = CLOSERS[sign]
        if signs in unclosed or CLIPPED.match(text, opener.start(), end):
            continue
        closer = CLOSING[signs].search(text, place, end)
        if closer is None:
            unclosed.add(signs)
            if sign == "“" and not text[start : opener.start()].strip():
                yield opener.start(), end
                return
        elif re.search(r"\w\W+\w", text[place : closer.start()].replace("’", "").replace("'", "")):
            yield opener.start(), closer.end()
            place = closer.end()
        else:
            place = closer.end()


def sentences(text: str, folding: Folding) -> list[Sentence]:
    """Return the sentences of a text. One that opens with a “but” belongs to the one before."""
    found: list[Sentence] = []
    current = Sentence()
    quoted = quotations(text)
    pointer = scope = lines = 0
    ended: str = ""  # the stop that has been read and not yet judged

    for token in TOKEN.finditer(text):
        kind, start = token.lastgroup, token.start()
        while pointer < len(quoted) and start >= quoted[pointer][1]:
            pointer += 1
        if pointer < len(quoted) and start >= quoted[pointer][0]:
            if current.words[-1:] != ["“"] or current.spans[-1] != quoted[pointer]:
                if ended in (".", "!", "?") and current.words:
                    found.append(current.finish())
                    current = Sentence()
                current.add("“", quoted[pointer], scope)
            ended = "…" if kind == "stop" else ""
            lines = 0
        elif kind == "stop":
            ended = "…" if token[0][:2] == ".." or "…" in token[0] else token[0][0]
            ended = ended if _breaks(text, token.end(), ended) else ""
        elif kind == "line":
            lines += 1
        elif kind == "word":
            capital = token[0][0].isupper() and token[0][1:2].islower()
            words = folding.word(token[0]).split()
            over = lines > 1 or ended in (".", "!", "?") or (ended == "…" and capital)
            if over and words[0] in folding.rejoining and lines < 2 and current.words:
                current.add(".", (start, start), scope)
            elif over and current.words:
                found.append(current.finish())
                current = Sentence()
            if lines and capital:
                scope += 1
            if (
                words[0] in folding.rejoining
                and current.words
                and current.words[-1] in folding.except_after
            ):
                words = [EXCEPT]
            elif words[0] in folding.turns:
                scope += 1
                if words[0] in folding.concessions:
                    current.conceding.add(scope)
            for word in words:
                current.add(word, token.span(), scope)
            ended, lines = "", 0
        else:
            mark = LIKE.get(token[0], token[0] if token[0] in MARKS else "–")
            current.add(mark, token.span(), scope)
            if mark == ";" or (mark == "," and scope in current.conceding):
                scope += 1
    if current.words:
        found.append(current.finish())
    return found


def _breaks(text: str, end: int, stop: str) -> bool:
    """Say whether what follows a stop lets it end a sentence: `3.30` and `e.g.` don't."""
    following = text[end : end + 1]
    return stop == "…" or not following or not following.isalnum() or following.isupper()
