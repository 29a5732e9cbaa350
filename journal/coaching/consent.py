"""What a client lets a coach see: given item by item, until a day; narrowed and ended at once.

The row is the permission, so there is nothing to switch off. Whatever ends an item also destroys
the keys of the cards that were published for it.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import Http404
from django.utils import timezone

from journal.coaching.models import (
    ACTIVE,
    CARD_OF,
    CARDS,
    DIALS,
    ITEMS,
    KEPT,
    ROOM,
    SHOWN_FOR,
    Showing,
    Withheld,
)  # fmt: skip
from journal.relationships.models import Relationship
from journal.spaces.handing_models import Handing
from journal.spaces.models import Membership, Post, Space
from journal.spaces.room import Room
from journal.vault.asking import Asking
from journal.vault.guard import Person


@dataclass(frozen=True)
class Item:
    """One thing a client can show, and in plain words what the coach sees of it."""

    key: str
    title: str
    shows: str
    hides: str

    def since(self, day: str) -> "Item":
        """Return the same as it reads on a later day than that on which it was given."""
        shows = self.shows.replace("from today on", f"since {day}")
        return replace(self, shows=shows, hides=self.hides.replace("before today", "before that"))


WORDS = {
    "room": Item(
        "room",
        "This room",
        "What you write to them here, and the pages you hand over yourself, one at a time, as the "
        "exact copy you saw.",
        "Your journal stays closed. Without this, your coach finds nothing of you here.",
    ),
    "path": Item(
        "path",
        "Where you are on the path",
        "Which of the eight steps you have opened, set aside or called enough for now, and on "
        "which day.",
        "Not a word of what you wrote on them, and not who it is about.",
    ),
    "dials": Item(
        "dials",
        "Your check-ins, as numbers",
        "The four numbers of each check-in from today on, with the day, drawn as lines over time.",
        "Not what you write beside them, not your own names for the dials, and none from before "
        "today.",
    ),
    "kept": Item(
        "kept",
        "Which exercises you finish",
        "The name of an exercise you finish from today on, and the day. A name can say a lot; you "
        "can take each one back.",
        "None of your answers.",
    ),
    "active": Item(
        "active",
        "The week you were last here",
        "The week in which you last kept something, so that they can ask how you are.",
        "Never the day, never the hour, and not what or how much.",
    ),
}


def room_of_client(request: Asking, space_id: uuid.UUID) -> Room:
    """Return a coaching room for its client; raises Http404 for everybody else."""
    return Room.of(request, space_id, Space.COACHING, Membership.CLIENT)


def shown_in(room: Room) -> dict[str, Showing]:
    """Return what its client shows in a room now, by item; for the client's own pages."""
    rows = Showing.objects.by(room.person).live().filter(space=room.space)
    return {row.item: row for row in rows}


def is_closed_to_coach(person: Person, space_id: uuid.UUID) -> bool:
    """Whether a room is one with a coach who sees nothing of this client at the moment."""
    here = Membership.objects.in_room_of(person, space_id)
    if not here.filter(person=person, role=Membership.CLIENT).exists():
        return False
    shown = Showing.objects.by(person).live().filter(space=space_id, item=ROOM)
    return not shown.exists()


def give(
    room: Room, items: Collection[str], about: Relationship | None, until: datetime | None = None
) -> None:
    """Let the coach of a room see exactly these items until a moment, on the client's behalf.

    What was shown before and is not among them ends. What goes on keeps its cards; what had run
    out, or is about another relationship now, begins anew without them.

    Args:
        items: of `ITEMS`; ROOM is always among them.
        about: the relationship whose path, check-ins and exercises are meant.
        until: 90 days from now without.

    Raises:
        Http404: the client left the room meanwhile.
    """
    now = timezone.now()
    until = until or now + SHOWN_FOR
    with transaction.atomic():
        _hold(room)
        known = {row.item: row for row in Showing.objects.by(room.person).filter(space=room.space)}
        for item in ITEMS:
            row = known.get(item)
            if item != ROOM and item not in items:
                _end(room, [item])
                continue
            meant = None if item in {ROOM, ACTIVE} else about
            if row is None or row.about_id != (meant and meant.pk) or row.expires_at <= now:
                _end(room, [item])
                Showing(
                    space=room.space, client=room.person, item=item, about=meant, expires_at=until
                ).save(force_insert=True)
            else:
                row.expires_at = until
                row.save(update_fields=["expires_at"])
        remember(room.person)


def narrow(room: Room, item: str) -> None:
    """Stop showing one item, from the next request on; ending ROOM ends everything.

    Raises:
        Http404: there is no such item, or the client left the room meanwhile.
    """
    if item not in ITEMS:
        raise Http404
    with transaction.atomic():
        _hold(room)
        _end(room, ITEMS if item == ROOM else [item])
        remember(room.person)


def take_card_back(room: Room, post_id: uuid.UUID) -> None:
    """Take one card back, key first, and see to it that it is not published again.

    Raises:
        Http404: it is no card of a single page, or not the client's, or gone already.
    """
    single = {CARD_OF[DIALS]: DIALS, CARD_OF[KEPT]: KEPT}
    with transaction.atomic():
        _hold(room)
        mine = Handing.objects.by(room.person).filter(post=post_id, post__space=room.space)
        row = mine.filter(post__kind__in=single).first()
        if row is None:
            raise Http404
        items = Showing.objects.by(room.person).filter(space=room.space)
        showing = items.filter(item=single[row.post.kind]).first()
        if showing is not None:
            Withheld(showing=showing, entry_id=row.entry_id).save(force_insert=True)
        row.post.take_back()


def end_everything(client: Person, space: Space) -> None:
    """End all that a client shows in a room they hold, with its cards."""
    Showing.objects.by(client).filter(space=space).delete()
    Post.objects.written_by(client).filter(space=space, kind__in=CARDS).take_back()


def _hold(room: Room) -> None:
    # Cards are published while the same row is held: none comes after its item has ended.
    if Membership.objects.hold(room.person, room.space.pk) is None:
        raise Http404


def _end(room: Room, items: Collection[str]) -> None:
    Showing.objects.by(room.person).filter(space=room.space, item__in=items).delete()
    kinds = [CARD_OF[item] for item in items if item in CARD_OF]
    cards = Post.objects.written_by(room.person).filter(space=room.space, kind__in=kinds)
    if kinds:
        cards.take_back()


def remember(client: Person) -> None:
    """Let saving and Today know whether there is a coach to think of; it opens nothing."""
    shows = Showing.objects.by(client).exists()
    get_user_model().objects.filter(pk=client.pk).update(has_coach=shows)
