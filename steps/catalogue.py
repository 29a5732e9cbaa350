"""The guide, read once from its files into frozen pieces.

`get()` is the whole guide in a language; the functions below it answer what the path, the journal
and the reminders ask: what to lean on, which prompts fit, which prompt it is today. In tests, point
`settings.CONTENT_DIRS` elsewhere (each list of folders has a catalogue of its own), or call
`reset()` after changing files in place.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from django.conf import settings

from steps import building
from steps.files import FALLBACK, ContentError, Files, language_folder, read_files
from steps.pieces import (
    FEAR,
    PARTS,
    Cause,
    Exercise,
    Feeling,
    HelpCountry,
    Lean,
    Letter,
    Place,
    Prompt,
    SafetyNote,
    Step,
    Stress,
    Tool,
    for_kind,
)

__all__ = [
    "Catalogue",
    "Cause",
    "ContentError",
    "Exercise",
    "Lean",
    "Leaning",
    "Prompt",
    "Step",
    "Tool",
    "for_kind",
    "get",
    "load",
    "prompt_for_day",
    "prompt_for_week",
    "prompts_for",
    "reset",
    "stress",
]

MOST_STEPS = 4
MOST_EXERCISES = 4
DAY_ONE = date(2026, 1, 1)


@dataclass(frozen=True, eq=False)  # one guide is like no other: rendered pages are kept by it
class Catalogue:
    """The guide in one language. Every mapping is in the guide's own order."""

    language: str
    causes: Mapping[str, Cause]
    steps: Mapping[str, Step]
    tools: Mapping[str, Tool]
    exercises: Mapping[str, Exercise]
    prompts: Mapping[str, tuple[Prompt, ...]]  # by shelf
    rows: Mapping[tuple[str, str], Stress]  # by cause (or FEAR) and part
    feelings: tuple[Feeling, ...]
    places: tuple[Place, ...]
    safety: Mapping[str, SafetyNote]
    help_note: str
    help_lines: tuple[HelpCountry, ...]
    letters: Mapping[str, tuple[Letter, ...]]  # by kind

    def exercises_of(self, home: Step | Tool) -> tuple[Exercise, ...]:
        """Return the exercises of a step or a tool, in the order of its page."""
        kind = "step" if isinstance(home, Step) else "tool"
        return tuple(
            one for one in self.exercises.values() if one.home == home.key and one.home_kind == kind
        )


@dataclass(frozen=True)
class Leaning:
    """What to lean on for several causes at once: the openings and reasons in the guide's words."""

    part: str
    pace: str  # "slow" or "steady"
    safety_first: bool
    openings: tuple[str, ...]
    steps: tuple[Lean, ...]
    exercises: tuple[Lean, ...]


def load(dirs: Iterable[Path], language: str = FALLBACK) -> Catalogue:
    """Read the guide from folders and return it. ContentError names the file that is broken.

    A later folder wins file by file, and what is missing in a language is taken from English.
    References to pieces that don't exist are left out (`steps.checks` names them).
    """
    return build(read_files(dirs, language), language)


def build(files: Files, language: str) -> Catalogue:
    """Return the guide that is in these files; ContentError names the one that is broken."""
    for file in files.values():
        if file.error:
            raise ContentError(f"{file.path}: {file.error}")
    exercises = building.exercises(files)
    steps = building.steps(files, exercises)
    prompts = building.prompts(files)
    help_note, help_lines = building.help_lines(files)
    feelings, places = building.feelings(files)
    return Catalogue(
        language=language_folder(language),
        causes=MappingProxyType(building.causes(files, exercises)),
        steps=MappingProxyType(steps),
        tools=MappingProxyType(building.tools(files, exercises)),
        exercises=MappingProxyType(exercises),
        prompts=MappingProxyType(prompts),
        rows=MappingProxyType(building.rows(files, exercises)),
        feelings=feelings,
        places=places,
        safety=MappingProxyType(building.safety(files)),
        help_note=help_note,
        help_lines=help_lines,
        letters=MappingProxyType(building.letters(files)),
    )


@cache
def _kept(dirs: tuple[Path | str, ...], language: str) -> Catalogue:
    return load(tuple(map(Path, dirs)), language)


def get(language: str = FALLBACK) -> Catalogue:
    """Return the guide of `settings.CONTENT_DIRS` in a language (`en-gb` is `en`), read once."""
    return _kept(tuple(settings.CONTENT_DIRS), language_folder(language))


def reset() -> None:
    """Forget what was read, so that the next `get()` reads the files again (tests, autoreload)."""
    _kept.cache_clear()


