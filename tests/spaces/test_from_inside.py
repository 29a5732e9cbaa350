"""What somebody inside a room can do to the other by any address of it, with any form: nothing.

Ben is in the room, and so is a coach. They know every id that stands on a page, send whole forms
to every address, and go by ids of Ana's. Nothing of hers is read, changed, opened or taken away.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.test import Client
from django.utils import timezone

from journal.entries.writing import Draft, keep
from journal.spaces.models import Membership, Post, Space
from journal.together import agreements, listening, question
from journal.together.models import Agreement, Bookmark
from journal.together.talk_models import Talk
from journal.vault.keyring import Keyring
from journal.vault.models import DataKey
from tests.house.addresses import PRIVATE, Things, private
from tests.house.test_doors import seen, takes
from tests.house.test_rooms_look_at_nothing_private import built_on_rooms
from tests.rooms import bring_coach, room_for

SECRET = "A-heron-on-the-weir"
# A member may end what is the room's own, and an answer opens the other's: both know that before
# they write, and tests of those pages hold it.
OURS = {"room_leave", "talk_wish", "agreement_end", "room_answer"}
# What only its writer has: for the other partner there is no such page.
HERS_ALONE = {
    "hand_over", "hand_over_to", "copy", "copy_take_back", "room_take_back", "plan_move",
    "plan_off",
}  # fmt: skip
INSIDE = ("kim", "cleo")
FORMS: tuple[dict[str, str], ...] = (
    {"text": "Mine now.", "said": "read", "then": "yes", "for": "week", "act": "say"},
    {"text": "Mine now.", "said": "kept", "then": "renew", "act": "heard", "wish": "keep"},
    {"text": "Mine now.", "said": "yes", "then": "longer", "act": "fits", "minutes": "60"},
    {"text": "", "said": "", "then": "withdraw", "for": "none", "act": "stop", "again": "1"},
)
EVERYWHERE = {
    "called": "Kimberley", "title": "Mine", "count": "1", "words_0": "Mine now.", "base": "1",
    "version": "1", "what": "Mine", "time": "19:00", "phones": "", "device": "one",
}  # fmt: skip


@pytest.fixture
def things(ana: Any, page: Any, people: dict[str, Any]) -> Things:
    """Everything that Ana has, with an answer that waits sealed and much else in her room."""
    found = Things.of_ana(ana, page)
    keep(ana, Keyring.of(ana), Draft(uuid.uuid4(), uuid.uuid4(), 0, title=SECRET, text=SECRET))
    kim = type(ana).objects.get(email="kim@example.org")
    space = Space.unscoped.get(pk=found.space)
    bring_coach(ana, kim, people["cleo"], space)
    room, kims = room_for(ana, space), room_for(kim, space)
    question.answer(room, found.question, SECRET, 0, uuid.uuid4())
    Bookmark.objects.of(room.me).put(room.keyring, passed="2026-01-05", names="Kim")
    held = agreements.propose(room, Agreement.PROMISE, "We open the post.", uuid.uuid4())
    for one in (room, kims):
        agreements.sign(one, held.pk, 1)
    for one in (room, kims):
        agreements.say(one, held.pk, timezone.localdate(), "missed")
    listening.take_turn(room, found.talk, "say", "The stairs.", 1, uuid.uuid4())
    return replace(found, agreement=held.pk)


def owned_by(person: Any) -> Iterator[tuple[str, Any]]:
    """Yield every row of the journal that is a person's own, with the table it stands in.

    Where a talk stands is of both: its turns are each person's own.
    """
    user = settings.AUTH_USER_MODEL
    for model in set(apps.get_app_config("journal").get_models()) - {Talk}:
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey) and field.related_model is not None:
                label = field.related_model._meta.label
                if label in (user, "journal.Membership"):
                    way = field.name if label == user else f"{field.name}__person"
                    for row in model._base_manager.filter(**{way: person}).values_list():
                        yield model.__name__, tuple(map(str, row))


def forms(things: Things, ana: Any) -> Iterator[dict[str, str]]:
    """Yield whole forms, with fresh ids and with hers."""
    day = (timezone.localdate() + timedelta(days=2)).isoformat()
    mine = Post.objects.written_by(ana).filter(space=things.space)
    for post_id in (uuid.uuid4(), *mine.values_list("pk", flat=True)):
        for form in FORMS:
            coach = Membership.unscoped.get(space=things.space, role="coach").pk
            ids = {"post_id": str(post_id), "coach": str(coach), "day": day}
            yield {**EVERYWHERE, **form, **ids}


def addresses(things: Things) -> Iterator[tuple[str, str]]:
    """Yield (name, address) of every page of Ana's room and of her copies."""
    for name in sorted(built_on_rooms() & set(PRIVATE)):
        ours = "space_id" not in PRIVATE[name] or PRIVATE[name]["space_id"] == "space"
        if ours and name not in OURS:
            yield name, private(name, things)


def inside(who: str, ana: Any, browser_of: Callable[[Any], Client]) -> Client:
    return browser_of(type(ana).objects.get(email=f"{who}@example.org"))


@pytest.mark.parametrize("who", INSIDE)
def test_nobody_inside_reads_changes_or_takes_away_anything_of_hers(
    who: str, things: Things, ana: Any, browser_of: Callable[[Any], Client]
) -> None:
    asking = inside(who, ana, browser_of)
    before = sorted(owned_by(ana))
    keys = set(DataKey.objects.filter(author=ana).values_list("pk", flat=True))
    assert len(before) > 20
    some = list(forms(things, ana))
    for at, (name, address) in enumerate(addresses(things)):
        if takes(name, "GET"):
            answer = asking.get(address)
            assert answer.status_code < 500, name
            assert SECRET.encode() not in answer.content, name
        # Every form to every address would take minutes: every kind of form, and ids by turns.
        for form in some[at % 4 :: 3] if takes(name, "POST") else ():
            answer = asking.post(address, form)
            assert answer.status_code < 500, (name, form)
            assert SECRET.encode() not in answer.content, (name, form)
    after = sorted(owned_by(ana))
    missing = [row for row in before if row not in after]
    assert not missing
    assert keys <= set(DataKey.objects.filter(author=ana).values_list("pk", flat=True))


@pytest.mark.parametrize("who", INSIDE)
def test_what_only_its_writer_has_is_no_page_for_somebody_inside(
    who: str, things: Things, ana: Any, browser_of: Callable[[Any], Client]
) -> None:
    asking = inside(who, ana, browser_of)
    asking.get("/no-such-page/")  # a form's token is in the session now
    absent = replace(Things.of_nobody(), space=things.space)
    form = next(forms(things, ana))
    for name in sorted(HERS_ALONE):
        for method in ("get", "post"):
            if takes(name, method.upper()):
                there, nowhere = (
                    getattr(asking, method)(private(name, one), form) for one in (things, absent)
                )
                assert seen(there) == seen(nowhere), (method, name)
                assert there.status_code == 404, (method, name)
