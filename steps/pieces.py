"""What the guide is made of: frozen pieces, read from files and never changed.

Texts keep their raw `{person}` tokens; `for_kind` fills them when a page is shown, so that one file
serves a partner, a friend, a relative and a colleague.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

CAUSES = (
    "broken-promises",
    "betrayal",
    "toxic-patterns",
    "past-trauma",
    "communication-gaps",
    "unmet-needs",
)
STEPS = (
    "communicate-openly",
    "own-your-mistakes",
    "share-hard-truths",
    "practise-forgiveness",
    "quality-time",
    "kindness-and-appreciation",
    "healthy-boundaries",
    "therapy-or-coaching",
)
TOOLS = ("communication-skills", "self-care", "empathy", "gratitude", "relationship-needs")
FEAR = "afraid"  # in stress.toml beside the causes: what holds where somebody is afraid
PARTS = ("hurt", "did", "both")
KINDS = {
    "partner": "your partner",
    "friend": "your friend",
    "family": "your relative",
    "colleague": "your colleague",
    "other": "this person",
}
NOBODY_NAMED = "the other person"
FIELD_TYPES = (
    "long",
    "line",
    "choice",
    "several",
    "scale",
    "date",
    "lines",
    "frame",
    "feelings",
)
WORDS_A_MINUTE = 220

PERSON = re.compile(r"\{([Pp])erson(['’]s)?\}")
NUMBER = re.compile(r"[+*#]?\d(?:[\d ()*./-]*[\d#])?")
NOT_RUNG = re.compile(r"\b(?:text|to|then|WhatsApp)[ (]*$", re.I)
GAP = re.compile(r"\{([a-z][a-z_]*)\}")


def for_kind(text: str, kind: str | None) -> str:
    """Return `text` with its `{person}` tokens filled for a kind of relationship.

    `kind` is one of KINDS, or None where nobody is named (public pages: "the other person"). An
    unknown kind raises KeyError. Other words in braces (the gaps of a frame) are left alone.
    """
    if "erson" not in text:
        return text
    name = NOBODY_NAMED if kind is None else KINDS[kind]

    def fill(token: re.Match[str]) -> str:
        word = name[0].upper() + name[1:] if token[1] == "P" else name
        return f"{word}’s" if token[2] else word

    return PERSON.sub(fill, text)


@lru_cache(maxsize=4096)
def _filled(html: str, kind: str | None) -> str:
    # Only the guide's own sections come here; nothing a person wrote is ever kept.
    return for_kind(html, kind)


def dialled(text: str) -> tuple[tuple[str, str], ...]:
    """Return a line like "112, police 110, text 114" in pieces of (words, address).

    The address is `tel:…` for what can be rung and "" for the words between and for numbers that
    are for writing to.
    """
    bits: list[tuple[str, str]] = []
    end = 0
    for match in NUMBER.finditer(text):
        before = text[end : match.start()]
        if NOT_RUNG.search(before):
            continue
        digits = re.sub(r"[^\d+*#]", "", match[0])
        bits += [(before, ""), (match[0], "tel:" + digits.replace("#", "%23"))]
        end = match.end()
    return tuple(bit for bit in [*bits, (text[end:], "")] if bit[0])


def reading_minutes(words: int) -> int:
    """Return how many minutes a page of so many words takes, at least one."""
    return max(1, round(words / WORDS_A_MINUTE))


@dataclass(frozen=True)
class Section:
    """A part of a page under one heading; `html` keeps raw tokens and has no heading of its own."""

    id: str
    title: str
    html: str
    words: int

    def html_for(self, kind: str | None = None) -> str:
        """Return the section's HTML with tokens filled; each kind is filled once and kept."""
        return _filled(self.html, kind)

    def title_for(self, kind: str | None = None) -> str:
        """Return the heading's plain text with tokens filled."""
        return for_kind(self.title, kind)


@dataclass(frozen=True)
class Source:
    """Where a fact comes from, what was found, and how sure one can be."""

    author: str
    year: int
    found: str
    sure: str


