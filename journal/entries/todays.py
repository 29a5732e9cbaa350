"""What Today asks of a person's pages, in one query: each part of it finds its rows by an index.

The parts give ids, and a row does not say which of them found it. That does no harm: whatever fits
a part's question and comes first by its order is what that part found.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Subquery

from journal.entries import months
from journal.entries.models import AUTHOR, DIALLED, MOMENT, MONTH, Entry, EntryQuerySet
from journal.vault.guard import Person
from steps.prepared import Prepared

LONG_AGO = timedelta(weeks=4)


@dataclass(frozen=True)
class Todays:
    """Heads of pages for Today.

    `begun` is the exercise last begun and not finished; `remembered` the newest page of at least
    four weeks ago; `closed` the letters closed until a day; `month` the month whose sentence may be
    asked for now.
    """

    begun: Entry | None
    remembered: Entry | None
    closed: list[Entry]
    month: date | None

    @classmethod
    def of(cls, person: Person, now: datetime, resting: Collection[UUID]) -> "Todays":
        """Fetch them all; nothing is begun in `resting` relationships."""
        before, month = now - LONG_AGO, months.month_asked(now.date())
        spans = spans_of(month) if month else ()
        if resting:
            found = list(_pages(person, before, *spans, resting=resting))
        else:
            found = (AT_MONTHS_END if spans else TODAYS).all(person.pk, before, *spans)
        begun = [row for row in found if is_begun(row) and row.relationship_id not in resting]
        memories = [row for row in found if is_memory(row) and row.created_at < before]
        closed = [row for row in found if row.closed]
        return cls(
            begun=max(begun, key=lambda row: row.updated_at, default=None),
            remembered=max(memories, key=lambda row: (row.created_at, row.pk.int), default=None),
            closed=sorted(closed, key=lambda row: row.created_at),
            month=month if spans and is_open(found, *spans) else None,
        )


def spans_of(month: date) -> tuple[datetime, datetime, datetime, datetime]:
    """Return when a month begins and ends, and when a sentence about it may be written."""
    after = months.next_month(month)
    days = (month, after, months.middle(month), months.middle(after))
    begins, ends, since, until = map(months.midnight, days)
    return begins, ends, since, until


def is_begun(row: Entry) -> bool:
    """Whether it is an exercise that was begun and not finished."""
    return row.kind == Entry.EXERCISE and row.finished_at is None and not row.closed


def is_memory(row: Entry) -> bool:
    """Whether it is kept for remembering: no check-in, and no closed letter."""
    dialled = row.exercise is not None and row.exercise.key == DIALLED
    return not (row.closed or dialled or row.kind == Entry.CHECKIN)


def is_open(
    rows: Iterable[Entry], begins: datetime, ends: datetime, since: datetime, until: datetime
) -> bool:
    """Whether something was written in a month, and no sentence about it yet."""
    written = any(begins <= row.created_at < ends for row in rows)
    said = (row for row in rows if row.prompt is not None and row.prompt.key == MONTH)
    return written and not any(since <= row.created_at < until for row in said)


def _pages(
    person: Person, before: Any, *spans: Any, resting: Collection[UUID] = ()
) -> EntryQuerySet:
    mine = Entry.objects.written_by(person)
    begun = mine.unfinished().order_by("-updated_at")
    begun = begun.exclude(relationship__in=resting) if resting else begun
    memory = mine.not_closed().filter(created_at__lt=before).newest()
    memory = memory.exclude(kind=Entry.CHECKIN).exclude(exercise__key=DIALLED)
    parts = [begun, memory]
    if spans:
        begins, ends, since, until = spans
        parts.append(mine.between(begins, ends).newest())
        parts.append(mine.between(since, until).months_sentences().newest())
    ids = mine.order_by().values("pk")
    firsts = [ids.filter(pk=Subquery(part.values("pk")[:1])) for part in parts]
    found = ids.filter(sealed_until__isnull=False).union(*firsts, all=True)
    return Entry.objects.found(found).select_related("exercise", "prompt").heads()


TODAYS = Prepared(_pages, AUTHOR, MOMENT)
AT_MONTHS_END = Prepared(_pages, AUTHOR, MOMENT, MOMENT, MOMENT, MOMENT, MOMENT)
