"""The joint jar: acts of kindness that one of the two noticed, a marble each.

Marble n, counted over all jars of the room, lies in slot n whoever put it there; the sixty-first
begins a new jar and the full one goes to the shelf.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import IntegrityError
from django.utils import timezone

from journal.spaces.models import Post
from journal.spaces.room import Room
from journal.together import seen
from steps.jar import SLOTS

MARBLE = "marble"
JAR = len(SLOTS)
LATELY = 4
PAGE = 20
TRIES = 30


@dataclass
class Jar:
    """The marbles of the jar that is being filled, and the newest with their words."""

    room: Room
    places: list[int]
    newest: list[Post]

    @classmethod
    def fetch(cls, room: Room) -> "Jar":
        """Fetch it for a page of the room; words are opened later, with everybody's."""
        places, newest = seen.marbles(room, timezone.now(), LATELY)
        return cls(room, places, room.admit(newest))

    @cached_property
    def full_ones(self) -> int:
        """How many jars stand on the shelf."""
        return (self.places[0] - 1) // JAR if self.places else 0

    @property
    def numbers(self) -> list[int]:
        """The numbers of the marbles in this jar."""
        return [place for place in self.places if place > self.full_ones * JAR]

    @property
    def is_full(self) -> bool:
        """Whether the last slot is taken."""
        return bool(self.places) and self.places[0] % JAR == 0

    @cached_property
    def lately(self) -> list[dict[str, Any]]:
        """The newest marbles with their words."""
        return deeds(self.room, self.newest)


def number_of(marble: Post) -> int:
    """Return the place of a marble, counted from 1."""
    return marble.number or 1


def deeds(room: Room, marbles: list[Post]) -> list[dict[str, Any]]:
    """Open marbles and set them as lines of a list."""
    return [
        {
            "id": str(row.pk),
            "number": number_of(row),
            "deed": body["text"],
            "who": f"{noticed_by(room, row)}, {day_of(row.created_at)}",
            "mine": row.author_id == room.person.pk,
            "back": f"{room.url}posts/{row.pk}/take-back/",
        }
        for row, body in room.read(marbles)
    ]


def noticed_by(room: Room, marble: Post) -> str:
    """Say who noticed."""
    mine = marble.author_id == room.person.pk
    return "You noticed" if mine else f"{room.names.get(marble.author_id, 'They')} noticed"


def day_of(moment: datetime) -> str:
    """Return the day of a moment as a list says it, where the reader is."""
    local, today = timezone.localtime(moment), timezone.localdate()
    days = (today - local.date()).days
    if days < 2:
        return "yesterday" if days == 1 else "today"
    if days < 7:
        return f"{local:%A}"
    return f"{local.day} {local:%B}" + ("" if local.year == today.year else f" {local.year}")


def drop(room: Room, text: str, post_id: uuid.UUID) -> Post:
    """Drop a marble into the jar; the same id twice is one marble.

    Raises:
        Http404: the person is not in the room any more.
    """
    for _ in range(TRIES):
        number = Post.objects.last_number(room.space, MARBLE) + 1
        try:
            return room.write(MARBLE, {"title": "", "text": text}, post_id=post_id, number=number)
        except IntegrityError:
            continue  # the other dropped one at this moment: ours takes the next place
    raise IntegrityError("There is no place to be had in this jar.")


def page_of(room: Room, before: str) -> tuple[list[Post], str]:
    """Return a page of marbles, newest first, and the number to go on before ("" at the end)."""
    rows = room.posts.filter(kind=MARBLE).order_by("-number")
    if before.isdecimal() and len(before) < 8:
        rows = rows.filter(number__lt=int(before))
    found = list(rows[: PAGE + 1])
    room.admit(found[:PAGE])
    return found[:PAGE], str(found[PAGE - 1].number) if len(found) > PAGE else ""
