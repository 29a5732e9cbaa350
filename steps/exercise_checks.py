"""What an exercise needs so that a person can do it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from steps.building import resolver
from steps.files import Files, RawFile
from steps.pieces import FIELD_TYPES, GAP, PARTS
from steps.prose import LINK

SHORTEST = 5
LONGEST = 25
WITH_OPTIONS = ("choice", "several")


def exercise_faults(file: RawFile, files: Files) -> Iterator[str]:
    """Yield what is wrong with an exercise whose shape is right."""
    front = file.front
    if not SHORTEST <= front["minutes"] <= LONGEST:
        yield f"minutes is {front['minutes']}, and {SHORTEST} to {LONGEST} are wanted"
    if not 0 <= front.get("timer", 0) <= 60:
        yield "timer is not between 0 and 60 minutes"
    if not 1 <= front.get("sittings", 1) <= 7:
        yield "sittings is not between 1 and 7"
    if not front["fields"]:
        yield "has no fields"
    keys = [field["key"] for field in front["fields"]]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield f"field {key} is there twice"
    for field in front["fields"]:
        for fault in field_faults(field, front.get("pages", ()), files):
            yield f"field {field['key']} {fault}"


def field_faults(field: Mapping[str, Any], pages: Sequence[str], files: Files) -> Iterator[str]:
    """Yield what is wrong with one field; `pages` are the names of the exercise's pages."""
    kind = field["type"]
    if kind not in FIELD_TYPES:
        yield f"has no such type as {kind}"
    for part in PARTS:
        if not (field.get(f"ask_{part}") or field.get("ask")):
            yield f"asks nothing of {part}"
    if pages and field.get("page") not in range(1, len(pages) + 1):
        yield f"needs a page from 1 to {len(pages)}"
    if not pages and "page" in field:
        yield "has a page, and the exercise has none"
    yield from _option_faults(field, files)
    if (kind == "scale") != ("low" in field) or (kind == "scale") != ("high" in field):
        yield "needs low and high" if kind == "scale" else "has low or high and is no scale"
    if (kind == "frame") != ("frame" in field):
        yield "needs a frame" if kind == "frame" else "has a frame and is of another type"
    if kind == "frame" and not set(GAP.findall(field.get("frame", ""))) - {"person"}:
        yield "has a frame without a gap"


def _option_faults(field: Mapping[str, Any], files: Files) -> Iterator[str]:
    options = field.get("options", ())
    if field["type"] not in WITH_OPTIONS:
        if options:
            yield "has options and is neither choice nor several"
        return
    if len(options) < 2:
        yield "needs at least two options"
    values = [option["value"] for option in options]
    for value in sorted({value for value in values if values.count(value) > 1}):
        yield f"has the option {value} twice"
    resolve = resolver(files)
    for option in options:
        link = option.get("link", "")
        if link and not (LINK.match(link) and resolve(link)):
            yield f"links to {link}, which is not in the guide"
