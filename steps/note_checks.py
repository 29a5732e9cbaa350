"""A bad `margin-notes.toml` fails `manage.py check`: one error for every fault, naming the file."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from steps.files import FALLBACK, languages
from steps.note_reading import Folding
from steps.note_rules import (
    AROUND,
    FILE,
    GAP_IN_PHRASE,
    KINDS,
    UNSURE,
    WORDS,
    PatternError,
    Phrases,
    find,
    listed,
)
from steps.shapes import Rows, Shape, Table, shape_faults
from steps.wording import text_faults

KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_REASON = 220
TURNS = ("turns", "concessions", "except_after", "rejoining")
BESIDE = ("before", "after", "later", "harsh", "despite")
SHAPE: Shape = {
    "spellings": Rows({"word": "text", "typed": "texts"}),
    "lists": Table({"bad": "texts", "good": "texts"}),
    "quiet": Table(dict.fromkeys((*AROUND, *WORDS, *TURNS), "texts")),
    "rules": Rows(
        {
            "key": "text",
            "kind": "text",
            "phrases": "texts",
            "reason": "text",
            "instead": "text",
            "may_hang": "bool?",
            "unsure": "text?",
            **dict.fromkeys(BESIDE, "texts?"),
        }
    ),
}


def check_notes(**kwargs: Any) -> list[CheckMessage]:
    """Return one Error for every fault of the margin notes in `settings.CONTENT_DIRS`."""
    dirs = [Path(top) for top in settings.CONTENT_DIRS]
    return [Error(fault, id="steps.E002") for fault in faults(dirs)]


def faults(dirs: Sequence[Path]) -> list[str]:
    """Return every fault of the margin notes in these folders, in every language."""
    found: list[str] = []
    for language in languages(dirs) or [FALLBACK]:
        file = find(dirs, language)
        if file is None:
            found.append(f"{FALLBACK}/{FILE}: is missing")
        elif file.error:
            found.append(f"{file.path}: {file.error}")
        elif file.lang == language:
            found.extend(f"{file.path}: {text}" for text in front_faults(file.front))
    return list(dict.fromkeys(found))


def front_faults(front: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with one file: its shape, its keys, its phrases, its words."""
    misshapen = list(shape_faults(front, SHAPE))
    yield from misshapen
    if misshapen:
        return
    seen: set[str] = set()
    for rule in front["rules"]:
        key = rule["key"]
        if not KEY.fullmatch(key):
            yield f"{key} is not a key (a-z, 0-9 and hyphens)"
        if key in seen:
            yield f"{key} is there twice"
        seen.add(key)
        if rule["kind"] not in KINDS:
            yield f"{key}: kind is not one of {', '.join(KINDS)}"
        if rule.get("unsure", UNSURE[0]) not in UNSURE:
            yield f"{key}: unsure is not one of {', '.join(UNSURE)}"
        if not rule["phrases"]:
            yield f"{key} has no phrases"
        if len(rule["reason"]) > LONGEST_REASON:
            yield f"{key}: the reason is longer than {LONGEST_REASON} signs"
        for name in ("reason", "instead"):
            yield from (f"{key}: {name} {fault}" for fault in text_faults(rule[name]))
    yield from phrase_faults(front)


def phrase_faults(front: Mapping[str, Any]) -> Iterator[str]:
    """Yield every phrase that cannot be read."""
    folding = Folding({}, (), (), (), ())
    places = [(f"lists.{name}", words, 1) for name, words in front["lists"].items()]
    places += [(f"quiet.{name}", front["quiet"][name], 1) for name in AROUND]
    for rule in front["rules"]:
        places.append((f"{rule['key']}.phrases", rule["phrases"], GAP_IN_PHRASE))
        places.extend((f"{rule['key']}.{name}", rule.get(name, ()), 1) for name in BESIDE)
    for where, patterns, gap in places:
        for pattern in patterns:
            try:
                Phrases(listed(pattern, front["lists"]), folding, gap)
            except PatternError as error:
                yield f"{where}: {error}"
