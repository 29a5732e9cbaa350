"""Bad content fails `manage.py check`: one clear error for every fault, naming the file.

What each file may say stands in `steps.shapes`, how it must be worded in `steps.wording`, what an
exercise needs in `steps.exercise_checks`; here stands what holds between files.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from markdown_it.token import Token

from steps import building, catalogue
from steps.exercise_checks import exercise_faults
from steps.files import FALLBACK, ContentError, Files, RawFile, languages, read_files
from steps.pieces import CAUSES, FEAR, PARTS, PERSON, STEPS, TOOLS
from steps.prose import LINK, Heading, blocks, headings, links, parse
from steps.shapes import SECTIONS, SHAPES, shape_faults
from steps.wording import MARKDOWN_LINK, folded, near, text_faults, texts

SHELVES = (*STEPS, "gratitude", "checkin", "together", "month")
LETTERS = (
    "checkin",
    "gratitude",
    "step",
    "plan",
    "reappraisal",
    "first-week",
    "stuck",
    "step-finished",
    "together",
    "security",
    "invitation",
)
NOTES = ("fear-and-control", "planning", "not-together", "self-harm", "children", "shared-device")
REQUIRED = (
    *(f"causes/{key}.md" for key in CAUSES),
    *(f"steps/{key}.md" for key in STEPS),
    *(f"tools/{key}.md" for key in TOOLS),
    *(f"prompts/{key}.toml" for key in SHELVES),
    *(f"letters/{key}.toml" for key in LETTERS),
    *(f"safety/{key}.md" for key in NOTES),
    "safety/help-lines.toml",
    "stress.toml",
    "feelings.toml",
)
FEWEST_PROMPTS = {"gratitude": 60, "checkin": 60, "together": 24, "month": 1}
FEWEST_STEP_PROMPTS = 12
DAILY = ("gratitude", "checkin")
FEWEST_WEEKLY = 9  # a step's shelf gives one a week, and none may come back within sixty days
FEWEST_EXERCISES = {"step": 4, "tool": 2}
FEWEST_FEELINGS = 120
FEWEST_COUNTRIES = 12
LONGEST_KEY = 60
LONGEST_SHORT_TITLE = 26
KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

PLACES: Sequence[tuple[str, re.Pattern[str]]] = [
    ("cause", re.compile(rf"causes/({'|'.join(CAUSES)})\.md")),
    ("step", re.compile(rf"steps/({'|'.join(STEPS)})\.md")),
    ("tool", re.compile(rf"tools/({'|'.join(TOOLS)})\.md")),
    ("exercise", re.compile(rf"steps/({'|'.join(STEPS)})/[^/]+\.md")),
    ("exercise", re.compile(rf"tools/({'|'.join(TOOLS)})/[^/]+\.md")),
    ("prompts", re.compile(rf"prompts/({'|'.join(SHELVES)})\.toml")),
    ("letters", re.compile(r"letters/[^/]+\.toml")),
    ("help", re.compile(r"safety/help-lines\.toml")),
    ("safety", re.compile(r"safety/[^/]+\.md")),
    ("stress", re.compile(r"stress\.toml")),
    ("feelings", re.compile(r"feelings\.toml")),
    ("notes", re.compile(r"margin-notes\.toml")),  # patterns, not prose: steps.note_rules reads it
]


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong with one file."""

    file: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}: {self.text}"


def check_guide(**kwargs: Any) -> list[CheckMessage]:
    """Return one Error for every fault in the folders of `settings.CONTENT_DIRS`."""
    found = faults([Path(top) for top in settings.CONTENT_DIRS])
    return [Error(str(fault), id="steps.E001") for fault in found]


def faults(dirs: Sequence[Path]) -> list[Fault]:
    """Return every fault of the guide in these folders, in every language, sorted by file."""
    found: set[Fault] = set()
    english = read_files(dirs, FALLBACK)
    for name in REQUIRED:
        if name not in english:
            found.add(Fault(f"{FALLBACK}/{name}", "is missing"))
    by_language = {FALLBACK: english}
    for language in languages(dirs):
        if language != FALLBACK:
            by_language[language] = read_files(dirs, language)
    for language, files in by_language.items():
        for file in files.values():
            if file.lang == language:
                texts_of_fault = list(file_faults(file, files))
                if file.name not in english:
                    texts_of_fault.append("has no English file of the same name")
                found.update(Fault(str(file.path), text) for text in texts_of_fault)
        found.update(guide_faults(files))
    if not found:
        try:
            for language, files in by_language.items():
                catalogue.build(files, language)
        except ContentError as error:
            found.add(Fault("guide", str(error)))
    return sorted(found)


