"""What a coach's list knows of each client without opening a word: days, kinds, and who spoke last.

Days and kinds are plain, so this costs three queries however much was published. They are prepared
(`steps.prepared`): building them cost more than the database does.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, cast

from django.db.models import FilteredRelation, OuterRef, Q, Subquery
from django.utils import timezone

from journal.coaching.models import (
    ACTIVE,
    CARD_OF,
    NO_CARD,
    REQUEST,
    ClientFile,
    Opening,
    Showing,
)
from journal.spaces.models import Membership, Post, PostQuerySet, Space
from journal.vault.guard import Person
from journal.vault.keyring import Keyring
from steps.prepared import Prepared

QUIET = timedelta(days=14)
ASKED, ANSWERED = (REQUEST, Post.COPY), (Post.NOTE, Post.REPLY)
PLAIN = ("space_id", "space__opened_at", "client__pk", "client__sealed_called")


def _shown(coach: Any, now: Any, day: Any) -> Any:
    return Showing.objects.to_coach(coach, now).of_rooms(day, now)


def _rooms(coach: Any) -> Any:
    mine = Membership.objects.of(coach).filter(role=Membership.COACH, space__kind=Space.COACHING)
    client = FilteredRelation(
        "space__memberships", condition=Q(space__memberships__role=Membership.CLIENT)
    )
    # Each kind of words by itself: the index of a room's kinds answers that at once.
    theirs = Post.objects.written_by(OuterRef("client__person"))
    own = Post.objects.written_by(OuterRef("person"))
    latest = [_latest(theirs, kind) for kind in ASKED] + [_latest(own, kind) for kind in ANSWERED]
    rows = mine.alias(client=client).order_by()
    return rows.values_list(*PLAIN, *latest)


def _latest(said: PostQuerySet, kind: str) -> Subquery:
    sent = said.filter(space=OuterRef("space"), kind=kind, opened_at__isnull=False)
    return Subquery(sent.order_by("-created_at").values("created_at")[:1])


def _files(coach: Any) -> Any:
    return ClientFile.objects.kept_by(coach).values_list("space", "pk", "sealed_card")


COACH = Membership.person.field
SHOWN = Prepared(_shown, COACH, Showing.expires_at.field, Opening.day.field)
ROOMS = Prepared(_rooms, COACH)
FILES = Prepared(_files, COACH)


@dataclass
class Shows:
    """What one client shows, without a word of it: items, with the day of the latest card.

    The day is `NO_CARD` where there is none yet.
    """

    space_id: uuid.UUID
    client_id: Any
    given_at: datetime
    looked: bool
    days: dict[str, date]


class Place(NamedTuple):
    """A coach's room: whether anybody came in, its client if there is one, and who spoke when."""

    opened_at: datetime | None
    client_id: uuid.UUID | None
    sealed_called: bytes
    asked_at: datetime | None
    answered_at: datetime | None

    def called(self, keyring: Keyring) -> str:
        """Open how the client calls themselves."""
        found = keyring.open_value(
            "journal.Membership", "called", cast("uuid.UUID", self.client_id), self.sealed_called
        )
        return str(found or "")


class Signs(NamedTuple):
    """One client as far as days tell: what moved, who spoke last, whether it has gone quiet.

    `shown` are the items they show; `last`, the last day on which something of them is known;
    `asked`, when they wrote something that nobody has answered since.
    """

    space_id: uuid.UUID
    client: Place
    days: dict[str, date]
    shown: Collection[str]
    last: date
    asked: datetime | None
    quiet: bool


def shown_to(coach: Person) -> dict[uuid.UUID, Shows]:
    """Return what each client shows a coach now, by room, the latest first; one query."""
    now = timezone.now()
    found = [
        Shows(
            space_id, client_id, given_at, looked,
            {item: day for item, day in zip(CARD_OF, days, strict=True) if day is not None},
        )
        for space_id, client_id, given_at, looked, *days in SHOWN.all(coach.pk, now, now.date())
    ]  # fmt: skip
    latest_first = sorted(found, key=lambda one: one.given_at, reverse=True)
    return {one.space_id: one for one in latest_first}


def rooms_as_coach(coach: Person) -> dict[uuid.UUID, Place]:
    """Return a coach's coaching rooms, by id; one query."""
    found = {}
    for space_id, opened_at, client_id, called, *said in ROOMS.all(coach.pk):
        asked, answered = latest_of(said[: len(ASKED)]), latest_of(said[len(ASKED) :])
        found[space_id] = Place(opened_at, client_id, called, asked, answered)
    return found


def latest_of(moments: Iterable[datetime | None]) -> datetime | None:
    """Return the latest of some moments, if there is any."""
    return max((at for at in moments if at), default=None)


class Files:
    """A coach's own files by room, each opened when it is asked for; one query."""

    def __init__(self, coach: Person, keyring: Keyring) -> None:
        self._sealed = {space: (row_id, blob) for space, row_id, blob in FILES.all(coach.pk)}
        self._keyring = keyring

    def of(self, space_id: uuid.UUID) -> dict[str, Any]:
        """Open the file of a room; empty where there is none."""
        if space_id not in self._sealed:
            return {}
        row_id, blob = self._sealed[space_id]
        return dict(self._keyring.open_value("journal.ClientFile", "card", row_id, blob))

    def session(self, space_id: uuid.UUID, today: date) -> date | None:
        """Return the day of the next session, unless it is over."""
        said = self.of(space_id).get("next_session") or ""
        return date.fromisoformat(said) if said >= today.isoformat() else None


def signs_of(shows: Shows, place: Place, today: date) -> Signs:
    """Return what days tell of one client."""
    days = {item: day for item, day in shows.days.items() if day != NO_CARD}
    asked, answered = place.asked_at, place.answered_at
    last = last_sign(days, asked, shows.given_at, today)
    return Signs(
        space_id=shows.space_id,
        client=place,
        days=days,
        shown=shows.days.keys(),
        last=last,
        asked=asked if asked and (answered is None or answered < asked) else None,
        quiet=bool(shows.days) and today - last >= QUIET,
    )


def last_sign(
    days: dict[str, date], spoke: datetime | None, given_at: datetime, today: date
) -> date:
    """Return the last day on which something of a client is known; a week counts to its end."""
    signs = [day + timedelta(days=6 if item == ACTIVE else 0) for item, day in days.items()]
    signs += [timezone.localtime(spoke).date()] if spoke else []
    signs = signs or [timezone.localtime(given_at).date()]
    return min(max(signs), today)
