"""Agreements: worded together by turns, signed by both on the very same wording, or ended by one.

What holds between the two is what both signed last. A new wording on the table changes nothing
until both have signed it, too. How a day went everybody notes for themselves alone.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import Http404
from django.utils import timezone

from journal.spaces.models import Membership, Post
from journal.spaces.room import Room
from journal.together import seen
from journal.together.forms import FORTNIGHT, KEPT, MISSED
from journal.together.models import Agreement, Signature

WORDING = "wording"
TURNS = 12
PAGE = 20
TITLES = {
    Agreement.PROMISE: "A promise, as you worded it",
    Agreement.FULL_JAR: "When the jar is full, as you worded it",
}


class Reworded(Exception):
    """It was worded anew since this page was opened: the new wording must be seen first."""


class Ended(Exception):
    """It has ended meanwhile."""


@dataclass
class Pact:
    """One agreement as a member finds it."""

    room: Room
    row: Agreement
    words: Post | None
    signatures: list[Signature]

    @property
    def id(self) -> uuid.UUID:
        """Its id."""
        return self.row.pk

    @cached_property
    def url(self) -> str:
        """The address of its page."""
        return f"{self.room.url}agreements/{self.row.pk}/"

    @property
    def version(self) -> int:
        """Which wording is on the table."""
        return self.row.version

    @cached_property
    def agreed(self) -> list[Signature]:
        """This person's names under what both have signed, the first wording first."""
        mine = [s for s in self.signatures if s.agreed_at and s.person_id == self.room.person.pk]
        return sorted(mine, key=lambda s: s.version)

    @property
    def held(self) -> Signature | None:
        """This person's name under what holds between the two, if anything does."""
        return self.agreed[-1] if self.agreed else None

    @cached_property
    def text(self) -> str:
        """What holds; before that, what is on the table."""
        held = self.held
        return str(held.copy(self.room.keyring)["text"]) if held else self.on_table

    @cached_property
    def on_table(self) -> str:
        """The wording on the table; "" where this person may not see it."""
        return str(self.words.body(self.room.keyring)["text"]) if self.words else ""

    @property
    def open(self) -> bool:
        """Whether the wording on the table still waits for somebody's name."""
        return self.words is not None and (self.held is None or self.held.version != self.version)

    @property
    def worded_by(self) -> str:
        """Who put the wording on the table."""
        if self.words is None:
            return ""
        mine = self.words.author_id == self.room.person.pk
        return "you" if mine else self.room.names.get(self.words.author_id, "the other")

    @property
    def signed_by_me(self) -> bool:
        """Whether this person has signed the wording on the table."""
        me = self.room.person.pk
        return any(s.person_id == me and s.version == self.version for s in self.signatures)

    @property
    def signed_by_other(self) -> bool:
        """Whether the other has signed the wording on the table."""
        me = self.room.person.pk
        return any(s.person_id != me and s.version == self.version for s in self.signatures)

    @property
    def under(self) -> str:
        """The line under it."""
        if self.held and self.held.agreed_at:
            return f"Signed by both of you, {day_words(self.held.agreed_at)}"
        if self.signed_by_me:
            return "You have signed. It holds once both have."
        if self.signed_by_other:
            return "It waits for your name, or for better words."
        return f"On the table, worded by {self.worded_by}. Nobody has signed yet."

    @cached_property
    def days(self) -> dict[str, str]:
        """How it went, as this person noted it; a new wording goes on with the same thread."""
        noted: dict[str, str] = {}
        for one in self.agreed:
            noted |= one.days(self.room.keyring)
        return {day: said for day, said in noted.items() if said}

    @cached_property
    def stitches(self) -> list[str]:
        """The last fourteen days as stitches; today waits until something is said of it.

        Days before it was signed are bare: nothing was missed on them.
        """
        days = self.days
        drawn = [
            days.get(day.isoformat()) or ("" if day >= self.since else "before")
            for day in reversed(self.fortnight)
        ]
        return [*drawn[:-1], drawn[-1] if days.get(self.fortnight[0].isoformat()) else "today"]

    @property
    def since(self) -> date:
        """The day from which it holds, in whatever wording."""
        begun = self.agreed[0].agreed_at if self.agreed else None
        return timezone.localdate(begun) if begun else timezone.localdate()

    @cached_property
    def fortnight(self) -> list[date]:
        """The last fourteen days, today first."""
        today = timezone.localdate()
        return [today - timedelta(days=ago) for ago in range(FORTNIGHT)]

    @property
    def kept(self) -> str:
        """How often, in words; one's own days only."""
        said = [one for one in self.stitches if one in (KEPT, MISSED)]
        if not said:
            return "No day noted yet"
        return f"Kept {said.count(KEPT)} of {len(said)} day{'s' if len(said) > 1 else ''} you noted"

    @property
    def choices(self) -> list[dict[str, Any]]:
        """The days to speak of, today first: of the last fourteen those on which it held."""
        days = self.days
        return [
            {
                "value": day.isoformat(),
                "label": ", ".join(filter(None, [day_name(day, ago), days.get(day.isoformat())])),
            }
            for ago, day in enumerate(self.fortnight)
            if day >= self.since or day.isoformat() in days
        ]


