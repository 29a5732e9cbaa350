"""What the room's page asks for each time, prepared: above all what a person may see there."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, Window
from django.db.models.functions import RowNumber

from journal.spaces.models import Membership, Post, PostQuerySet, Space
from journal.spaces.room import Room
from journal.together.models import Agreement, Bookmark, Question, Signature
from journal.together.talk_models import Talk
from steps.prepared import Prepared

JAR, STREAM, AHEAD, TALKS_SHOWN = 60, 21, 300, 5
# Promises on the room's page: those that hold, and those on the table. However many one of the two
# proposes, what both have signed stays in sight.
HELD, OPEN = 5, 3
TABLE = HELD + OPEN + 3  # one more of each, to know that there are more, and what is for the jar
REPLIES = 3  # of each note on the room's page, and one more to know that there are more
MARBLE = ("pk", "number", "author_id", "created_at", "version", "sealed_body")
IN_STREAM = (Post.NOTE, Post.COPY)
# Asked for and ordered by, so that no database goes through all posts of a room for a few of them.
ON_TABLE_ARE, AHEAD_ARE = ("wording", "answer"), (Post.PLAN, "plan-answer")
SEEN = (Membership.person.field, Post.space.field, Post.opened_at.field)


def _seen(person: Any, space: Any, now: Any) -> PostQuerySet:
    return Post.objects.visible_to(person, now).filter(space=space)


def _marbles(person: Any, space: Any, now: Any) -> Any:
    # The index of places leaves out what has none.
    rows = _seen(person, space, now).filter(kind="marble", number__isnull=False).order_by("-number")
    return rows.values_list("pk", "number", "author_id", "created_at", "version", "sealed_body")[
        :JAR
    ]


def _stream(person: Any, space: Any, now: Any) -> Any:
    return _seen(person, space, now).filter(kind__in=IN_STREAM).newest()[:STREAM]


def _worded(space: Any) -> Any:
    return _few(Agreement.objects.in_room(space))


def _few(going_on: Any) -> Any:
    signed = Signature.objects.agreed(OuterRef("pk"))
    newest = [F("begun_at").desc(), F("id").desc()]
    place = Window(RowNumber(), partition_by=[F("kind"), F("held")], order_by=newest)
    rows = going_on.alias(held=Exists(signed)).alias(place=place)
    few = Q(held=True, place__lte=HELD + 1) | Q(held=False, place__lte=OPEN + 1)
    return rows.filter(few).order_by("-begun_at", "-id")


def _on_table(person: Any, space: Any, now: Any, monday: Any, *words: Any) -> Any:
    worded = Q(pk__in=words)
    answers = Q(kind="answer", day=monday)
    rows = _seen(person, space, now).filter(kind__in=ON_TABLE_ARE)
    return rows.filter(worded | answers).order_by("kind", "created_at")


def _ahead(person: Any, space: Any, now: Any, since: Any) -> Any:
    plans = Q(kind=Post.PLAN, day__gte=since)
    answers = Q(kind="plan-answer", parent__kind=Post.PLAN, parent__day__gte=since)
    rows = _seen(person, space, now).filter(kind__in=AHEAD_ARE)
    return rows.filter(plans | answers).order_by("kind", "created_at", "id")[:AHEAD]


def _replies(person: Any, space: Any, now: Any, *parents: Any) -> Any:
    place = Window(
        RowNumber(), partition_by=[F("parent")], order_by=[F("created_at").desc(), F("id").desc()]
    )
    rows = _seen(person, space, now).filter(kind=Post.REPLY, parent__pk__in=parents)
    return rows.alias(place=place).filter(place__lte=REPLIES + 1).newest()


def _mark(membership: Any) -> Any:
    found: Any = Bookmark.objects.by(membership)  # "newest" is no field of it
    return found.values_list("pk", "sealed_mark", "newest")


def _signed(*agreements: Any) -> Any:
    return Signature.objects.under(agreements)


def _talks(space: Any) -> Any:
    return Talk.objects.in_room(space)[: TALKS_SHOWN + 1]  # one more: to know that there are


MARBLES = Prepared(_marbles, *SEEN)
NEWEST = Prepared(_stream, *SEEN)
ON_TABLE = Prepared(_on_table, *SEEN, Post.day.field, *[Agreement.words.field] * TABLE)
PLANNED = Prepared(_ahead, *SEEN, Post.day.field)
ANSWERED = Prepared(_replies, *SEEN, *[Post.parent.field] * STREAM)
MARK = Prepared(_mark, Bookmark.membership.field)
ASKED = Prepared(Question.objects.in_week, Question.space.field, Question.monday.field)
WORDED = Prepared(_worded, Agreement.space.field)
SIGNED = Prepared(_signed, *[Signature.agreement.field] * TABLE)
TALKS = Prepared(_talks, Talk.space.field)


def marbles(room: Room, now: datetime, worded: int) -> tuple[list[int], list[Post]]:
    """Return the places of the newest marbles, as many as a jar holds, and the newest themselves.

    `worded`: how many of them. A row made of each would cost more than the query.
    """
    rows = MARBLES.all(room.person.pk, room.space.pk, now)
    return [row[1] or 1 for row in rows], [_marble(*row) for row in rows[:worded]]


def _marble(pk: UUID, number: int, author: Any, begun: datetime, version: int, blob: bytes) -> Post:
    return Post(id=pk, kind="marble", number=number, author_id=author, created_at=begun,
                version=version, sealed_body=blob)  # fmt: skip


def newest(room: Room, now: datetime) -> list[Post]:
    """Return the newest notes and copies, a page and one more."""
    return NEWEST.all(room.person.pk, room.space.pk, now)


def on_table(room: Room, now: datetime, monday: Any, rows: Sequence[Agreement]) -> list[Post]:
    """Return the answers of a week and the wordings of a few agreements, the oldest first."""
    words = filled([row.words_id for row in rows if row.words_id], room.space.pk)
    return ON_TABLE.all(room.person.pk, room.space.pk, now, monday, *words)


def filled(ids: Sequence[UUID], nothing: UUID) -> list[UUID]:
    """Return ids for all places of a prepared query; `nothing` is the id of no row there."""
    return [*ids, *[nothing] * (TABLE - len(ids))]


def planned(room: Room, now: datetime, since: Any) -> list[Post]:
    """Return the plans from a day on, then the answers to them, of each the oldest first."""
    return PLANNED.all(room.person.pk, room.space.pk, now, since)


def last_replies(room: Room, now: datetime, parents: Sequence[UUID]) -> list[Post]:
    """Return the last replies to each of at most a page of posts, the newest first."""
    if not parents:
        return []
    places = [*parents, *[parents[0]] * (STREAM - len(parents))]  # the same one again finds no more
    return ANSWERED.all(room.person.pk, room.space.pk, now, *places)


def mark(room: Room) -> Bookmark:
    """Return how far this person has read, as `Bookmark.objects.of` does."""
    found = MARK.first(room.me.pk)
    return Bookmark.known(room.me, *found) if found else Bookmark(membership=room.me)


def asked(space: Space, monday: date) -> Question | None:
    """Return the question of a week."""
    return ASKED.first(space.pk, monday)


def worded(room: Room) -> list[Agreement]:
    """Return what is agreed or on the table and reaches this person: the newest of each kind."""
    if room.me.paused:
        return list(_few(Agreement.objects.reaching(room.person, room.space)))
    return WORDED.all(room.space.pk)


def signed(rows: Sequence[Agreement]) -> list[Signature]:
    """Return who signed which wording of what the room's page shows."""
    return SIGNED.all(*filled([row.pk for row in rows], rows[0].space_id)) if rows else []


def talks(space: Space) -> list[Talk]:
    """Return the latest talks in turns."""
    return TALKS.all(space.pk)