def kind_of(name: str) -> str | None:
    """Return what kind of file stands at this place of the guide, or None."""
    return next((kind for kind, pattern in PLACES if pattern.fullmatch(name)), None)


def file_faults(file: RawFile, files: Files) -> Iterator[str]:
    """Yield what is wrong with one file by itself and with where it points."""
    if file.error:
        yield file.error
        return
    kind = kind_of(file.name)
    if kind is None:
        yield "has no place in the guide"
        return
    if kind == "notes":
        return
    if not KEY.fullmatch(file.key) or len(file.key) > LONGEST_KEY:
        yield f"its name is not a key (a-z, 0-9 and hyphens, at most {LONGEST_KEY} signs)"
    misshapen = list(shape_faults(file.front, SHAPES[kind]))
    yield from misshapen
    for where, text in texts(file.front):
        for fault in text_faults(text, gaps=where.endswith(".frame"), link=kind == "letters"):
            yield f"{where} {fault}"
        if MARKDOWN_LINK.search(text):
            yield f"{where} has a Markdown link; front matter is plain text"
    if file.path.suffix == ".md":
        yield from body_faults(file, kind, files)
    if not misshapen and kind in RULES:
        yield from RULES[kind](file, files)


def body_faults(file: RawFile, kind: str, files: Files) -> Iterator[str]:
    """Yield what is wrong with headings, links and words of a body."""
    tokens = parse(file.body)
    if tokens and not (tokens[0].type == "heading_open" and tokens[0].tag == "h2"):
        yield "has text before its first heading of level two"
    yield from heading_faults(headings(tokens))
    yield from section_faults(tokens, kind)
    yield from (f"links to {link}, {why}" for link, why in bad_links(links(tokens), files))
    for block in blocks(tokens):
        for fault in text_faults(block):
            yield f"“{block[:40]}…” {fault}"


def heading_faults(found: Iterable[Heading]) -> Iterator[str]:
    """Yield what is wrong with levels and ids of headings."""
    seen: list[str] = []
    level = 1
    for heading in found:
        if heading.level == 1:
            yield f"“{heading.title}” is a heading of level one; the title is in the front matter"
        elif heading.level > level + 1:
            yield f"“{heading.title}” skips a level of headings"
        level = heading.level
        if heading.level == 2 and not heading.id:
            yield f"“{heading.title}” has no id like {{#idea}}"
        if heading.id and not KEY.fullmatch(heading.id):
            yield f"“{heading.title}” has a bad id, {heading.id}"
        if heading.id and heading.id in seen:
            yield f"the id {heading.id} is used twice"
        seen.append(heading.id)


def section_faults(tokens: list[Token], kind: str) -> Iterator[str]:
    """Yield what is wrong with the sections of a body: missing, unknown or empty ones."""
    top = [one.id for one in headings(tokens) if one.level == 2 and one.id]
    for id in SECTIONS.get(kind, ()):
        if id not in top:
            yield f"the section {{#{id}}} is missing"
    for id in top:
        if kind in SECTIONS and id not in SECTIONS[kind]:
            yield f"the section {{#{id}}} is not one of {', '.join(SECTIONS[kind])}"
    if kind == "safety" and not top:
        yield "has no section"
    for number, token in enumerate(tokens):
        if token.type == "heading_close" and token.tag == "h2":
            after = tokens[number + 1] if number + 1 < len(tokens) else None
            if after is None or (after.type == "heading_open" and after.tag == "h2"):
                yield f"the section “{headings(tokens[number - 2 :])[0].title}” is empty"


def bad_links(found: Iterable[str], files: Files) -> Iterator[tuple[str, str]]:
    """Yield each link that leads nowhere, and why."""
    resolve = building.resolver(files)
    for link in found:
        if LINK.match(link):
            if resolve(link) is None:
                yield link, "which is not in the guide"
        elif not link.startswith("https://"):
            yield link, "which is neither https nor a piece of the guide"


def twice(values: Sequence[str]) -> list[str]:
    """Return the values that are there more than once."""
    return sorted({one for one in values if values.count(one) > 1})


