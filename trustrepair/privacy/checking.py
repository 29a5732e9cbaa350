"""Whether a line of an export says what docs/export.md says it may: nothing else gets further."""

import uuid
from datetime import UTC, date, datetime
from typing import Any

from journal.entries.forms import EARLIEST, LATEST, letters
from journal.entries.margin import KEPT, LONGEST_KEPT, MOST_KEPT
from journal.entries.models import UNSENT, Entry
from journal.entries.writing import MOST
from journal.relationships.models import PathStep
from journal.relationships.story import (
    AFRAID,
    DIAL_LENGTH,
    DIALS,
    HAPPENED_LENGTH,
    KINDS,
    MOST_CAUSES,
    NAME_LENGTH,
    PARTS,
    STATES,
)
from journal.vault.words import visible
from steps import catalogue
from trustrepair.privacy.records import Record

TYPES = {"long", "line", "choice", "several", "scale", "date", "lines", "frame", "feelings"}
TITLE = 300
SHORT = 500
MANY = 200
KINDS_OF_ENTRY = dict(Entry.KINDS)
STEP_STATES = {PathStep.OPEN, PathStep.ENOUGH, PathStep.ASIDE}
TEXTS_OF_AN_OPTION = ("value", "label", "note", "link")


class Odd(ValueError):
    """Something that is not as it should be; the message is for the person."""


def checked(record: Any, before: Record) -> Record:
    """Return a line as it may be used: every field there, of its type, within its bounds.

    Args:
        before: the last entry, which a version must be of.

    Raises:
        Odd: it is not as it should be.
    """
    kind = record.get("type") if isinstance(record, dict) else None
    if kind == "relationship":
        return relationship(record)
    if kind == "entry":
        return entry(record)
    if kind == "revision":
        return revision(record, before)
    raise Odd("a kind of line that this house does not know")


def relationship(record: Record) -> Record:
    """Check a relationship with its steps."""
    story = mapping(record.get("story"))
    causes, guide = mapping(story.get("causes", {})), catalogue.get()
    dials = mapping(story.get("dials", {}))
    if len(causes) > MOST_CAUSES:
        raise Odd("more causes than there can be")
    created = moment(record.get("created_at"))
    return {
        "type": "relationship",
        "source": identity(record.get("id")),
        "created_at": created,
        "chosen_at": moment(record.get("chosen_at"), created),
        "version": number(record.get("version", 1)),
        "story": {
            "name": words(story.get("name", ""), NAME_LENGTH),
            "kind": one_of(story.get("kind"), KINDS),
            "part": one_of(story.get("part"), PARTS),
            "afraid": one_of(story.get("afraid", "unsaid"), AFRAID),
            "happened": words(story.get("happened", ""), HAPPENED_LENGTH),
            # A cause that this house's guide does not know cannot be shown here.
            "causes": {key: number(causes[key], 3) for key in causes if key in guide.causes},
            "state": one_of(story.get("state", "active"), STATES),
            "dials": {key: words(dials[key], DIAL_LENGTH) for key in DIALS if key in dials},
        },
        "steps": [step(one) for one in listing(record.get("steps", []), 60)],
    }


def step(record: Any) -> Record:
    """Check what was said of one step."""
    said = mapping(record)
    return {
        "step": words(said.get("step"), 60),
        "changed_at": moment(said.get("changed_at")),
        "state": one_of(said.get("state"), STEP_STATES),
        "round": number(said.get("round", 1)),
    }


