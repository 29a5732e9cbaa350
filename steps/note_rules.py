"""The words of the margin notes: `margin-notes.toml` read into rules that look along a sentence.

The file writes phrases in a small language, folded as people's own words are (case, apostrophes,
spellings): words with a space between; `(one|two words)` for either; `?` after a word or a bracket
for what may be missing; `*` for any ending, alone for any word; `…` for some words of the same
sentence; `,` for a comma; `^` first for the start of a sentence, or of what follows a phrase.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from steps.files import FALLBACK, ContentError, RawFile, language_folder, read_file
from steps.note_reading import MARKS, Folding, Sentence

FILE = "margin-notes.toml"
KINDS = ("blame", "apology")
UNSURE = ("speak", "mine", "quiet")
GAP_IN_PHRASE = 25
GAP_AROUND = 5
LONGEST_AROUND = 9  # words of the longest phrase that may stand right before another
PIECE = re.compile(r"[()|?…^]|[^\s()|?…^]+")


class PatternError(ValueError):
    """A phrase that the small language cannot read; the text says why."""


class Phrases:
    """A list of phrases, looked for at a place of a sentence."""

    def __init__(self, patterns: Iterable[str], folding: Folding, gap: int = GAP_AROUND) -> None:
        # By the first two letters: each phrase's expression, and whether a `^` holds it.
        self._sources: dict[str, list[tuple[str, bool]]] = {}
        for pattern in patterns:
            source, firsts, initial = translated(pattern, folding, gap)
            for first in sorted(firsts):
                self._sources.setdefault(first, []).append((source, initial))
        # Expressions are compiled when first needed: all at once would hold up a whole second.
        self._whole: dict[tuple[str, bool], re.Pattern[str] | None] = {}
        self._each: dict[tuple[str, bool], list[re.Pattern[str]]] = {}

    @property
    def starts(self) -> Iterable[str]:
        """The first two letters of every phrase."""
        return self._sources.keys()

    def at(self, sentence: Sentence, place: int, origin: int = 0) -> int | None:
        """Return where a phrase ends that begins with this word, the first of the list that does.

        A phrase with a `^` begins nowhere but at `origin`.
        """
        pattern = self._pattern(sentence.words[place], place == origin)
        found = pattern.match(sentence.line, sentence.at[place]) if pattern else None
        return sentence.word_at(found.end()) if found else None

    def before(self, sentence: Sentence, place: int) -> bool:
        """Say whether one of the phrases ends right before this word."""
        known = sentence.known.get((self, place))
        if known is None:
            known = any(
                self._spans(sentence, start, place)
                for start in range(max(0, place - LONGEST_AROUND), place)
            )
            sentence.known[self, place] = known
        return known

    def first(self, sentence: Sentence, start: int, end: int) -> tuple[int, int] | None:
        """Return the first place where one of the phrases begins, and how long the longest is.

        Looked for from `start` to before `end`; a phrase with a `^` begins nowhere but at `start`.
        """
        for place in range(start, min(end, len(sentence.words))):
            if self.at(sentence, place, start) is not None:
                at = sentence.at[place]
                matches = (
                    pattern.match(sentence.line, at)
                    for pattern in self._patterns(sentence.words[place], place == start)
                )
                return place, max(match.end() for match in matches if match) - at
        return None

    def _spans(self, sentence: Sentence, start: int, end: int) -> bool:
        pattern = self._pattern(sentence.words[start], start == 0)
        return bool(
            pattern and pattern.fullmatch(sentence.line, sentence.at[start], sentence.at[end])
        )

    def _pattern(self, word: str, at_origin: bool) -> re.Pattern[str] | None:
        key = (word[:2], at_origin)
        if key[0] not in self._sources:
            return None
        if key not in self._whole:
            sources = self._fitting(*key)
            self._whole[key] = re.compile("|".join(sources)) if sources else None
        return self._whole[key]

    def _patterns(self, word: str, at_origin: bool) -> list[re.Pattern[str]]:
        key = (word[:2], at_origin)
        if key not in self._each:
            self._each[key] = [re.compile(source) for source in self._fitting(*key)]
        return self._each[key]

    def _fitting(self, first: str, at_origin: bool) -> list[str]:
        return [source for source, initial in self._sources[first] if at_origin or not initial]


def translated(pattern: str, folding: Folding, gap: int) -> tuple[str, set[str], bool]:
    """Return a phrase as a regular expression over a sentence's line, with how it may begin.

    Every word in the line ends in one blank, so whole words and nothing less are compared, and gaps
    are bounded: no phrase can cost more than a constant at any place.
    """
    pieces: Sequence[str] = PIECE.findall(pattern.replace("-", " "))
    initial = pieces[:1] == ["^"]
    pieces = pieces[1:] if initial else pieces
    try:
        source, firsts, rest = _branch(pieces, folding, gap)
        if rest:
            raise PatternError("a bracket or a bar too many")
        if pieces.count("…") > 1:
            raise PatternError("more than one gap")
        if not firsts.isdisjoint({None, "*"}):
            raise PatternError("it begins with what may be missing or be any word")
    except PatternError as error:
        raise PatternError(f"“{pattern}” cannot be read: {error}") from error
    return source, {first for first in firsts if first is not None}, initial


Firsts = set["str | None"]  # None: the piece may be empty; *: any word may begin it


def _branch(pieces: Sequence[str], folding: Folding, gap: int) -> tuple[str, Firsts, Sequence[str]]:
    source = ""
    firsts: Firsts = {None}
    while pieces and pieces[0] not in ("|", ")"):
        piece, pieces = pieces[0], pieces[1:]
        if piece == "(":
            one, starts, pieces = _choice(pieces, folding, gap)
        elif piece == "…":
            one, starts = rf"(?:\S++ ){{0,{gap}}}?", {"*"}
        elif piece in ("?", "^"):
            raise PatternError(f"“{piece}” stands where it means nothing")
        else:
            one, starts = _word(piece, folding)
        if pieces and pieces[0] == "?":
            one, starts, pieces = f"(?:{one})?", starts | {None}, pieces[1:]
        source += one
        if None in firsts:
            firsts = (firsts - {None}) | starts
    return source, firsts, pieces


def _choice(pieces: Sequence[str], folding: Folding, gap: int) -> tuple[str, Firsts, Sequence[str]]:
    sources: list[str] = []
    firsts: Firsts = set()
    while True:
        source, starts, pieces = _branch(pieces, folding, gap)
        if not source:
            raise PatternError("a bracket offers nothing to choose")
        sources.append(source)
        firsts |= starts
        if not pieces:
            raise PatternError("a bracket is not closed")
        mark, pieces = pieces[0], pieces[1:]
        if mark == ")":
            return f"(?:{'|'.join(sources)})", firsts, pieces


def _word(piece: str, folding: Folding) -> tuple[str, Firsts]:
    if piece in MARKS:
        return re.escape(piece) + " ", {piece}
    if piece == "*":
        return r"\w++ ", {"*"}
    stem = piece.rstrip("*")
    if not re.fullmatch(r"[^\W_]+(?:’[^\W_]+)*", stem):
        raise PatternError(f"“{piece}” is neither a word nor a sign of the small language")
    words = folding.word(stem).split()
    if stem != piece:
        if len(stem) < 2:
            raise PatternError(f"“{piece}” begins too many words")
        return rf"{folding.bare(stem)}\w*+ ", {folding.bare(stem)[:2]}
    return "".join(re.escape(word) + " " for word in words), {words[0][:2]}


@dataclass(frozen=True)
class Rule:
    """One kind of phrase: how it is met, what keeps it quiet, and what the margin says."""

    key: str
    kind: str
    reason: str
    instead: str
    phrases: Phrases
    before: Phrases
    after: Phrases
    later: Phrases
    harsh: Phrases
    despite: Phrases
    may_hang: bool
    unsure: str


@dataclass(frozen=True)
class Hit:
    """A phrase in a sentence: from its first word to before `end`."""

    rule: Rule
    start: int
    end: int


@dataclass(frozen=True)
class Quiet:
    """What keeps the margin quiet whatever the rule: telling, denying, hoping, thanking."""

    reports: Phrases
    said_now: Phrases
    tellers: Phrases
    denials: Phrases
    denials_after: Phrases
    conditions: Phrases
    thanks_before: Phrases
    thanks_after: Phrases
    thanks_next: Phrases
    thankless: Phrases
    thankless_next: Phrases
    bridge: frozenset[str]
    teller_ends: frozenset[str]
    joints: frozenset[str]
    mine: frozenset[str]


WORDS = ("bridge", "teller_ends", "joints", "mine")  # lists of words; all others are of phrases
AROUND = tuple(name for name in Quiet.__annotations__ if name not in WORDS)


@dataclass(frozen=True, eq=False)
class Book:
    """The whole file."""

    folding: Folding
    quiet: Quiet
    rules: tuple[Rule, ...]

    @cached_property
    def _by_start(self) -> Mapping[str, tuple[Rule, ...]]:
        starts = {start for rule in self.rules for start in rule.phrases.starts}
        return {
            start: tuple(rule for rule in self.rules if start in rule.phrases.starts)
            for start in starts
        }

    def met(self, sentence: Sentence, place: int) -> Hit | None:
        """Return the phrase that begins with this word, by the first rule of the file that fits."""
        for rule in self._by_start.get(sentence.words[place][:2], ()):
            end = rule.phrases.at(sentence, place)
            if end is not None:
                return Hit(rule, place, end)
        return None


def listed(pattern: str, lists: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """Return the phrases that `<name>` stands for, or the phrase itself."""
    if not (pattern.startswith("<") and pattern.endswith(">")):
        return [pattern]
    if pattern[1:-1] not in lists:
        raise PatternError(f"“{pattern}” names no list")
    return lists[pattern[1:-1]]


def built(front: Mapping[str, Any]) -> Book:
    """Return the rules of a file that has its right shape.

    PatternError names a phrase that cannot be read.
    """
    quiet = front["quiet"]
    folding = Folding(
        {typed: row["word"] for row in front["spellings"] for typed in row["typed"]},
        turns=quiet["turns"],
        concessions=quiet["concessions"],
        except_after=quiet["except_after"],
        rejoining=quiet["rejoining"],
    )
    lists = front["lists"]

    def phrases(patterns: Iterable[str], gap: int = GAP_AROUND) -> Phrases:
        whole = [one for pattern in patterns for one in listed(pattern, lists)]
        return Phrases(whole, folding, gap)

    around: dict[str, Any] = {name: phrases(quiet[name]) for name in AROUND}
    words: dict[str, Any] = {
        name: frozenset(
            one if one in MARKS else folding.word(one) for row in quiet[name] for one in row.split()
        )
        for name in WORDS
    }
    rules = tuple(rule(row, phrases) for row in front["rules"])
    return Book(folding, Quiet(**around, **words), rules)


def rule(row: Mapping[str, Any], phrases: Callable[..., Phrases]) -> Rule:
    """Return one rule; `phrases` reads patterns, with how much may stand between their words."""
    return Rule(
        key=row["key"],
        kind=row["kind"],
        reason=row["reason"],
        instead=row["instead"],
        phrases=phrases(row["phrases"], GAP_IN_PHRASE),
        before=phrases(row.get("before", ())),
        after=phrases(row.get("after", ())),
        later=phrases(row.get("later", ())),
        harsh=phrases(row.get("harsh", ())),
        despite=phrases(row.get("despite", ())),
        may_hang=row.get("may_hang", False),
        unsure=row.get("unsure", "speak"),
    )


def find(dirs: Iterable[Path], language: str = FALLBACK) -> RawFile | None:
    """Return the file of a language, of English where it has none; a later folder wins."""
    for lang in dict.fromkeys([language_folder(language), FALLBACK]):
        for top in reversed(list(dirs)):
            path = Path(top) / lang / FILE
            if path.is_file():
                return read_file(FILE, lang, path)
    return None


@cache
def book(dirs: tuple[Path, ...], language: str) -> Book:
    """Return the rules of a language, read once. ContentError says what is wrong with the file."""
    file = find(dirs, language)
    if file is None:
        raise ContentError(f"{FALLBACK}/{FILE} is missing")
    if file.error:
        raise ContentError(f"{file.path}: {file.error}")
    try:
        return built(file.front)
    except (KeyError, TypeError, AttributeError, PatternError) as error:
        raise ContentError(f"{file.path}: {error}") from error