@dataclass(frozen=True)
class Lean:
    """A step or an exercise to lean on, and the reason in words."""

    key: str
    why: str


@dataclass(frozen=True)
class Option:
    """One answer that can be chosen; `note` is shown with it, `link` is a resolved address.

    `shares`: choosing it says that this page is meant for somebody else one day.
    """

    value: str
    label: str
    note: str = ""
    link: str = ""
    shares: bool = False


@dataclass(frozen=True)
class Field:
    """One question of an exercise. Nothing is ever required.

    `only_you`: the answer stays the writer's own, on a page that is meant to be handed over too.
    """

    key: str
    type: str
    ask: str = ""
    ask_hurt: str = ""
    ask_did: str = ""
    ask_both: str = ""
    hint: str = ""
    ways: tuple[str, ...] = ()
    page: int | None = None
    options: tuple[Option, ...] = ()
    low: str = ""
    high: str = ""
    frame: str = ""
    only_you: bool = False

    def ask_for(self, part: str) -> str:
        """Return the question as it is put to someone who was `hurt`, who `did`, or `both`.

        An unknown part raises ValueError.
        """
        if part not in PARTS:
            raise ValueError(f"{part!r} is not a part")
        variant: str = getattr(self, f"ask_{part}")
        return variant or self.ask

    @property
    def gaps(self) -> tuple[str, ...]:
        """The names of the gaps of a frame, in the order of the sentence."""
        return tuple(name for name in GAP.findall(self.frame) if name != "person")

    @property
    def frame_bits(self) -> tuple[tuple[str, str], ...]:
        """The frame in pieces, each a text and in words the gap after it ("" after the last)."""
        texts = GAP.split(for_kind(self.frame, None))
        gaps = [name.replace("_", " ") for name in texts[1::2]]
        return tuple(zip(texts[::2], [*gaps, ""], strict=True))


@dataclass(frozen=True)
class Exercise:
    """Something to do with a pen; it lives on the page of one step or one tool."""

    key: str
    lang: str
    home_kind: str  # "step" or "tool"
    home: str
    order: int
    title: str
    minutes: int
    purpose: str
    fields: tuple[Field, ...]
    example: Section | None
    words: int
    source: Source | None = None
    warning: str = ""
    together: str = ""
    closing: str = ""
    for_sharing: bool = False
    sittings: int = 1
    timer: int = 0
    pages: tuple[str, ...] = ()
    read_through: bool = False

    @property
    def url(self) -> str:
        return f"/guide/{self.home_kind}s/{self.home}/{self.key}/"

    @property
    def reading_minutes(self) -> int:
        return reading_minutes(self.words)

    def field(self, key: str) -> Field:
        """Return the field called `key`; KeyError when there is none."""
        for one in self.fields:
            if one.key == key:
                return one
        raise KeyError(key)


@dataclass(frozen=True)
class Page:
    """What causes, steps and tools have in common."""

    key: str
    lang: str
    title: str
    order: int
    summary: str
    sections: tuple[Section, ...]
    sources: tuple[Source, ...]
    words: int

    @property
    def url(self) -> str:
        """Where the page is read."""
        raise NotImplementedError

    @property
    def reading_minutes(self) -> int:
        return reading_minutes(self.words)

    def section(self, id: str) -> Section:
        """Return the section with this id; KeyError when there is none."""
        for one in self.sections:
            if one.id == id:
                return one
        raise KeyError(id)


