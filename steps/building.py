"""Files of the guide to pieces of the guide. Strict about a file's own shape, which `steps.checks`
describes fault by fault; lenient about references, so that a retired exercise leaves a gap and not
a broken site."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from steps.files import ContentError, Files, RawFile
from steps.pieces import (
    CAUSES,
    FEAR,
    PARTS,
    STEPS,
    TOOLS,
    Cause,
    Exercise,
    Feeling,
    Field,
    HelpCountry,
    HelpLine,
    Lean,
    Letter,
    Option,
    Place,
    Prompt,
    SafetyNote,
    Section,
    Source,
    Step,
    Stress,
    Tool,
)
from steps.prose import LINK, count_words, sections

Exercises = Mapping[str, Exercise]
HOMES = {"steps": STEPS, "tools": TOOLS}


@contextmanager
def _naming(file: RawFile) -> Iterator[None]:
    """Turn whatever a wrongly shaped file causes into one ContentError that names it."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ContentError(f"{file.path}: {type(error).__name__} {error}") from error


def _under(files: Files, folder: str, suffix: str = ".md") -> Iterator[RawFile]:
    """Yield the files directly in a folder."""
    for name, file in files.items():
        head, _, tail = name.rpartition("/")
        if head == folder and tail.endswith(suffix):
            yield file


def _by_order(files: Iterable[RawFile]) -> list[RawFile]:
    return sorted(files, key=lambda file: (file.front.get("order", 0), file.key))


def exercise_homes(files: Files) -> dict[str, tuple[str, str]]:
    """Return for each exercise's key its home: ("step" or "tool", the home's key)."""
    homes = {}
    for name, file in files.items():
        folder, _, rest = name.partition("/")
        home, _, leaf = rest.partition("/")
        if leaf.endswith(".md") and home in HOMES.get(folder, ()):
            homes[file.key] = (folder.removesuffix("s"), home)
    return homes


def resolver(files: Files) -> Callable[[str], str | None]:
    """Return a function from an internal link (`exercise:clear-ask`) to an address or None."""
    homes = exercise_homes(files)

    def resolve(link: str) -> str | None:
        match = LINK.match(link)
        if not match:
            return None
        scheme, key = match[1], match[2]
        if scheme == "exercise" and key in homes:
            kind, home = homes[key]
            return f"/guide/{kind}s/{home}/{key}/"
        if scheme == "safety" and (not key or f"safety/{key}.md" in files):
            return f"/safety/#{key}" if key else "/safety/"
        if key and f"{scheme}s/{key}.md" in files:
            return f"/guide/{scheme}s/{key}/"
        return None

    return resolve


def _source(row: Mapping[str, Any]) -> Source:
    return Source(row["author"], row["year"], row["found"], row["sure"])


def _words(value: Any) -> int:
    """Count the words of everything a front matter says."""
    if isinstance(value, str):
        return count_words(value)
    if isinstance(value, Mapping):
        return sum(_words(one) for one in value.values())
    if isinstance(value, list):
        return sum(_words(one) for one in value)
    return 0


def _page(file: RawFile, parts: tuple[Section, ...]) -> dict[str, Any]:
    """Return what causes, steps, tools and safety notes read the same way."""
    front = file.front
    said = {key: value for key, value in front.items() if key not in {"sources", "exercises"}}
    return {
        "key": file.key,
        "lang": file.lang,
        "title": front["title"],
        "order": front["order"],
        "summary": front["summary"],
        "sections": parts,
        "sources": tuple(_source(row) for row in front.get("sources", ())),
        "words": sum(one.words for one in parts) + _words(said),
    }