def stress(
    causes: Sequence[str], part: str, language: str = FALLBACK, *, afraid: bool = False
) -> Leaning:
    """Return what to lean on for up to three causes, the weightiest first, and one part.

    How the rows are merged: rows that put safety first lead, then slow ones, then the others in the
    order of their causes, because steadiness comes before repair and closeness last. Each row that
    leads counts three and beside them every other counts one; where none leads, the first counts
    three, the second two, the third one. In a row the first step counts three, the second two, the
    third one. A step's weight is the sum of the products over all rows that name it; ties go to the
    earlier row, then to the earlier place. The reason given is that of the earliest row naming it.
    The same holds for exercises, and openings come in the order of the rows. At most four of each
    are returned. One slow row makes the whole slow, one row that puts safety first puts safety
    first. Causes the guide does not know are passed over and repeats count once; with none left,
    there is nothing to stress. An unknown part raises ValueError.

    `afraid` says that the person named fear: then the row for fear and their part stands alone,
    whatever the causes, since nothing may be asked of the one they fear.
    """
    if part not in PARTS:
        raise ValueError(f"{part!r} is not a part")
    known = get(language).rows
    if afraid and (FEAR, part) in known:
        rows = [known[FEAR, part]]
    else:
        named = [cause for cause in dict.fromkeys(causes) if cause != FEAR]
        rows = [known[cause, part] for cause in named if (cause, part) in known][:3]
    rows.sort(key=lambda row: (not row.safety_first, row.pace != "slow"))
    leading = [row for row in rows if row.safety_first or row.pace == "slow"]
    weighted = [
        (3 if row in leading else 1 if leading else 3 - rank, row) for rank, row in enumerate(rows)
    ]
    return Leaning(
        part=part,
        pace="slow" if any(row.pace == "slow" for row in rows) else "steady",
        safety_first=any(row.safety_first for row in rows),
        openings=tuple(row.opening for row in rows),
        steps=_merged([(weight, row.steps) for weight, row in weighted])[:MOST_STEPS],
        exercises=_merged([(weight, row.exercises) for weight, row in weighted])[:MOST_EXERCISES],
    )


def _merged(weighted: Sequence[tuple[int, tuple[Lean, ...]]]) -> tuple[Lean, ...]:
    scores: dict[str, int] = {}
    first: dict[str, Lean] = {}
    for weight, leans in weighted:
        for place, lean in enumerate(leans):
            scores[lean.key] = scores.get(lean.key, 0) + weight * max(1, 3 - place)
            first.setdefault(lean.key, lean)
    # Sorting is stable and `first` is in order of cause and place: that settles the ties.
    return tuple(sorted(first.values(), key=lambda lean: -scores[lean.key]))


def prompts_for(
    shelf: str, part: str | None = None, language: str = FALLBACK, *, afraid: bool = False
) -> tuple[Prompt, ...]:
    """Return the prompts of a shelf that fit a part (all of them for None), in the file's order.

    Somebody who is `afraid` is asked for nothing about the one they fear: neither thanks nor
    closeness. A shelf is a step's key, `gratitude`, `checkin`, `together` or `month`; an unknown
    one raises KeyError.
    """
    return _fitting(get(language), shelf, part, afraid)


@lru_cache(maxsize=256)
def _fitting(guide: Catalogue, shelf: str, part: str | None, afraid: bool) -> tuple[Prompt, ...]:
    return tuple(
        one
        for one in guide.prompts[shelf]
        if (part is None or part in one.parts) and not (afraid and one.names_the_other)
    )


def prompt_for_day(
    shelf: str,
    person_seed: int,
    day: date,
    part: str | None = None,
    since: date | None = None,
    language: str = FALLBACK,
    *,
    afraid: bool = False,
) -> Prompt:
    """Return the prompt of a shelf that one person meets on a day.

    The prompts are put in an order of the person's own, drawn from `person_seed`, light ones before
    middle ones before deep ones, and taken one a day from `since` on (the day they began; DAY_ONE
    when not given), over and over. So none comes back before all others have been met, which is
    sixty days or more on the shelves for gratitude and check-ins. LookupError when nothing fits.
    """
    turn = (day - (since or DAY_ONE)).days
    return _in_turn(prompts_for(shelf, part, language, afraid=afraid), shelf, person_seed, turn)


def prompt_for_week(
    shelf: str,
    person_seed: int,
    day: date,
    part: str | None = None,
    since: date | None = None,
    language: str = FALLBACK,
    *,
    afraid: bool = False,
) -> Prompt:
    """Return the prompt of a shelf that one person meets in the week of a day.

    As `prompt_for_day`, but one a week: so none comes back within sixty days on a step's smaller
    shelf either.
    """
    turn = (day - (since or DAY_ONE)).days // 7
    return _in_turn(prompts_for(shelf, part, language, afraid=afraid), shelf, person_seed, turn)


class Turn(Protocol):
    """How a shelf's prompts take turns: `prompt_for_day` or `prompt_for_week`."""

    def __call__(
        self, shelf: str, person_seed: int, day: date, part: str | None = None,
        since: date | None = None, language: str = FALLBACK, *, afraid: bool = False,
    ) -> Prompt: ...  # fmt: skip


def _in_turn(prompts: Sequence[Prompt], shelf: str, person_seed: int, turn: int) -> Prompt:
    if not prompts:
        raise LookupError(f"no prompt on {shelf!r} fits")
    order = sorted(prompts, key=lambda prompt: (prompt.depth, _lot(prompt.key, person_seed)))
    return order[turn % len(prompts)]


@lru_cache(maxsize=16_384)
def _lot(key: str, person_seed: int) -> bytes:
    """Return a prompt's lot in somebody's order; drawing it costs more than keeping it."""
    seed = blake2b(str(person_seed).encode()).digest()
    return blake2b(key.encode(), key=seed, digest_size=8).digest()