def day_name(day: date, ago: int) -> str:
    """Return a day as a list of days says it."""
    return ("Today", "Yesterday")[ago] if ago < 2 else f"{day:%A} {day.day} {day:%B}"


def day_words(moment: datetime) -> str:
    """Return a moment's day, where the reader is."""
    local = timezone.localtime(moment)
    year = "" if local.year == timezone.localdate().year else f" {local.year}"
    return f"{local.day} {local:%B}{year}"


@dataclass
class Agreed:
    """What the room's page shows of agreements: the newest promises, and what is for the jar."""

    pacts: list[Pact]

    @cached_property
    def held(self) -> list[Pact]:
        """The promises that hold."""
        return [one for one in self.pacts if one.held]

    @cached_property
    def on_table(self) -> list[Pact]:
        """The promises that nobody is held to yet, where this person may see the wording."""
        promises = [one for one in self.pacts if one.row.kind == Agreement.PROMISE]
        return [one for one in promises if not one.held and one.text]

    @property
    def shown(self) -> list[Pact]:
        """The promises on the room's page: what holds, and then what is on the table."""
        return self.held[: seen.HELD] + self.on_table[: seen.OPEN]

    @property
    def more(self) -> bool:
        """Whether there are more than these."""
        return len(self.held) > seen.HELD or len(self.on_table) > seen.OPEN

    @property
    def wish(self) -> Pact | None:
        """What is worded for the full jar, if anything is."""
        return next((one for one in self.pacts if one.row.kind == Agreement.FULL_JAR), None)


def pacts(
    room: Room, rows: list[Agreement], posts: list[Post], signed: Iterable[Signature]
) -> list[Pact]:
    """Put agreements of a room together with their wordings and names.

    Args:
        posts: posts this person may see, the wordings among them.
        signed: the names under any wording of these.
    """
    words = {row.pk: row for row in posts}
    names: dict[uuid.UUID | None, list[Signature]] = {}
    for one in signed:
        names.setdefault(one.agreement_id, []).append(one)
    return [
        Pact(room, row, words.get(row.words_id) if row.words_id else None, names.get(row.pk, []))
        for row in rows
    ]


def page_of(room: Room, after: uuid.UUID | None) -> tuple[list[Pact], str]:
    """Return a page of what goes on, the newest first, and the id to go on after ("" at the end).

    `after`: the last one of the page before; one that is gone begins at the newest.
    """
    promises = Agreement.objects.in_room(room.space).filter(kind=Agreement.PROMISE)
    if room.me.paused:
        reaching = Agreement.objects.reaching(room.person, room.space)
        promises = reaching.filter(kind=Agreement.PROMISE)
    last = Agreement.objects.one_in(room.space, after) if after else None
    if last is not None:
        at = last.begun_at
        promises = promises.filter(Q(begun_at__lt=at) | Q(begun_at=at, pk__lt=last.pk))
    found = list(promises[: PAGE + 1])
    rows = found[:PAGE]
    posts = room.admit(room.posts.filter(pk__in=[row.words_id for row in rows]))
    shown = pacts(room, rows, posts, Signature.objects.under([row.pk for row in rows]))
    return [one for one in shown if one.text], str(rows[-1].pk) if len(found) > PAGE else ""


def one_pact(room: Room, agreement_id: uuid.UUID) -> Pact:
    """Return one promise of a room; raises Http404."""
    row = Agreement.objects.one_in(room.space, agreement_id)
    if row is None:
        raise Http404
    words = room.posts.filter(pk=row.words_id).first() if row.words_id else None
    pact = Pact(room, row, words, list(Signature.objects.to(row)))
    if words is None and pact.held is None:
        raise Http404
    room.admit([words] if words else [])
    return pact


def earlier(room: Room, pact: Pact) -> list[Post]:
    """Return the wordings that were on the table before, the latest first; opened later."""
    turns = room.posts.filter(Q(pk=pact.id) | Q(parent=pact.id), kind=WORDING)
    found = turns.exclude(pk__in=[pact.row.words_id]).newest()[:TURNS]
    return room.admit(found)