def entry(record: Record) -> Record:
    """Check an entry."""
    kind = one_of(record.get("kind"), KINDS_OF_ENTRY)
    created = moment(record.get("created_at"))
    questions = [question(one) for one in listing(record.get("questions", []), MANY)]
    if (kind == Entry.EXERCISE) != bool(record.get("answers") is not None):
        raise Odd("an exercise without answers, or answers without an exercise")
    if kind == Entry.EXERCISE and not 0 < len({one["key"] for one in questions}) == len(questions):
        raise Odd("an exercise without its questions, or with one twice")
    about = record.get("relationship")
    return {
        "type": "entry",
        "source": identity(record.get("id")),
        "kind": kind,
        "relationship": identity(about) if about else None,
        **{name: key(record.get(name)) for name in ("exercise", "step", "prompt")},
        "version": number(record.get("version", 1)),
        "created_at": created,
        "updated_at": moment(record.get("updated_at"), created),
        "finished_at": moment(record["finished_at"]) if record.get("finished_at") else None,
        "trashed_at": moment(record["trashed_at"]) if record.get("trashed_at") else None,
        "closed_until": closed_until(record, kind),
        "marble": number(record["marble"]) if record.get("marble") is not None else None,
        **said(record, questions),
        "questions": questions,
    }


def closed_until(record: Record, kind: str) -> str | None:
    """Check the day until which a letter is closed."""
    day = record.get("closed_until")
    if day is None:
        return None
    if kind != Entry.LETTER and record.get("exercise") != UNSENT:
        raise Odd("a page that is closed, and no letter")
    try:
        found = date.fromisoformat(day)
    except (ValueError, TypeError):
        raise Odd("a date that cannot be") from None
    if not EARLIEST.year <= found.year <= LATEST.year:
        raise Odd("a date that cannot be")
    return found.isoformat()


def revision(record: Record, before: Record) -> Record:
    """Check a version of the entry before it."""
    if identity(record.get("entry")) != before["source"]:
        raise Odd("a version of a page that is not in front of it")
    if (record.get("answers") is None) != (before["answers"] is None):
        raise Odd("a version of another kind of page")
    return {
        "type": "revision",
        "entry": before["source"],
        "save": identity(record.get("save")),
        "version": number(record.get("version", 1)),
        "beside": flag(record.get("beside", False)),
        "auto": flag(record.get("auto", False)),
        "created_at": moment(record.get("created_at")),
        **said(record, before["questions"]),
    }


def said(record: Record, questions: list[Record]) -> Record:
    """Check the words of an entry or of a version."""
    text, given = record.get("text"), record.get("answers")
    if (text is None) == (given is None):
        raise Odd("neither text nor answers, or both")
    found = None if given is None else answers(given, questions)
    rest = about(mapping(record.get("about", {}), 20))
    return {
        "title": words(record.get("title", ""), TITLE),
        "feelings": [words(one, 100) for one in listing(record.get("feelings", []), MANY)],
        "text": None if text is None else words(text, MOST),
        "answers": found,
        "about": rest,
    }


def about(given: Record) -> Record:
    """Check what else is sealed with words: what our pages read of it, closely."""
    if {"text", "answers", "title", "feelings"} & set(given):
        raise Odd("a field in the wrong place")
    found = {words(name, 60): plain(value) for name, value in given.items()}
    for name, known in (("part", PARTS), ("kind", KINDS)):
        if found.get(name) is not None:
            one_of(found[name], known)
    if KEPT in found:
        found[KEPT] = [words(one, LONGEST_KEPT) for one in listing(found[KEPT], MOST_KEPT)]
    return found


def answers(given: Any, questions: list[Record]) -> Record:
    """Check answers against the questions they are of."""
    types = {one["key"]: one["type"] for one in questions}
    pairs = mapping(given, MANY).items()
    found = {words(name, 100): answer(value, types.get(name)) for name, value in pairs}
    if sum(map(letters, found.values())) > MOST:
        raise Odd(f"longer than the {MOST:,} characters that a page holds")
    return found


def question(record: Any) -> Record:
    """Check the wording of a question."""
    given = mapping(record)
    page = given.get("page")
    return {
        "key": words(given.get("key"), 100),
        "type": one_of(given.get("type"), TYPES),
        "ask": words(given.get("ask", ""), 2_000),
        "hint": words(given.get("hint", ""), 5_000),
        "ways": [words(one, 2_000) for one in listing(given.get("ways", []), MANY)],
        "options": [option(one) for one in listing(given.get("options", []), MANY)],
        **{name: words(given.get(name, ""), 2_000) for name in ("low", "high", "frame")},
        "page": None if page is None else number(page, 100, least=0),
    }


