"""Progress cards: what a client's own doing publishes of what they show, and nothing else.

`publish` compares what the client shows with the cards that are there, and writes those that are
missing. It runs with the client's own keys after something they did, so no card is ever made by a
clock, by the coach, or of anything that is not shown at that moment. A card is never changed: a
newer one takes its place, and the old one's key is destroyed.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from journal.coaching.models import (
    ACTIVE,
    CARD_OF,
    CARDS,
    DIALS,
    KEPT,
    PATH,
    ROOM,
    Showing,
    Withheld,
    monday_of,
)
from journal.entries.models import DIALLED, Entry, EntryQuerySet
from journal.relationships.models import PathStep
from journal.relationships.story import DIALS as SCALES
from journal.spaces.handing_models import Handing
from journal.spaces.handing_over import remember
from journal.spaces.models import Membership, Post, PostQuerySet
from journal.spaces.room import Room
from journal.vault.asking import Asking
from journal.vault.keyring import Keyring
from steps import catalogue

AT_ONCE = 50


def publish(request: Asking) -> None:
    """Publish what is missing of all that the person who asks shows to coaches now."""
    spaces = {row.space_id for row in Showing.objects.published(request.user)}
    for space_id in spaces:
        with transaction.atomic():
            # Held, so that nothing is published twice at once, or after its item has ended.
            if Membership.objects.hold(request.user, space_id) is None:
                continue
            room = Room.of_person(request.user, space_id)
            for showing in Showing.objects.published(request.user).filter(space=space_id):
                PUBLISHED[showing.item](room, showing, request.keyring)


def publish_path(room: Room, showing: Showing, keyring: Keyring) -> None:
    """Publish what the client said of each step, where it is newer than its card."""
    if showing.about is None:
        return
    numbers = {key: at for at, key in enumerate(catalogue.get().steps, start=1)}
    cards: dict[int | None, Post] = {post.number: post for post in _cards(room, PATH)}
    for row in PathStep.objects.walked_in(showing.about):
        number = numbers.get(row.step.key)
        card = cards.get(number)
        if number is None or (card and card.created_at > row.changed_at):
            continue
        day = timezone.localtime(row.changed_at).date()
        state = row.read(keyring)["state"]
        body = {"step": row.step.key, "state": state, "day": day.isoformat()}
        _replace(room, PATH, number, card, body, day)


def publish_dials(room: Room, showing: Showing, keyring: Keyring) -> None:
    """Publish the numbers of check-ins finished since they are shown, and renew changed ones."""
    cards = _handed(room, DIALS)
    same = cards.filter(entry_version=F("entry__version"))
    wanted = _finished(room, showing).checkins().exclude(pk__in=same.values("entry"))
    for entry in _not_withheld(wanted, showing):
        for old in cards.filter(entry=entry):
            old.post.take_back()
        answers = entry.body(keyring)["answers"]
        numbers = {key: answers[key] for key in SCALES if answers.get(key) in range(1, 8)}
        day = timezone.localtime(entry.created_at).date()
        body = {"numbers": numbers, "day": day.isoformat()}
        _hand(room, DIALS, keyring, entry, body, day)


def publish_kept(room: Room, showing: Showing, keyring: Keyring) -> None:
    """Publish the names of exercises finished since they are shown."""
    known = _handed(room, KEPT).values("entry")
    guide = catalogue.get().exercises
    wanted = _finished(room, showing).filter(exercise__key__in=set(guide) - {DIALLED})
    for entry in _not_withheld(wanted.exclude(pk__in=known), showing):
        key = entry.exercise.key if entry.exercise else ""
        day = timezone.localtime(entry.finished_at).date()
        body = {"exercise": key, "title": guide[key].title, "day": day.isoformat()}
        _hand(room, KEPT, keyring, entry, body, day)


def publish_week(room: Room, showing: Showing, keyring: Keyring) -> None:
    """Publish this week as the one in which the client last kept something."""
    week = monday_of(timezone.localdate())
    card = _cards(room, ACTIVE).first()
    if card is None or card.day != week:
        _replace(room, ACTIVE, 1, card, {"week": week.isoformat()}, week)


PUBLISHED: dict[str, Callable[[Room, Showing, Keyring], None]] = {
    PATH: publish_path,
    DIALS: publish_dials,
    KEPT: publish_kept,
    ACTIVE: publish_week,
}


def _cards(room: Room, item: str) -> PostQuerySet:
    mine = Post.objects.written_by(room.person)
    return mine.filter(space=room.space, kind=CARD_OF[item])


def _replace(
    room: Room, item: str, number: int, card: Post | None, body: dict[str, Any], day: date
) -> None:
    if card is not None:
        card.take_back()
    room.write(CARD_OF[item], body, number=number, day=day)


def _hand(
    room: Room, item: str, keyring: Keyring, entry: Entry, body: dict[str, Any], day: date
) -> None:
    # The writer's record of a copy, so that a page that is deleted takes its card along.
    remember(room.person, keyring, entry, room, room.write(CARD_OF[item], body, day=day))


def _finished(room: Room, showing: Showing) -> EntryQuerySet:
    # Exercises of tools may be done with nobody in mind; they are shown with those that are meant.
    meant = Q(relationship=None) | Q(relationship=showing.about_id)
    mine = Entry.objects.written_by(room.person).filter(meant, finished_at__gte=showing.given_at)
    return mine.select_related("exercise").order_by("finished_at", "id")


def _not_withheld(entries: EntryQuerySet, showing: Showing) -> EntryQuerySet:
    return entries.exclude(pk__in=Withheld.objects.of(showing).values("entry"))[:AT_ONCE]


def _handed(room: Room, item: str) -> QuerySet[Handing]:
    mine = Handing.objects.by(room.person)
    return mine.filter(post__space=room.space, post__kind=CARD_OF[item])


def sweep() -> int:
    """Destroy the cards whose item is shown no more, for the daily clearing; return how many.

    Nobody finds them any longer; this makes sure that nobody ever opens one from a copy of the
    database.
    """
    gone = 0
    for row in Showing.objects.spent():
        kinds = CARDS if row.item == ROOM else [CARD_OF[row.item]]
        mine = Post.objects.written_by(row.client_id)
        gone += mine.filter(space=row.space_id, kind__in=kinds).take_back()
    return gone