def propose(room: Room, kind: str, text: str, post_id: uuid.UUID) -> Agreement:
    """Put a first wording on the table; the same id twice is one agreement.

    Raises:
        Http404: the person is not in the room any more.
        Reworded: the other has begun the one for the full jar at this moment.
    """
    with transaction.atomic():
        words = room.write(WORDING, {"title": TITLES[kind], "text": text}, post_id=post_id)
        known = Agreement.objects.hold(room.space, words.pk)
        if known is not None:
            return known
        row = Agreement(pk=words.pk, space=room.space, kind=kind, words=words)
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as error:
            raise Reworded from error
    return row


def reword(
    room: Room, agreement_id: uuid.UUID, text: str, base: int, post_id: uuid.UUID
) -> Agreement:
    """Put another wording on the table in place of version `base`; the same id twice is one.

    Raises:
        Http404: there is no such agreement, or the person is not in the room any more.
        Reworded: somebody has worded it anew meanwhile.
        Ended: it has ended meanwhile.
    """
    with transaction.atomic():
        row = held(room, agreement_id)
        if row.words_id == post_id:
            return row
        if row.version != base:
            if room.posts.filter(pk=post_id, author=room.person).exists():
                return row  # the same button once more, after the other had their turn
            raise Reworded
        body = {"title": TITLES[row.kind], "text": text}
        first = room.posts.filter(pk=row.pk).first()
        row.reword(room.write(WORDING, body, post_id=post_id, parent=first))
    return row


def held(room: Room, agreement_id: uuid.UUID) -> Agreement:
    """Return an agreement that goes on, locked, for somebody who is in the room and stays."""
    if Membership.objects.hold(room.person, room.space.pk) is None:
        raise Http404
    row = Agreement.objects.hold(room.space, agreement_id)
    if row is None:
        raise Http404
    if row.ended_at is not None:
        raise Ended
    return row


def sign(room: Room, agreement_id: uuid.UUID, version: int) -> bool:
    """Put a person's name under the wording they have seen; return whether both have signed now.

    Each signer seals a copy of their own, which stays with them whatever becomes of the room.

    Raises:
        Http404: there is no such promise, or the person is not in the room any more.
        Reworded: it was worded anew since, and the new wording must be seen first.
        Ended: it has ended meanwhile.
    """
    with transaction.atomic():
        row = held(room, agreement_id)
        words = room.posts.filter(pk=row.words_id).first() if row.words_id else None
        if words is None or row.kind != Agreement.PROMISE:
            raise Http404
        if row.version != version:
            raise Reworded
        room.admit([words])
        copy = {
            "text": words.body(room.keyring)["text"],
            "names": [room.names[one.person_id] for one in room.partners],
        }
        Signature.write(row, room.person, room.keyring, copy)
        signed = Signature.objects.to(row).filter(version=version)
        names = set(signed.values_list("person", flat=True))
        both = {one.person_id for one in room.partners}
        if len(both) > 1 and both <= names:
            Signature.objects.agree(row)
            return True
    return False


def end(room: Room, agreement_id: uuid.UUID) -> None:
    """End a promise, as either may at any moment; twice is once.

    Raises:
        Http404: there is no such promise, or the person is not in the room any more.
    """
    with transaction.atomic():
        try:
            row = held(room, agreement_id)
        except Ended:
            return
        if row.kind != Agreement.PROMISE:
            raise Http404
        row.end()


def say(room: Room, agreement_id: uuid.UUID, day: date, said: str) -> None:
    """Note how a day went, for oneself.

    Raises:
        Http404: there is no such promise, nothing holds yet, or the person is not in the room.
    """
    with transaction.atomic():
        row = Agreement.objects.one_in(room.space, agreement_id)
        mine = Signature.objects.hold(room.person, row) if row else None
        if mine is None:
            raise Http404
        mine.say(room.keyring, day, said)


def wish_of(room: Room) -> Pact | None:
    """Return what is worded for the full jar, if anything is; its words may be opened at once."""
    rows = Agreement.objects.in_room(room.space).filter(kind=Agreement.FULL_JAR)
    posts = room.admit(room.posts.filter(pk__in=rows.values("words")))
    return next(iter(pacts(room, list(rows), posts, ())), None)


def wish(room: Room, pact: Pact | None, text: str, base: int, post_id: uuid.UUID) -> None:
    """Word what is to happen when the jar is full, first or anew.

    Raises:
        Http404: the person is not in the room any more.
        Reworded: the other has worded it meanwhile.
    """
    if pact is None:
        propose(room, Agreement.FULL_JAR, text, post_id)
    else:
        reword(room, pact.id, text, base, post_id)
