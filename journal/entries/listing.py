"""Entries as lists show them: opened heads, dates in the reader's zone, grouped by month."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils import timezone

from journal.entries.models import PAGE, Entry, EntryQuerySet
from journal.entries.places import place_of, token_of
from journal.entries.questions import DOT, in_words
from journal.entries.writing import PREVIEW
from journal.vault.guard import Person
from journal.vault.keyring import Keyring

KIND_WORDS = dict(Entry.KINDS)
CLOSED = {"title": "", "preview": ""}  # all that lists show of a closed letter


@dataclass(frozen=True)
class Line:
    """One entry in a list, ready to print: nothing is formatted in the template's loop."""

    url: str
    title: str
    preview: str
    written: datetime
    day: str
    weekday: str
    month: str
    about: str
    kind: str
    unfinished: bool
    closed: bool

    @property
    def when(self) -> str:
        """The day it was begun, in words."""
        return f"{self.written:%A} {self.written.day} {self.written:%B}"

    @property
    def under(self) -> str:
        """What stands under the title: the kind, whom it is about, whether it goes on."""
        said = (self.kind, self.about, "not finished" if self.unfinished else "")
        return ", ".join(filter(None, said))


def lines(
    entries: list[Entry], keyring: Keyring, names: dict[object, str] | None = None
) -> list[Line]:
    """Open the heads of entries and set them as lines, with names of relationships by id."""
    base = reverse("journal")
    names = names or {}
    made = []
    for entry in entries:
        head = CLOSED if entry.closed else entry.head(keyring)
        local = timezone.localtime(entry.created_at)
        made.append(
            Line(
                url=f"{base}{entry.pk}/",
                title=(closed_until(entry, keyring) if entry.closed else "")
                or head["title"]
                or _untitled(head["preview"], whole=entry.kind == Entry.GRATITUDE),
                preview=_ending(head["preview"]) if head["title"] else "",
                written=local,
                day=f"{local.day}",
                weekday=f"{local:%a}",
                month=f"{local:%B %Y}",
                about=names.get(entry.relationship_id, ""),
                kind=KIND_WORDS[entry.kind],
                unfinished=entry.kind == Entry.EXERCISE and entry.finished_at is None,
                closed=entry.closed,
            )
        )
    return made


def closed_until(entry: Entry, keyring: Keyring) -> str:
    """Say until when a letter is closed, or since when it waits; "" for everything else."""
    day = entry.until(keyring)
    if day is None:
        return ""
    stands = "Closed until" if day > timezone.localdate() else "To be opened since"
    return f"{stands} {day.day} {day:%B} {day.year}"


def _ending(preview: str) -> str:
    """Say that the words go on, where the preview cut them short."""
    if len(preview) < PREVIEW:
        return preview
    return (preview.rpartition(" ")[0] or preview).removesuffix(DOT.rstrip()) + " …"


def _untitled(preview: str, whole: bool) -> str:
    if whole and preview:
        return _ending(preview)
    words = preview.split()
    return " ".join(words[:9]) + (" …" if len(words) > 9 else "") if words else "An empty page"


def moment(when: datetime) -> str:
    """Return a time as a sentence says it, where the reader is."""
    local = timezone.localtime(when)
    return f"{local:%A} {local.day} {local:%B} {local.year} at {local:%H:%M}"


def moments(times: Sequence[datetime]) -> list[str]:
    """Return times as sentences, with the seconds of those that would look alike."""
    said = Counter(map(moment, times))
    return [
        moment(when) + (f":{timezone.localtime(when):%S}" if said[moment(when)] > 1 else "")
        for when in times
    ]


def by_month(made: list[Line]) -> list[tuple[str, list[Line]]]:
    """Group lines, newest first, under the names of their months."""
    return [(month, list(group)) for month, group in groupby(made, key=lambda line: line.month)]


def page_of(person: Person, after: str) -> tuple[list[Entry], str]:
    """Return one page of a person's heads and the place to go on from ("" at the end).

    `after` is a place as this function returned it; a broken one begins at the newest.
    """
    return _page(Entry.objects.newest_heads(person, place_of(after)))


def page_among(entries: EntryQuerySet, after: str) -> tuple[list[Entry], str]:
    """Return one page of some of a person's heads, as `page_of` does."""
    place = place_of(after)
    entries = entries.older_than(*place) if place else entries
    return _page(list(entries.newest().heads()[: PAGE + 1]))


def _page(found: list[Entry]) -> tuple[list[Entry], str]:
    return found[:PAGE], token_of(found[PAGE - 1]) if len(found) > PAGE else ""


def exercise_words(entry: Entry, keyring: Keyring, answers: dict[str, Any]) -> list[dict[str, Any]]:
    """Return question and answer pairs of an exercise, as it was worded when answered."""
    return [
        {"ask": q["ask"], "words": words, "notes": chosen_notes(q, answers.get(q["key"]))}
        for q in entry.questions(keyring)
        if (words := in_words(q, answers.get(q["key"])))
    ]


def chosen_notes(question: dict[str, Any], answer: Any) -> list[dict[str, str]]:
    """Return the notes and links of the options a person chose."""
    chosen = answer if isinstance(answer, list) else [answer]
    return [
        {"note": o["note"], "url": o["link"]}
        for o in question["options"]
        if o["value"] in chosen and (o["note"] or o["link"])
    ]
