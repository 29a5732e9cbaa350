"""What the front matter of each kind of file may say, written as data; docs/content-format.md in
other words. `shape_faults` compares a file with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Rows:
    """A list of tables of one shape."""

    shape: "Shape"
    optional: bool = False


@dataclass(frozen=True)
class Table:
    """One table."""

    shape: "Shape"
    optional: bool = False


# A word is a plain value: text, int, bool, date, texts (a list of text); `?` marks what may be
# left out.
Shape = Mapping[str, "str | Rows | Table"]

SOURCE: Shape = {"author": "text", "year": "int", "found": "text", "sure": "text"}
LEAN_ON_STEP: Shape = {"step": "text", "why": "text"}
LEAN_ON_EXERCISE: Shape = {"exercise": "text", "why": "text"}
QUESTIONS: Shape = {"hurt": "texts", "did": "texts", "both": "texts"}
KINDS: Shape = {
    "partner": "text?",
    "friend": "text?",
    "family": "text?",
    "colleague": "text?",
    "other": "text?",
}
PAGE: Shape = {"title": "text", "order": "int", "summary": "text"}

CAUSE: Shape = {
    **PAGE,
    "safety_first": "bool?",
    "lean_on": Rows(LEAN_ON_STEP),
    "exercises": Rows(LEAN_ON_EXERCISE),
    "sources": Rows(SOURCE, optional=True),
    "questions": Table(QUESTIONS),
    "kinds": Table(KINDS, optional=True),
}
STEP: Shape = {
    **PAGE,
    "short_title": "text",
    "afraid": "text",
    "afraid_act": "text",
    "small_act": "text",
    "exercises": "texts",
    "sources": Rows(SOURCE, optional=True),
    "questions": Table(QUESTIONS),
    "titles": Table({**KINDS, "afraid": "text?"}, optional=True),
    "kinds": Table(KINDS, optional=True),
}
TOOL: Shape = {
    **PAGE,
    "small_act": "text",
    "exercises": "texts",
    "sources": Rows(SOURCE, optional=True),
}
OPTION: Shape = {
    "value": "text",
    "label": "text",
    "note": "text?",
    "link": "text?",
    "shares": "bool?",
}
FIELD: Shape = {
    "key": "text",
    "type": "text",
    "ask": "text?",
    "ask_hurt": "text?",
    "ask_did": "text?",
    "ask_both": "text?",
    "hint": "text?",
    "ways": "texts?",
    "page": "int?",
    "options": Rows(OPTION, optional=True),
    "low": "text?",
    "high": "text?",
    "frame": "text?",
    "only_you": "bool?",
}
EXERCISE: Shape = {
    "title": "text",
    "minutes": "int",
    "purpose": "text",
    "source": Table(SOURCE, optional=True),
    "warning": "text?",
    "together": "text?",
    "closing": "text",
    "for_sharing": "bool?",
    "sittings": "int?",
    "timer": "int?",
    "pages": "texts?",
    "read_through": "bool?",
    "fields": Rows(FIELD),
}
PROMPTS: Shape = {
    "prompts": Rows({"key": "text", "text": "text", "depth": "int", "parts": "texts?"})
}
STRESS: Shape = {
    "rows": Rows(
        {
            "cause": "text",
            "part": "text",
            "opening": "text",
            "pace": "text",
            "safety_first": "bool?",
            "steps": Rows(LEAN_ON_STEP),
            "exercises": Rows(LEAN_ON_EXERCISE),
        }
    )
}
FEELINGS: Shape = {
    "feelings": Rows({"word": "text", "energy": "text", "pleasant": "bool", "meaning": "text"}),
    "places": Rows({"key": "text", "label": "text"}),
}
SAFETY: Shape = {**PAGE, "sources": Rows(SOURCE, optional=True)}
HELP_LINE: Shape = {
    "name": "text",
    "for": "text",
    "number": "text",
    "hours": "text",
    "web": "text?",
    "source": "text",
    "checked": "date",
}
HELP: Shape = {
    "note": "text",
    "countries": Rows(
        {"code": "text", "name": "text", "emergency": "text", "lines": Rows(HELP_LINE)}
    ),
}
LETTERS: Shape = {"variants": Rows({"key": "text", "subject": "text", "body": "text"})}

SHAPES: Mapping[str, Shape] = {
    "cause": CAUSE,
    "step": STEP,
    "tool": TOOL,
    "exercise": EXERCISE,
    "prompts": PROMPTS,
    "stress": STRESS,
    "feelings": FEELINGS,
    "safety": SAFETY,
    "help": HELP,
    "letters": LETTERS,
}

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "cause": ("what", "hurt-side", "did-side", "signs", "in-the-way", "not-enough"),
    "step": ("idea", "why", "in-the-way", "together", "enough", "not-enough"),
    "tool": ("idea", "why", "how", "in-the-way", "enough", "not-enough"),
    "exercise": ("example",),
}


def shape_faults(value: Any, shape: Shape, where: str = "") -> Iterator[str]:
    """Yield in words what in a table differs from its shape; `where` is the way to it."""
    if not isinstance(value, Mapping):
        yield f"{where or 'front matter'} is not a table"
        return
    prefix = f"{where}." if where else ""
    for key in value:
        if key not in shape:
            yield f"{prefix}{key} is not a known key"
    for key, wanted in shape.items():
        path = f"{prefix}{key}"
        if key not in value:
            if not (wanted.endswith("?") if isinstance(wanted, str) else wanted.optional):
                yield f"{path} is missing"
        elif isinstance(wanted, Table):
            yield from shape_faults(value[key], wanted.shape, path)
        elif isinstance(wanted, Rows):
            if not isinstance(value[key], list):
                yield f"{path} is not a list of tables"
                continue
            for number, row in enumerate(value[key], start=1):
                yield from shape_faults(row, wanted.shape, f"{path}[{number}]")
        else:
            yield from _value_faults(value[key], wanted.rstrip("?"), path)


def _value_faults(value: Any, wanted: str, path: str) -> Iterator[str]:
    if wanted == "text":
        if not isinstance(value, str):
            yield f"{path} is not text"
        elif not value.strip():
            yield f"{path} is empty"
    elif wanted == "texts":
        if not isinstance(value, list):
            yield f"{path} is not a list of texts"
        else:
            for number, one in enumerate(value, start=1):
                yield from _value_faults(one, "text", f"{path}[{number}]")
    elif wanted == "int":
        if not isinstance(value, int) or isinstance(value, bool):
            yield f"{path} is not a whole number"
    elif wanted == "bool":
        if not isinstance(value, bool):
            yield f"{path} is not true or false"
    elif not (wanted == "date" and type(value) is date):
        yield f"{path} is not a date like 2026-11-22"