def _lean_faults(rows: Sequence[Any], name: str, files: Files, where: str) -> Iterator[str]:
    known = STEPS if name == "step" else building.exercise_homes(files)
    for row in rows:
        if row[name] not in known:
            yield f"{where} names {row[name]}, which is not in the guide"
    for key in twice([row[name] for row in rows]):
        yield f"{where} names {key} twice"


def _count(what: str, found: int, fewest: int, most: int | None = None) -> Iterator[str]:
    if found < fewest or (most is not None and found > most):
        wanted = f"at least {fewest}" if most is None else f"{fewest} to {most}"
        yield f"{what}: {found}, and {wanted} are wanted"


def cause_faults(file: RawFile, files: Files) -> Iterator[str]:
    """Yield what is wrong with a cause: its leanings and its questions for each part."""
    front = file.front
    yield from _count("lean_on", len(front["lean_on"]), 2, 4)
    yield from _count("exercises", len(front["exercises"]), 2, 4)
    yield from _lean_faults(front["lean_on"], "step", files, "lean_on")
    yield from _lean_faults(front["exercises"], "exercise", files, "exercises")
    for part in PARTS:
        yield from _count(f"questions.{part}", len(front["questions"][part]), 4)


def step_faults(file: RawFile, files: Files) -> Iterator[str]:
    """Yield what is wrong with a step: its questions, its short title, its exercises."""
    for part in PARTS:
        yield from _count(f"questions.{part}", len(file.front["questions"][part]), 3)
    if len(file.front["short_title"]) > LONGEST_SHORT_TITLE:
        yield f"short_title is longer than {LONGEST_SHORT_TITLE} signs"
    yield from home_faults(file, files)


def home_faults(file: RawFile, files: Files) -> Iterator[str]:
    """Yield what is wrong with the exercises of a step or a tool."""
    kind = "step" if file.name.startswith("steps/") else "tool"
    homes = building.exercise_homes(files)
    listed = file.front["exercises"]
    for key in listed:
        if homes.get(key) != (kind, file.key):
            yield f"exercises names {key}, which is not in {file.name.removesuffix('.md')}/"
    yield from (f"exercises names {key} twice" for key in twice(listed))
    own = [key for key, home in homes.items() if home == (kind, file.key)]
    yield from _count("exercises", len(own), FEWEST_EXERCISES[kind])


def prompt_faults(file: RawFile, files: Files) -> Iterator[str]:
    """Yield what is wrong with a shelf of prompts; each part needs enough that name nobody."""
    rows = file.front["prompts"]
    fewest = FEWEST_PROMPTS.get(file.key, FEWEST_STEP_PROMPTS)
    yield from _count("prompts", len(rows), fewest)
    met = fewest if file.key in DAILY else FEWEST_WEEKLY
    for part in PARTS if file.key in (*DAILY, *STEPS) else ():
        fitting = [row["text"] for row in rows if part in row.get("parts", PARTS)]
        yield from _count(f"prompts for {part}", len(fitting), met)
        without = [text for text in fitting if not PERSON.search(text)]
        yield from _count(f"prompts for {part} that name nobody", len(without), met)
    for row in rows:
        if not re.fullmatch(rf"{file.key}-\d+", row["key"]):
            yield f"{row['key']} is not {file.key}-<number>"
        if row["depth"] not in (1, 2, 3):
            yield f"{row['key']}: depth is not 1, 2 or 3"
        for part in row.get("parts", ()):
            if part not in PARTS:
                yield f"{row['key']}: {part} is not a part"


def stress_faults(file: RawFile, files: Files) -> Iterator[str]:
    """Yield what is wrong with the table of stress: one sound row for each cause and part."""
    pairs = [(row["cause"], row["part"]) for row in file.front["rows"]]
    for pair in ((cause, part) for cause in (*CAUSES, FEAR) for part in PARTS):
        if pairs.count(pair) != 1:
            yield f"has {pairs.count(pair)} rows for {pair[0]} and {pair[1]}, and one is wanted"
    for row in file.front["rows"]:
        where = f"{row['cause']} and {row['part']}"
        if row["cause"] not in (*CAUSES, FEAR) or row["part"] not in PARTS:
            yield f"{where}: no such cause or part"
        if row["cause"] == FEAR and not (row["pace"] == "slow" and row["safety_first"]):
            yield f"{where}: fear is slow and puts safety first"
        if row["pace"] not in ("slow", "steady"):
            yield f"{where}: pace is neither slow nor steady"
        for name in ("step", "exercise"):
            yield from _count(f"{where}: {name}s", len(row[f"{name}s"]), 2, 3)
            yield from _lean_faults(row[f"{name}s"], name, files, f"{where}: {name}s")
        # The first exercise is the first page of a new person: it must begin in their own words.
        if row["exercises"] and not _begins_in_words(row["exercises"][0]["exercise"], files):
            yield f"{where}: {row['exercises'][0]['exercise']} does not begin with own words"


