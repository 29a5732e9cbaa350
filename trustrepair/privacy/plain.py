"""Words for people's eyes: Markdown by the month, and one page that opens without a network."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from itertools import groupby
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.html import escape

from journal.entries.listing import KIND_WORDS
from journal.entries.models import Entry
from journal.entries.questions import in_words
from journal.relationships.models import PathStep, Relationship
from journal.relationships.story import KINDS, PARTS, STATES
from journal.vault.keyring import Keyring
from journal.vault.sealing import VaultError
from steps import catalogue

SHUT = "This page did not open. Its bytes are still kept where it came from."
SAID = {PathStep.OPEN: "open", PathStep.ENOUGH: "enough for now", PathStep.ASIDE: "set aside"}
STYLE = """\
:root { color-scheme: light dark; }
body { font: 1.125rem/1.55 Georgia, "Times New Roman", serif; max-width: 40rem; margin: 2rem auto;
  padding: 0 1.25rem; }
h1, h2, h3 { font-weight: 400; line-height: 1.25; }
h2 { margin-top: 3rem; border-bottom: 1px solid; padding-bottom: .3rem; }
h3 { margin: 0; font-size: 1.35rem; }
article { margin: 2rem 0; }
.meta { font: .9rem/1.4 system-ui, sans-serif; opacity: .75; margin: .2rem 0; }
.asked { font-weight: 700; margin: 1rem 0 0; }
.words { white-space: pre-wrap; overflow-wrap: anywhere; margin: .3rem 0; }
@page { size: A4; margin: 20mm; }
@media print { h2, h3, .asked { break-after: avoid; } }
"""


@dataclass(frozen=True)
class Written:
    """One page, opened and ready to be set down in any form."""

    id: UUID
    when: str
    month: str
    month_name: str
    kind: str
    about: str
    title: str
    parts: tuple[tuple[str, str], ...]
    feelings: str
    unfinished: bool

    @property
    def meta(self) -> str:
        """The line under the title: when, what, about whom, and whether it was finished."""
        ends = ("not finished",) if self.unfinished else ()
        return ", ".join(filter(None, (self.when, self.kind.lower(), self.about, *ends)))


@dataclass(frozen=True)
class Opener:
    """Opens one person's entries, with times in their zone and names of relationships by id."""

    keyring: Keyring
    zone: tzinfo
    names: Mapping[Any, str]

    def read(self, entry: Entry) -> Written:
        """Return an entry opened; one that stays shut says so."""
        local = timezone.localtime(entry.created_at, self.zone)
        title, feelings = "", ""
        try:
            head = entry.head(self.keyring)
            day = entry.until(self.keyring)
            if day is None:
                title, feelings = head["title"], ", ".join(head["feelings"])
            parts = (("", closed_until(day)),) if day else tuple(self._parts(entry))
        except VaultError:
            parts = (("", SHUT),)
        return Written(
            id=entry.pk,
            when=f"{local:%A} {local.day} {local:%B} {local.year}, {local:%H:%M}",
            month=f"{local.year:04}-{local.month:02}",
            month_name=f"{local:%B} {local.year}",
            kind=KIND_WORDS[entry.kind],
            about=self.names.get(entry.relationship_id, ""),
            title=title,
            parts=parts,
            feelings=feelings,
            unfinished=entry.kind == Entry.EXERCISE and entry.finished_at is None,
        )

    def _parts(self, entry: Entry) -> Iterator[tuple[str, str]]:
        body = entry.body(self.keyring)
        if body.get("text"):
            yield "", body["text"]
        for question in entry.questions(self.keyring):
            if said := in_words(question, body.get("answers", {}).get(question["key"])):
                yield question["ask"], said


def closed_until(day: date) -> str:
    """Say that a letter is closed; whoever closed it wanted to come upon its words later."""
    return f"A letter, closed until {day.day} {day:%B} {day.year}."


# --- Markdown -----------------------------------------------------------------------------------
def month_text(pages: Iterable[Written], heading: str = "") -> Iterator[bytes]:
    """Yield the Markdown of one month's pages."""
    for number, page in enumerate(pages):
        if number == 0:
            yield utf8(f"# {heading or page.month_name}\n")
        yield utf8("".join(entry_text(page)))


def entry_text(page: Written) -> Iterator[str]:
    """Yield the Markdown of one page."""
    yield f"\n## {in_one_line(page.title) or page.when}\n\n*{in_one_line(page.meta)}*\n"
    for asked, words in page.parts:
        if asked:
            yield f"\n### {in_one_line(asked)}\n"
        yield f"\n{as_typed(words)}\n"
    if page.feelings:
        yield f"\nFeelings: {as_typed(page.feelings)}\n"


