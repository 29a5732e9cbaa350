"""Text made equal where people write one thing in several ways: case, accents, quotes, dashes."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from unicodedata import combining, normalize

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

AROUND = 80  # characters shown on each side of a hit
MOST_AROUND = 3
LOOKED_AT = 200  # hits within one text, before we stop choosing which to show
CHUNK = 256
# What keyboards and printers put in the place of a plain key.
KEYS = {
    "’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
    "–": "-", "—": "-", "‐": "-", "…": "...", "\u00a0": " ",
}  # fmt: skip
# Joiners, soft hyphens and the like: nobody sees them and nobody types them into a search.
UNSEEN = [0xAD, *range(0x200B, 0x200E), 0x2060, *range(0xFE00, 0xFE10), 0xFEFF]
ASKED = re.compile(r'"([^"]*)"|([^\s"]+)')
Span = tuple[int, int]


@cache
def weightless() -> frozenset[str]:
    """Return the characters that sit on another one, and those that nobody sees."""
    marks = (code for code in range(0x300, 0x1F000) if combining(chr(code)))
    return frozenset(map(chr, [*UNSEEN, *marks]))


@lru_cache(maxsize=4096)
def plain(character: str) -> str:
    """Return what folding puts in the place of one character that is not ASCII."""
    parts = (KEYS.get(part, part) for part in normalize("NFKD", character))
    return "".join(part for part in parts if part not in weightless()).casefold()


def fold(text: str) -> str:
    """Return the text without case and accents, with the quotes and dashes of a keyboard.

    Works on each character by itself: folding two halves and joining them gives the same.
    """
    if not text.isascii():
        text = as_typed(text)
    if text.isascii():
        return text.lower()
    # A text has few different characters: each is replaced in one go, faster than any pattern.
    for character in set(text):
        if not character.isascii():
            text = text.replace(character, plain(character))
    return text.casefold()


def as_typed(text: str) -> str:
    """Return the text with the quotes, dashes and spaces of a keyboard."""
    for printed, key in KEYS.items():
        text = text.replace(printed, key)
    return text


def squeeze(text: str) -> str:
    """Return the folded text with one space wherever there is white space."""
    return " ".join(fold(text).split())


def terms_of(query: str) -> tuple[str, ...]:
    """Return what a query looks for, folded: phrases in quotes whole, other words one by one."""
    found = (squeeze(phrase or word) for phrase, word in ASKED.findall(as_typed(query)))
    return tuple(dict.fromkeys(term for term in found if term))


def pattern_of(terms: Iterable[str]) -> re.Pattern[str]:
    """Return the pattern that finds any of these terms in folded text, the longest first."""
    longest = sorted(terms, key=len, reverse=True)
    return re.compile("|".join(r"\s+".join(map(re.escape, term.split())) for term in longest))


def spans(text: str, pattern: re.Pattern[str]) -> list[Span]:
    """Return where the text itself, not its folded form, holds what is looked for."""
    return in_text(text, [match.span() for match in pattern.finditer(fold(text))])


def in_text(text: str, found: Sequence[Span]) -> list[Span]:
    """Return the places in a text that belong to places in its folded form, in their order."""
    if text.isascii():
        return list(found)
    at = dict(holders(text, sorted({place for s, e in found for place in (s, e - 1)})))
    made: list[Span] = []
    for start, end in found:
        first, last = at[start], at[end - 1] + 1
        while last < len(text) and not fold(text[last]):
            last += 1  # the accents that belong to it
        if not made or first >= made[-1][1]:
            made.append((first, last))
    return made


def holders(text: str, places: Sequence[int]) -> Iterator[Span]:
    """Yield each place of the folded text, in rising order, with the character that became it."""
    wanted, before = iter(places), 0
    place = next(wanted, None)
    for start in range(0, len(text), CHUNK):
        chunk = text[start : start + CHUNK]
        length = len(fold(chunk))
        at = before
        for index, character in enumerate(chunk, start):
            if place is None or place >= before + length:
                break
            at += len(fold(character))
            while place is not None and place < at:
                yield place, index
                place = next(wanted, None)
        before += length


def marked(text: str, pattern: re.Pattern[str]) -> SafeString:
    """Return the text as HTML with every hit in a <mark>."""
    parts: list[tuple[str]] = []
    at = 0
    for start, end in spans(text, pattern):
        parts += [(text[at:start],), (format_html("<mark>{}</mark>", text[start:end]),)]
        at = end
    return format_html_join("", "{}", [*parts, (text[at:],)])


def around(text: str, pattern: re.Pattern[str]) -> list[SafeString]:
    """Return the words around the first place of each term that is found, as HTML."""
    first: dict[str, Span] = {}
    for number, match in enumerate(pattern.finditer(fold(text))):
        first.setdefault(" ".join(match[0].split()), match.span())
        if number > LOOKED_AT:
            break
    windows: list[Span] = []
    for start, end in in_text(text, sorted(first.values())):
        window = (step_in(text, start), step_out(text, end))
        if windows and window[0] <= windows[-1][1]:
            window = (windows.pop()[0], window[1])
        windows.append(window)
    return [shown(text, window, pattern) for window in windows[:MOST_AROUND]]


def step_in(text: str, start: int) -> int:
    """Return where to begin showing words before a hit: after a space, where there is one."""
    begin = max(0, start - AROUND)
    space = text.find(" ", begin, start) if begin else -1
    return space + 1 if space >= 0 else begin


def step_out(text: str, end: int) -> int:
    """Return where to stop showing words after a hit: before a space, where there is one."""
    stop = min(len(text), end + AROUND)
    space = text.rfind(" ", end, stop) if stop < len(text) else -1
    return space if space >= 0 else stop


def shown(text: str, window: Span, pattern: re.Pattern[str]) -> SafeString:
    """Return one window on a text as HTML, with dots where the text goes on."""
    start, end = window
    before, after = "… " if start else "", " …" if end < len(text) else ""
    return format_html("{}{}{}", before, marked(text[start:end], pattern), after)