@dataclass(frozen=True)
class Cause(Page):
    """Why trust broke: one of six."""

    safety_first: bool = False
    lean_on: tuple[Lean, ...] = ()
    exercises: tuple[Lean, ...] = ()
    questions: dict[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    kinds: dict[str, str] = field(default_factory=dict, hash=False)

    @property
    def url(self) -> str:
        return f"/guide/causes/{self.key}/"


@dataclass(frozen=True)
class Step(Page):
    """One of the eight steps of the path.

    `afraid` and `afraid_act` stand in place of summary and small act where a person said that they
    are afraid, `titles` in
    place of the title for kinds of relationship, or where there is fear (`afraid`), that it would
    not fit.
    """

    short_title: str = ""
    afraid: str = ""
    afraid_act: str = ""
    small_act: str = ""
    exercises: tuple[str, ...] = ()
    questions: dict[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    titles: dict[str, str] = field(default_factory=dict, hash=False)
    kinds: dict[str, str] = field(default_factory=dict, hash=False)

    @property
    def url(self) -> str:
        return f"/guide/steps/{self.key}/"

    def title_for(self, kind: str | None, *, afraid: bool = False) -> str:
        """Return the title, as it fits a kind of relationship or somebody who is afraid."""
        fear = self.titles.get("afraid") if afraid else None
        return fear or self.titles.get(kind or "", self.title)

    def summary_for(self, kind: str | None, *, afraid: bool) -> str:
        """Return the line that says what the step is, as somebody in this case needs to hear it."""
        return for_kind(self.afraid if afraid else self.summary, kind)

    def questions_for(self, part: str, *, afraid: bool = False) -> tuple[str, ...]:
        """Return the questions to sit with; where there is fear, none about the one feared."""
        asked = self.questions.get(part, ())
        return tuple(ask for ask in asked if not (afraid and PERSON.search(ask)))

    def small_act_for(self, kind: str | None, *, afraid: bool) -> str:
        """Return the small act of the week, likewise."""
        return for_kind(self.afraid_act if afraid else self.small_act, kind)


@dataclass(frozen=True)
class Tool(Page):
    """One of the five tools that are of use on any day."""

    small_act: str = ""
    exercises: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return f"/guide/tools/{self.key}/"


@dataclass(frozen=True)
class Prompt:
    """A line to begin from; shelves are the steps', `gratitude`, `checkin`, `together`, `month`."""

    key: str
    lang: str
    shelf: str
    order: int
    text: str
    depth: int
    parts: tuple[str, ...] = PARTS

    @property
    def names_the_other(self) -> bool:
        """Whether it speaks of the person whom this is about."""
        return bool(PERSON.search(self.text))


@dataclass(frozen=True)
class Stress:
    """What to lean on for one cause and one part."""

    cause: str
    part: str
    lang: str
    opening: str
    pace: str  # "slow" or "steady"
    safety_first: bool
    steps: tuple[Lean, ...]
    exercises: tuple[Lean, ...]


@dataclass(frozen=True)
class Feeling:
    """A word for a feeling, where it stands on the two axes, and what it means."""

    word: str
    energy: str  # "high" or "low"
    pleasant: bool
    meaning: str


@dataclass(frozen=True)
class Place:
    """Where in the body a feeling sits."""

    key: str
    label: str


@dataclass(frozen=True)
class SafetyNote(Page):
    """A note that comes before repair: control, planning, self-harm, children, shared devices."""

    @property
    def url(self) -> str:
        return f"/safety/#{self.key}"


@dataclass(frozen=True)
class HelpLine:
    """A number somebody answers; `whom` says for whom, `checked` when somebody looked."""

    name: str
    whom: str
    number: str
    hours: str
    source: str
    checked: date
    web: str = ""

    @property
    def bits(self) -> tuple[tuple[str, str], ...]:
        """The number in pieces, see `dialled`."""
        return dialled(self.number)


@dataclass(frozen=True)
class HelpCountry:
    """A country's emergency number and its help lines."""

    code: str
    name: str
    emergency: str
    lines: tuple[HelpLine, ...]

    @property
    def bits(self) -> tuple[tuple[str, str], ...]:
        """The emergency number in pieces, see `dialled`."""
        return dialled(self.emergency)


@dataclass(frozen=True)
class Letter:
    """One variant of a note sent by mail or shown on Today; neutral on purpose."""

    key: str
    lang: str
    kind: str
    subject: str
    body: str