def _begins_in_words(exercise: str, files: Files) -> bool:
    """Whether an exercise's first field is a `long` or a `line`; one that is missing passes."""
    for file in files.values():
        if file.key == exercise and kind_of(file.name) == "exercise":
            fields = file.front.get("fields") or [{}]
            return isinstance(fields[0], dict) and fields[0].get("type") in ("long", "line")
    return True


def feeling_faults(file: RawFile, files: Files) -> Iterator[str]:
    """Yield what is wrong with the words for feelings and the places in the body."""
    words = [folded(row["word"]) for row in file.front["feelings"]]
    yield from _count("feelings", len(words), FEWEST_FEELINGS)
    yield from (f"{word} is there twice" for word in twice(words))
    for row in file.front["feelings"]:
        if row["energy"] not in ("high", "low"):
            yield f"{row['word']}: energy is neither high nor low"
    keys = [row["key"] for row in file.front["places"]]
    yield from (f"the place {key} is there twice" for key in twice(keys))


def help_faults(file: RawFile, files: Files) -> Iterator[str]:
    """Yield what is wrong with the help lines: too few countries, or a line nobody can reach."""
    countries = file.front["countries"]
    codes = [row["code"] for row in countries]
    yield from _count("countries", len(countries), FEWEST_COUNTRIES)
    yield from (f"{code} is there twice" for code in twice(codes))
    for row in countries:
        if not re.fullmatch(r"[A-Z]{2}", row["code"]):
            yield f"{row['code']} is not a country's code of two letters"
        yield from _count(f"{row['code']}: lines", len(row["lines"]), 1)
        for line in row["lines"]:
            if not line.get("web", "https://").startswith("https://"):
                yield f"{row['code']}: {line['name']}: web is not an https address"


def letter_faults(file: RawFile, files: Files) -> Iterator[str]:
    """Yield what is wrong with the variants of a letter."""
    keys = [row["key"] for row in file.front["variants"]]
    yield from _count("variants", len(keys), 1)
    yield from (f"{key} is there twice" for key in twice(keys))


RULES: dict[str, Callable[[RawFile, Files], Iterator[str]]] = {
    "cause": cause_faults,
    "step": step_faults,
    "tool": home_faults,
    "exercise": exercise_faults,
    "prompts": prompt_faults,
    "stress": stress_faults,
    "feelings": feeling_faults,
    "help": help_faults,
    "letters": letter_faults,
}


def guide_faults(files: Files) -> Iterator[Fault]:
    """Yield what is wrong between files of one language: keys and prompts that come twice."""
    whole = [file for file in files.values() if not file.error]
    homes: dict[str, RawFile] = {}
    orders: dict[tuple[str, Any], RawFile] = {}
    prompts: list[tuple[str, str, frozenset[str], RawFile]] = []
    for file in whole:
        kind = kind_of(file.name)
        if kind == "exercise":
            if file.key in homes:
                other = homes[file.key].name
                yield Fault(str(file.path), f"the exercise {file.key} is also {other}")
            homes.setdefault(file.key, file)
        if kind in {"cause", "step", "tool", "safety"}:
            place = (kind, file.front.get("order"))
            if place in orders:
                yield Fault(str(file.path), f"has the same order as {orders[place].name}")
            orders.setdefault(place, file)
        if kind == "prompts" and not any(shape_faults(file.front, SHAPES[kind])):
            for row in file.front["prompts"]:
                plain = folded(row["text"])
                prompts.append((row["key"], plain, frozenset(plain.split()), file))
    for number, (key, text, words, file) in enumerate(prompts):
        for other_key, other_text, other_words, _ in prompts[:number]:
            if key == other_key:
                yield Fault(str(file.path), f"the key {key} is used twice")
            if text == other_text:
                yield Fault(str(file.path), f"{key} repeats {other_key}")
            elif near(words, other_words):
                yield Fault(str(file.path), f"{key} is nearly the same as {other_key}")
