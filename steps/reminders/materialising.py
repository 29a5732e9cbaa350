"""Schedules that are due become occurrences, five hundred at a time, in one transaction each.

Two constraints make it safe to run anywhere, any number of times: an occurrence is unique for its
schedule and date, and a schedule moves on only from the moment it was found at.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

from django.db import connection, transaction

from steps.reminders.disk import not_waiting
from steps.reminders.models import Reminder
from steps.reminders.schedule import Rule, date_of, next_after

BATCH = 500
# A note this late is not mailed any more; a schedule found later than this goes on from here.
LATE = timedelta(hours=6)

# What SQLite keeps as text is read as text: most moments and rules of a batch are the same few.
DUE_ROWS = """
SELECT id, person_id, kind, CAST(next_at AS text), CAST(local_time AS text), zone, days,
  every_months, CAST(first_on AS text)
FROM steps_reminder WHERE next_at <= %s ORDER BY next_at LIMIT %s
"""
# A test holds the names of the columns against the models'.
INSERT_ROW = """
INSERT INTO steps_delivery (id, reminder_id, person_id, kind, local_date, due_at, free_at,
  state, attempts, claims, why, variant, card)
VALUES (%s, %s, %s, %s, %s, %s, %s, 'due', 0, 0, '', '', 0)
ON CONFLICT DO NOTHING
"""
INSERT_COLUMNS = """
INSERT INTO steps_delivery (id, reminder_id, person_id, kind, local_date, due_at, free_at,
  state, attempts, claims, why, variant, card)
SELECT id, reminder, person, kind, day, at, at, 'due', 0, 0, '', '', false
FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[], %s::text[], %s::date[], %s::timestamptz[])
  AS new (id, reminder, person, kind, day, at)
ON CONFLICT DO NOTHING
"""
MOVE_ROW = "UPDATE steps_reminder SET next_at = %s WHERE id = %s AND next_at = %s"
MOVE_COLUMNS = """
UPDATE steps_reminder SET next_at = moved.next
FROM unnest(%s::timestamptz[], %s::uuid[], %s::timestamptz[]) AS moved (next, id, old)
WHERE steps_reminder.id = moved.id AND steps_reminder.next_at = moved.old
"""


class Found(NamedTuple):
    """A schedule that is due; its id as the database's driver gives it or as a model has it."""

    id: uuid.UUID | str
    person_id: Any
    kind: str
    next_at: datetime
    rule: Rule


def materialise(now: datetime) -> Iterator[int]:
    """Make an occurrence of every schedule that is due.

    Yields:
        after each batch, once it is committed, how many schedules were in it.
    """
    while Reminder.objects.due(now).exists():  # a look needs no lock on the whole of SQLite
        if not (taken := materialise_batch(now)):
            return  # another beat holds them all
        yield taken


def materialise_batch(now: datetime) -> int:
    """Make occurrences of at most BATCH schedules, and move those on; return how many.

    It need not wait for the disk: nobody sees an occurrence before the claim that does.
    """
    with not_waiting(), transaction.atomic():
        found = due(now)
        if found:
            insert(found)
            move_on(found, now)
    return len(found)


def due(now: datetime) -> list[Found]:
    """Return the next schedules that are due, held for this transaction; others' are passed by."""
    if connection.vendor != "postgresql":
        return due_as_text(now)
    rows = (
        Reminder.objects.due(now)
        .select_for_update(skip_locked=True)
        .values_list(
            "id", "person_id", "kind", "next_at",
            "local_time", "zone", "days", "every_months", "first_on",
        )
    )[:BATCH]  # fmt: skip
    return [Found(*row[:4], Rule(*row[4:])) for row in rows]  # type: ignore[arg-type]


def due_as_text(now: datetime) -> list[Found]:
    """Do the same on SQLite, where the transaction stands alone and nothing need be held."""
    with connection.cursor() as cursor:
        moment = connection.ops.adapt_datetimefield_value(now)
        rows = cursor.execute(DUE_ROWS, [moment, BATCH]).fetchall()
    return [
        Found(pk, person, kind, moment_from(at), rule_from(*rule))
        for pk, person, kind, at, *rule in rows
    ]


@lru_cache(maxsize=1024)
def moment_from(text: str) -> datetime:
    """Return a moment that SQLite keeps as text, without a zone and in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@lru_cache(maxsize=8192)
def rule_from(at: str, zone: str, days: str, months: int, first: str | None) -> Rule:
    """Return what a schedule says, from its columns as SQLite keeps them."""
    first_on = date.fromisoformat(first) if first else None
    return Rule(time.fromisoformat(at), zone, days, months, first_on)


def insert(found: Sequence[Found]) -> None:
    """Write the occurrences that are not there yet."""
    rows = [
        (
            uuid.uuid4().hex,
            one.id,
            one.person_id,
            one.kind,
            date_of(one.rule, one.next_at),
            one.next_at,
        )
        for one in found
    ]
    if connection.vendor == "postgresql":
        whole_columns(INSERT_COLUMNS, rows)
    else:
        row_by_row(INSERT_ROW, [(*row, row[-1]) for row in rows])


def move_on(found: Sequence[Found], now: datetime) -> None:
    """Set when each speaks next, unless somebody changed it since it was found."""
    behind = now - LATE
    rows = [(next_after(one.rule, max(one.next_at, behind)), one.id, one.next_at) for one in found]
    if connection.vendor == "postgresql":
        whole_columns(MOVE_COLUMNS, rows)
    else:
        row_by_row(MOVE_ROW, rows)


def whole_columns(sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Run one statement that takes all rows as one list for each column.

    The lists are written as PostgreSQL reads them: the driver takes longer for each value than the
    database does. Ids, numbers, moments, dates and kinds need no quotes.
    """
    moment = lru_cache(maxsize=256)(datetime.isoformat)

    def told(value: Any) -> str:
        if isinstance(value, datetime):
            return moment(value)
        return "NULL" if value is None else str(value)

    with connection.cursor() as cursor:
        lists = [f"{{{','.join(map(told, column))}}}" for column in zip(*rows, strict=True)]
        cursor.execute(sql, lists)


def row_by_row(sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Run one prepared statement for each row, which costs SQLite least."""
    with connection.cursor() as cursor:
        cursor.executemany(sql, [plain_values(row) for row in rows])


def plain_values(row: Sequence[Any]) -> list[Any]:
    """Return values as Django's columns hold them, and as a statement of our own must give them."""
    return [PLAIN[kind](value) if (kind := type(value)) in PLAIN else value for value in row]


@lru_cache(maxsize=256)
def moment_told(moment: datetime) -> Any:
    """Return a moment as this database takes it."""
    return connection.ops.adapt_datetimefield_value(moment)


PLAIN: dict[type, Callable[[Any], Any]] = {
    uuid.UUID: attrgetter("hex"),
    datetime: moment_told,
    date: date.isoformat,
}