def _questions(front: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {part: tuple(front["questions"][part]) for part in PARTS}


def _leans(rows: Iterable[Mapping[str, str]], name: str, known: Iterable[str]) -> tuple[Lean, ...]:
    known = set(known)
    return tuple(Lean(row[name], row["why"]) for row in rows if row[name] in known)


def causes(files: Files, exercises: Exercises) -> dict[str, Cause]:
    """Return the causes in the guide's order."""
    resolve = resolver(files)
    found = {}
    for file in _by_order(_under(files, "causes")):
        with _naming(file):
            front = file.front
            found[file.key] = Cause(
                **_page(file, sections(file.body, resolve)),
                safety_first=front.get("safety_first", False),
                lean_on=_leans(front["lean_on"], "step", STEPS),
                exercises=_leans(front["exercises"], "exercise", exercises),
                questions=_questions(front),
                kinds=dict(front.get("kinds", {})),
            )
    return found


def steps(files: Files, exercises: Exercises) -> dict[str, Step]:
    """Return the steps in the guide's order."""
    resolve = resolver(files)
    found = {}
    for file in _by_order(_under(files, "steps")):
        with _naming(file):
            front = file.front
            found[file.key] = Step(
                **_page(file, sections(file.body, resolve)),
                short_title=front["short_title"],
                afraid=front["afraid"],
                afraid_act=front["afraid_act"],
                small_act=front["small_act"],
                exercises=tuple(key for key in front["exercises"] if key in exercises),
                questions=_questions(front),
                titles=dict(front.get("titles", {})),
                kinds=dict(front.get("kinds", {})),
            )
    return found


def tools(files: Files, exercises: Exercises) -> dict[str, Tool]:
    """Return the tools in the guide's order."""
    resolve = resolver(files)
    found = {}
    for file in _by_order(_under(files, "tools")):
        with _naming(file):
            front = file.front
            found[file.key] = Tool(
                **_page(file, sections(file.body, resolve)),
                small_act=front["small_act"],
                exercises=tuple(key for key in front["exercises"] if key in exercises),
            )
    return found


def exercises(files: Files) -> dict[str, Exercise]:
    """Return the exercises: those of the steps first, each home in the order of its own page."""
    resolve = resolver(files)
    found = {}
    order = 0
    for kind, homes in (("step", STEPS), ("tool", TOOLS)):
        for home in homes:
            page = files.get(f"{kind}s/{home}.md")
            wanted = list(page.front.get("exercises", ())) if page else []
            here = {file.key: file for file in _under(files, f"{kind}s/{home}")}
            # A file its home does not list (a host's own, say) comes after those it lists.
            for key in [
                *(key for key in wanted if key in here),
                *sorted(here.keys() - set(wanted)),
            ]:
                order += 1
                with _naming(here[key]):
                    found[key] = _exercise(here[key], kind, home, order, resolve)
    return found


def _exercise(
    file: RawFile, kind: str, home: str, order: int, resolve: Callable[[str], str | None]
) -> Exercise:
    front = file.front
    example = next((one for one in sections(file.body, resolve) if one.id == "example"), None)
    return Exercise(
        key=file.key,
        lang=file.lang,
        home_kind=kind,
        home=home,
        order=order,
        title=front["title"],
        minutes=front["minutes"],
        purpose=front["purpose"],
        fields=tuple(_field(row, resolve) for row in front["fields"]),
        example=example,
        words=_words(front) + (example.words if example else 0),
        source=_source(front["source"]) if "source" in front else None,
        warning=front.get("warning", ""),
        together=front.get("together", ""),
        closing=front["closing"],
        for_sharing=front.get("for_sharing", False),
        sittings=front.get("sittings", 1),
        timer=front.get("timer", 0),
        pages=tuple(front.get("pages", ())),
        read_through=front.get("read_through", False),
    )


def _field(row: Mapping[str, Any], resolve: Callable[[str], str | None]) -> Field:
    plain = {key: value for key, value in row.items() if key not in {"options", "ways"}}
    return Field(
        **plain,
        ways=tuple(row.get("ways", ())),
        options=tuple(
            Option(
                one["value"],
                one["label"],
                one.get("note", ""),
                resolve(one.get("link", "")) or "",
                one.get("shares", False),
            )
            for one in row.get("options", ())
        ),
    )


def prompts(files: Files) -> dict[str, tuple[Prompt, ...]]:
    """Return the prompts by shelf, the steps' shelves first."""
    shelves = {}
    here = {file.key: file for file in _under(files, "prompts", ".toml")}
    for shelf in [*(key for key in STEPS if key in here), *(k for k in here if k not in STEPS)]:
        file = here[shelf]
        with _naming(file):
            shelves[shelf] = tuple(
                Prompt(
                    key=row["key"],
                    lang=file.lang,
                    shelf=shelf,
                    order=number,
                    text=row["text"],
                    depth=row["depth"],
                    parts=tuple(row.get("parts", PARTS)),
                )
                for number, row in enumerate(file.front.get("prompts", ()), start=1)
            )
    return shelves


def rows(files: Files, exercises: Exercises) -> dict[tuple[str, str], Stress]:
    """Return what to lean on, by cause (or fear) and part."""
    found: dict[tuple[str, str], Stress] = {}
    file = files.get("stress.toml")
    if file is None:
        return found
    with _naming(file):
        for row in file.front.get("rows", ()):
            if row["cause"] in (*CAUSES, FEAR) and row["part"] in PARTS:
                found[row["cause"], row["part"]] = Stress(
                    cause=row["cause"],
                    part=row["part"],
                    lang=file.lang,
                    opening=row["opening"],
                    pace=row["pace"],
                    safety_first=row.get("safety_first", False),
                    steps=_leans(row["steps"], "step", STEPS),
                    exercises=_leans(row["exercises"], "exercise", exercises),
                )
    return found


def feelings(files: Files) -> tuple[tuple[Feeling, ...], tuple[Place, ...]]:
    """Return the words for feelings and the places in the body."""
    file = files.get("feelings.toml")
    if not file:
        return (), ()
    with _naming(file):
        words = tuple(Feeling(**row) for row in file.front.get("feelings", ()))
        places = tuple(Place(**row) for row in file.front.get("places", ()))
    return words, places


def safety(files: Files) -> dict[str, SafetyNote]:
    """Return the safety notes in order; all are shown on one page, so ids carry the note's key."""
    resolve = resolver(files)
    found = {}
    for file in _by_order(_under(files, "safety")):
        with _naming(file):
            parts = sections(file.body, resolve, shift=1, prefix=f"{file.key}-")
            found[file.key] = SafetyNote(**_page(file, parts))
    return found


def help_lines(files: Files) -> tuple[str, tuple[HelpCountry, ...]]:
    """Return the sentence that numbers may have changed, and the countries by name."""
    file = files.get("safety/help-lines.toml")
    if not file:
        return "", ()
    with _naming(file):
        countries = tuple(
            HelpCountry(
                code=row["code"],
                name=row["name"],
                emergency=row["emergency"],
                lines=tuple(_help_line(line) for line in row["lines"]),
            )
            for row in file.front.get("countries", ())
        )
        return file.front["note"], tuple(sorted(countries, key=lambda one: one.name))


def _help_line(row: Mapping[str, Any]) -> HelpLine:
    renamed = {("whom" if key == "for" else key): value for key, value in row.items()}
    return HelpLine(**renamed)


def letters(files: Files) -> dict[str, tuple[Letter, ...]]:
    """Return the letters by kind."""
    found = {}
    for file in _under(files, "letters", ".toml"):
        with _naming(file):
            found[file.key] = tuple(
                Letter(row["key"], file.lang, file.key, row["subject"], row["body"])
                for row in file.front.get("variants", ())
            )
    return found