def relationship_text(row: Relationship, opened: Opener) -> bytes:
    """Return the Markdown of one relationship."""
    name, facts, happened = relationship_words(row, opened)
    listed = "".join(f"- {as_typed(fact)}\n" for fact in facts)
    return utf8(f"# {in_one_line(name)}\n\n{listed}\n{as_typed(happened)}\n\n")


def as_typed(words: str) -> str:
    """Return words so that Markdown shows them as they were typed, line by line."""
    lines = [escaped(line) for line in words.split("\n")]
    ends = ["  " if line.strip() and after.strip() else "" for line, after in pairs(lines)]
    return "\n".join(line + end for line, end in zip(lines, ends, strict=True))


def pairs(lines: list[str]) -> Iterator[tuple[str, str]]:
    return zip(lines, [*lines[1:], ""], strict=True)


def escaped(line: str) -> str:
    """Take from a line what would make a heading, a quotation, a rule or a tag of it."""
    line = line.replace("\\", "\\\\").replace("<", "\\<").replace("`", "\\`")
    start = line.lstrip()
    if start[:1] in {"#", ">", "-", "=", "+", "*", "~"}:
        return "\\" + start
    return start


def in_one_line(words: str) -> str:
    """Return words that stand in a heading."""
    return escaped(" ".join(words.split()))


def utf8(text: str) -> bytes:
    """Return text as bytes; half a surrogate pair becomes a question mark."""
    return text.encode("utf-8", "replace")


# --- one page -----------------------------------------------------------------------------------
def html_page(
    rows: list[Relationship], written: Iterable[Written], away: Iterable[Written], opened: Opener
) -> Iterator[bytes]:
    """Yield one HTML page with everything; it fetches nothing and runs nothing."""
    name = escape(settings.DISCREET_NAME)
    yield utf8(
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{name}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{name}</h1>\n"
        '<p class="meta"><a href="#months">The months</a></p>\n'
    )
    if rows:
        yield utf8("<section>\n<h2>What this is about</h2>\n")
        yield from (relationship_html(row, opened) for row in rows)
        yield utf8("</section>\n")
    months: dict[str, str] = {}
    for month, pages in groupby(written, key=lambda page: page.month):
        for page in pages:
            if month not in months:
                months[month] = page.month_name
                yield utf8(f'<h2 id="m{month}">{page.month_name}</h2>\n')
            yield utf8("".join(entry_html(page)))
    for number, page in enumerate(away):
        yield b"" if number else utf8('<h2 id="trash">In the trash</h2>\n')
        yield utf8("".join(entry_html(page)))
    links = (f'<li><a href="#m{month}">{name}</a></li>\n' for month, name in months.items())
    yield utf8(f'<h2 id="months">The months</h2>\n<ul>\n{"".join(links)}</ul>\n</body>\n</html>\n')


def entry_html(page: Written) -> Iterator[str]:
    """Yield the HTML of one page, every word of it escaped."""
    yield "<article>\n"
    if page.title:
        yield f"<h3>{escape(page.title)}</h3>\n"
    yield f'<p class="meta">{escape(page.meta)}</p>\n'
    for asked, words in page.parts:
        if asked:
            yield f'<p class="asked">{escape(asked)}</p>\n'
        yield f'<p class="words">{escape(words)}</p>\n'
    if page.feelings:
        yield f'<p class="meta">{escape(page.feelings)}</p>\n'
    yield "</article>\n"


def relationship_html(row: Relationship, opened: Opener) -> bytes:
    """Return the HTML of one relationship."""
    name, facts, happened = relationship_words(row, opened)
    listed = "".join(f"<li>{escape(fact)}</li>\n" for fact in facts)
    words = f'<p class="words">{escape(happened)}</p>\n' if happened else ""
    return utf8(f"<article>\n<h3>{escape(name)}</h3>\n<ul>\n{listed}</ul>\n{words}</article>\n")


def relationship_words(row: Relationship, opened: Opener) -> tuple[str, list[str], str]:
    """Return what a relationship is called, what was said of it in short lines, what happened."""
    try:
        story = row.read(opened.keyring)
        said = {step.step.key: step.read(opened.keyring) for step in PathStep.objects.of(row)}
    except VaultError:
        return "A relationship", [SHUT], ""
    guide = catalogue.get()
    titles = {key: cause.title for key, cause in guide.causes.items()}
    steps = {key: step.title for key, step in guide.steps.items()}
    facts = [
        KINDS.get(story.kind, story.kind),
        PARTS.get(story.part, story.part),
        f"Now {STATES.get(story.state, story.state)}",
        *(f"{titles.get(key, key)}: {weight} of 3" for key, weight in sorted(story.causes.items())),
    ]
    for key, words in sorted(said.items()):
        facts.append(f"{steps.get(key, key)}: {SAID.get(words['state'], words['state'])}")
    return story.called, facts, story.happened
