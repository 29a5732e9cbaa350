"""The coach's way in, and the client's ledger: whoever opens is written down before they see.

Every page of a coach that shows anything of one client begins with `look_into`, and there is no
other way to a `Shown`. Lists of all clients are written down once a day, by `looked_at_list`.
"""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.utils import timezone

from journal.coaching.models import ITEMS, ROOM, Opening, Showing, shown_cards
from journal.spaces.models import Membership, Post, PostQuerySet, Space
from journal.spaces.room import Room
from journal.vault.asking import Asking
from journal.vault.guard import Person

# What the client reads of each opening.
OPENED = {
    Opening.LIST: "saw you in the list of their clients",
    Opening.PAGE: "opened your page, with what you show there",
    Opening.COPY: "opened a page you handed over",
    Opening.INBOX: "looked through what clients had sent",
    Opening.SHEET: "made a sheet for your next session",
    Opening.SHARED: "opened a page of the room that you share with another",
}
MOST = 200  # lines of the ledger on its page
TOLD = "Your client can see that you opened this, and when."
TOLD_OF_LISTS = "Your clients can see on which days you looked at this list."


@dataclass(frozen=True)
class Shown:
    """One client as their coach finds them now: the room, and what is shown there until when."""

    room: Room
    items: dict[str, Showing]

    @property
    def client(self) -> Membership:
        """The client's membership."""
        return next(row for row in self.room.members if row.role == Membership.CLIENT)

    @property
    def called(self) -> str:
        """How the client calls themselves in this room."""
        return self.room.names[self.client.person_id]

    def cards(self, *items: str) -> PostQuerySet:
        """Return the cards of this client that may be seen now; of `items`, or all."""
        return shown_cards(self.room.person, *items).filter(space=self.room.space)

    def open(self, post_id: uuid.UUID, *kinds: str) -> Post:
        """Return a page that was handed over, or a request, and write down that it was opened.

        Args:
            kinds: of posts that may be meant; any without.

        Raises:
            Http404: there is no such post here, or not any more.
        """
        post = self.room.one(post_id, *kinds)
        note([self.client], Opening.COPY, post)
        return post


def look_into(request: Asking, space_id: uuid.UUID, what: str = Opening.PAGE) -> Shown:
    """Return one client for the coach who asks, and write down that they were opened.

    Args:
        what: what of the client the page shows.

    Raises:
        Http404: the person is no coach there, or the client shows them nothing now. A form that
            writes for this client begins here too; it needs no second line in the ledger, so it
            may say `what=""`.
    """
    room = Room.of(request, space_id, Space.COACHING, Membership.COACH)
    rows = Showing.objects.to_coach(request.user).filter(space=space_id)
    items = {row.item: row for row in rows}
    if ROOM not in items or room.closed:
        raise Http404
    shown = Shown(room, {item: items[item] for item in ITEMS if item in items})
    if what:
        note([shown.client], what)
    return shown


def looked_at_list(rooms: Iterable[Any], what: str = Opening.LIST) -> None:
    """Write down that a coach looked at a list with these clients in it; none is no query.

    Args:
        rooms: rows with `space_id` and `client_id`, such as the showings of ROOM that the list was
            made of (`Showing.objects.to_coach`).
        what: `Opening.LIST` or `Opening.INBOX`.
    """
    today = timezone.now().date()
    rows = [
        Opening(space_id=row.space_id, client_id=row.client_id, what=what, day=today)
        for row in rooms
    ]
    if rows:
        Opening.objects.note(rows)


def note(clients: Collection[Membership], what: str, post: Post | None = None) -> None:
    """Write an opening into the ledger of clients."""
    today = timezone.now().date()
    Opening.objects.note(
        [
            Opening(space_id=row.space_id, client_id=row.person_id, what=what, post=post, day=today)
            for row in clients
        ]
    )


def coaches_in(person: Person, space_id: uuid.UUID) -> bool:
    """Whether a person is the coach in a room."""
    mine = Membership.objects.of(person).filter(space=space_id, role=Membership.COACH)
    return mine.exists()


def note_shared_room(coach: Person, space_id: uuid.UUID) -> None:
    """Write down for both partners that the coach in their room opens a page of it.

    Nothing is written for whoever is no coach there.
    """
    here = list(Membership.objects.in_room_of(coach, space_id))
    if any(row.person_id == coach.pk and row.role == Membership.COACH for row in here):
        note([row for row in here if row.role == Membership.PARTNER], Opening.SHARED)


def lines_of(client: Person, names: dict[Any, str]) -> list[dict[str, str]]:
    """Return the latest openings as the client reads them.

    Args:
        names: how each room's coach is called, by the room's id.
    """
    found = []
    for row in Opening.objects.seen_by(client)[:MOST]:
        at = timezone.localtime(row.at)
        when = f"{at.day} {at:%B}" if row.what in {"list", "inbox"} else f"{at.day} {at:%B, %H:%M}"
        who = names.get(row.space_id, "A coach")
        found.append({"when": when, "words": f"{who} {OPENED[row.what]}"})
    return found