def option(record: Any) -> Record:
    """Check one option of a question; a link leads to a page of this house and nowhere else."""
    given = mapping(record)
    found = {name: words(given.get(name, ""), 1_000) for name in TEXTS_OF_AN_OPTION}
    if found["link"] and (found["link"][:1] != "/" or found["link"][:2] in {"//", "/\\"}):
        raise Odd("a link that leads elsewhere")
    return found


def answer(value: Any, kind: str | None) -> Any:
    """Check an answer against the type of its question; an empty one may be empty in any way."""
    if value in (None, "", [], {}):
        return value
    if isinstance(value, bool | float):
        raise Odd("an answer that no question takes")
    if isinstance(value, int):
        if kind not in {"scale", None}:
            raise Odd("a number where words belong")
        return number(value, 7)
    if isinstance(value, str):
        if kind in {"scale", "several", "feelings", "lines", "frame"}:
            raise Odd("words where something else belongs")
        return words(value, MOST)
    if isinstance(value, list):
        if kind not in {"several", "feelings", "lines", None}:
            raise Odd("a list where words belong")
        return [words(one, MOST) for one in listing(value, 5_000)]
    if kind not in {"frame", None}:
        raise Odd("parts of a sentence where words belong")
    return {words(gap, 100): words(one, MOST) for gap, one in mapping(value, MANY).items()}


# --- single values ------------------------------------------------------------------------------
def words(value: Any, most: int) -> str:
    """Return text without signs that nobody can see."""
    if not isinstance(value, str):
        raise Odd("no words where words belong")
    if len(value) > most:
        raise Odd(f"{len(value):,} characters where {most:,} fit")
    return visible(value)


def key(value: Any) -> str | None:
    """Return a key of the guide's, or None."""
    return None if value is None else words(value, 100)


def one_of(value: Any, known: Any) -> str:
    """Return a value that is among those known."""
    if not isinstance(value, str) or value not in known:
        raise Odd("a choice that there is not")
    return value


def number(value: Any, most: int = 1_000_000, least: int = 1) -> int:
    """Return a whole number within bounds."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Odd("a number that cannot be")
    return value


def flag(value: Any) -> bool:
    """Return true or false."""
    if not isinstance(value, bool):
        raise Odd("neither yes nor no")
    return value


def plain(value: Any) -> Any:
    """Return a value that needs no further look: short words, a number, yes or no, nothing."""
    if isinstance(value, str):
        return words(value, SHORT)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, dict):
        return {words(name, 60): plain(one) for name, one in mapping(value, MANY).items()}
    if isinstance(value, list):
        return [plain(one) for one in listing(value, MANY)]
    return number(value, 10**9, least=-(10**9))


def identity(value: Any) -> str:
    """Return an id in the one form it is compared in."""
    try:
        return str(uuid.UUID(value))
    except (ValueError, AttributeError, TypeError):
        raise Odd("an id that is none") from None


def moment(value: Any, instead: str | None = None) -> str:
    """Return a time as we write it; one before 1900 or after 2200 cannot be."""
    if value is None and instead is not None:
        return instead
    try:
        found = datetime.fromisoformat(value)
        if found.tzinfo is None or not EARLIEST.year <= found.year <= LATEST.year:
            raise ValueError
        return found.astimezone(UTC).isoformat()
    except (ValueError, TypeError, OverflowError):
        raise Odd("a date that cannot be") from None


def mapping(value: Any, most: int = 60) -> dict[str, Any]:
    """Return named values, not too many."""
    if not isinstance(value, dict) or len(value) > most:
        raise Odd("no fields where fields belong")
    return value


def listing(value: Any, most: int) -> list[Any]:
    """Return a list, not too long."""
    if not isinstance(value, list) or len(value) > most:
        raise Odd("no list where a list belongs")
    return value
