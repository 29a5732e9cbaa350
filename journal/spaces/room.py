"""A room as one of its members finds it, with the keys for exactly what they may see there.

Every page of a room starts from `Room.of`: it looks for the asker's own membership, and answers a
stranger exactly as it answers for a room that is not there. No page of a room asks for anything
but what hangs on it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db import IntegrityError, transaction
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from journal.spaces.models import Membership, Post, PostQuerySet, Space
from journal.vault.asking import Asking
from journal.vault.guard import Person
from journal.vault.keyring import Keyring
from steps.prepared import Prepared

MEMBERS = Prepared(Membership.objects.in_room_of, Membership.person.field, Membership.space.field)
SOMEBODY = {
    Membership.PARTNER: "Your partner", Membership.CLIENT: "Your client",
    Membership.COACH: "Your coach",
}  # fmt: skip


class Changed(Exception):
    """Another tab has changed this post meanwhile; `now` is what it says and `version` which."""

    def __init__(self, now: dict[str, Any], version: int) -> None:
        super().__init__()
        self.now, self.version = now, version


@dataclass
class Room:
    """A room, the member who asks, everybody in it, and the asker's keys for it.

    `keyring` opens the members' names, and the posts that went through `read`.
    """

    person: Person
    space: Space
    me: Membership
    members: list[Membership]
    keyring: Keyring

    @classmethod
    def of(cls, request: Asking, space_id: uuid.UUID, kind: str = "", role: str = "") -> Room:
        """Return the room if the person who asks is in it now.

        Args:
            kind: find only a room of this kind.
            role: find it only for somebody of this role.

        Raises:
            Http404: there is no such room, or not for them.
        """
        return cls.of_person(request.user, space_id, kind, role)

    @classmethod
    def of_person(cls, person: Person, space_id: uuid.UUID, kind: str = "", role: str = "") -> Room:
        """Return the room for a member; raises Http404 as `of` does."""
        # A coach whose time in a couple's room is over is not there, for themselves or for others.
        members = [row for row in MEMBERS.all(person.pk, space_id) if not row.lapsed]
        me = next((row for row in members if row.person_id == person.pk), None)
        if me is None or kind not in {"", me.space.kind} or role not in {"", me.role}:
            raise Http404
        return cls(person, me.space, me, members, Keyring.of(person, {space_id}))

    @cached_property
    def url(self) -> str:
        """Where the pages of a couple's room begin; asking for each address anew costs."""
        return reverse("room", args=[self.space.pk])

    @property
    def others(self) -> list[Membership]:
        """Everybody else in the room."""
        return [row for row in self.members if row.pk != self.me.pk]

    @property
    def partners(self) -> list[Membership]:
        """The two whose room it is; in a room for coaching nobody."""
        return [row for row in self.members if row.role == Membership.PARTNER]

    @property
    def closed(self) -> bool:
        """Whether somebody left for good: what is here is the asker's own, and may come home."""
        return is_closed(self.space, self.members)

    @property
    def waiting(self) -> bool:
        """Whether nobody has taken up the invitation yet."""
        return self.space.opened_at is None

    @property
    def open_to_posts(self) -> bool:
        """Whether what is put here now reaches somebody, and the person is not keeping away."""
        return not (self.waiting or self.closed or self.me.paused)

    @cached_property
    def names(self) -> dict[Any, str]:
        """How everybody here calls themselves, by the person's id; opens what must be opened."""
        return {
            row.person_id: row.called(self.keyring) or SOMEBODY[row.role] for row in self.members
        }

    @property
    def other_names(self) -> str:
        """The names of the others, as a sentence has them."""
        names = [self.names[row.person_id] for row in self.others]
        return " and ".join(names) if names else "the other person"

    @property
    def posts(self) -> PostQuerySet:
        """What the person may see in this room at this moment."""
        return Post.objects.visible_to(self.person).filter(space=self.space)

    def read(self, posts: Iterable[Post]) -> list[tuple[Post, dict[str, Any]]]:
        """Open posts that were fetched from `posts`.

        Ask for all posts of a page before the first is opened (or a name): it is one query then.
        """
        rows = list(posts)
        self.keyring.admit([row.pk for row in rows])
        return [(row, row.body(self.keyring)) for row in rows]

    def admit(self, posts: Iterable[Post]) -> list[Post]:
        """Tell the keyring of posts from `posts` that will be opened later, and return them."""
        rows = list(posts)
        self.keyring.admit([row.pk for row in rows])
        return rows

    def one(self, post_id: uuid.UUID, *kinds: str) -> Post:
        """Return a post the person may see here; raises Http404."""
        found = self.posts.filter(pk=post_id)
        row = (found.filter(kind__in=kinds) if kinds else found).first()
        if row is None:
            raise Http404
        return row

    def write(
        self, kind: str, body: dict[str, Any], *, post_id: uuid.UUID | None = None,
        parent: Post | None = None, number: int | None = None, day: date | None = None,
        hidden: bool = False, at: datetime | None = None,
    ) -> Post:  # fmt: skip
        """Keep a post of this person in the room; the same words twice under one id are one post.

        Args:
            body: the words, sealed; "text" says what would come home to their journal.
            post_id: the id a form brought along, so that a double click is one post.
            hidden: nobody but its author sees it until `Post.open_to_room`.
            at: when its words were first said, if that is not now.

        Raises:
            Http404: they left the room meanwhile.
            IntegrityError: the place `number` was taken at this moment.
        """
        now = at or timezone.now()
        row = Post(
            id=post_id or uuid.uuid4(), space=self.space, author=self.person, kind=kind,
            parent=parent, number=number, day=day, created_at=now, updated_at=now,
            opened_at=None if hidden else now,
        )  # fmt: skip
        with transaction.atomic():
            # Leaving deletes this row: whoever leaves at this moment waits, or we find nothing.
            if Membership.objects.hold(self.person, self.space.pk) is None:
                raise Http404
            if known := self._sent_before(row, body):
                return known
            if Post.objects.is_taken(row.pk):
                # A page gone back to and written anew, or an id that is somebody else's.
                row.pk = uuid.uuid4()
            return self._insert(row, body)

    def _insert(self, row: Post, body: dict[str, Any]) -> Post:
        self.keyring.admit([row.pk])
        try:
            with transaction.atomic():
                row.sealed_body = self.keyring.seal(row, "body", body, space=row.pk)
                row.save(force_insert=True)
        except IntegrityError:
            # The same button twice at one moment.
            if known := self._sent_before(row, body):
                return known
            raise
        return row

    def _sent_before(self, row: Post, body: dict[str, Any]) -> Post | None:
        """Return the post of this id, if this person sent the same words here before."""
        known = Post.objects.hold(self.person, row.pk)
        if known is None or (known.space_id, known.kind) != (self.space.pk, row.kind):
            return None
        self.keyring.admit([known.pk])
        return known if known.body(self.keyring) == body else None

    def rewrite(
        self, post_id: uuid.UUID, body: dict[str, Any], *, day: date | None = None,
        base: int | None = None,
    ) -> Post:  # fmt: skip
        """Replace the words of a post of this person's own, here, and its day where one is given.

        Args:
            base: the version that the page changes; the same words twice are one change.

        Raises:
            Http404: it is not theirs, not here, or taken back meanwhile.
            Changed: it is of another version by now, with other words.
        """
        with transaction.atomic():
            if Membership.objects.hold(self.person, self.space.pk) is None:
                raise Http404
            row = Post.objects.hold(self.person, post_id)
            if row is None or row.space_id != self.space.pk:
                raise Http404
            self.keyring.admit([row.pk])
            if base is not None and row.version != base:
                if (now := row.body(self.keyring)) != body:
                    raise Changed(now, row.version)
                return row
            row.sealed_body = self.keyring.seal(row, "body", body, space=row.pk)
            row.version += 1
            row.updated_at = timezone.now()
            row.day = day or row.day
            row.save(update_fields=["sealed_body", "version", "updated_at", "day"])
        return row


def is_closed(space: Space, members: Iterable[Membership]) -> bool:
    """Whether a room was open and has lost one of the two it is for."""
    needed = sorted(Membership.ROLES[space.kind])
    here = sorted(row.role for row in members if row.role in needed)
    return space.opened_at is not None and here != needed


def rooms_of(person: Person) -> list[Room]:
    """Return all rooms of a person, in two queries, the latest first."""
    mine = [row for row in Membership.objects.of(person) if not row.lapsed]
    beside: dict[uuid.UUID, list[Membership]] = {}
    for row in (one for one in Membership.objects.beside(person) if not one.lapsed):
        beside.setdefault(row.space_id, []).append(row)
    # One keyring for all of them: these are the rooms they are in now.
    keyring = Keyring.of(person, {me.space_id for me in mine})
    return [Room(person, me.space, me, beside.get(me.space_id, [me]), keyring) for me in mine]
