"""Where copies stand: only those are named who can read them at this moment."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from journal.coaching import consent
from journal.entries.models import Entry
from journal.spaces import leaving
from journal.spaces.handing_over import remember
from journal.spaces.models import Membership, Post, Space
from journal.vault.keyring import Keyring
from tests.conftest import Browser
from tests.journal.posting import words
from tests.rooms import bring_coach, room_for, work_together

pytestmark = pytest.mark.django_db


def hand(ana: Any, page: Entry, space: Space) -> Post:
    """Hand Ana's page into one of her rooms."""
    room = room_for(ana, space)
    post = room.write(Post.COPY, {"title": "", "parts": [{"ask": "", "words": "x"}], "text": "x"})
    remember(ana, Keyring.of(ana), page, room, post)
    return post


def said(browser: Browser, page: Entry, post: Post) -> list[str]:
    """Return what each page says of the copy of a page."""
    own = [f"/journal/{page.pk}/{rest}" for rest in ("", "hand-over/", "delete/")]
    addresses = [*own, "/you/handed-over/", f"/journal/{page.pk}/copies/{post.pk}/"]
    # What follows that question is about another copy, not handed over yet.
    return [words(browser.get(one)).partition("Into which room?")[0] for one in addresses]


def named(pages: list[str], name: str) -> list[bool]:
    return [name in text for text in pages]


EVERYWHERE, NOWHERE = [True] * 5, [False] * 5


@pytest.fixture
def cleo(people: dict[str, Any]) -> Any:
    return people["cleo"]


@pytest.mark.parametrize("how", ["left", "lapsed", "shown out"])
def test_a_coach_who_can_read_no_more_is_not_named(
    browser: Browser, ana: Any, ben: Any, cleo: Any, page: Entry, space: Space, how: str
) -> None:
    bring_coach(ana, ben, cleo, space)
    post = hand(ana, page, space)
    before = said(browser, page, post)
    assert named(before, "Ben and Cleo") == EVERYWHERE
    coach = Membership.unscoped.get(space=space, role=Membership.COACH)
    if how == "left":
        leaving.leave(cleo, space.pk)
    elif how == "lapsed":
        Membership.unscoped.filter(pk=coach.pk).update(stays_until=timezone.now())
    else:
        leaving.show_out(ana, space.pk, coach.pk)
    after = said(browser, page, post)
    assert (named(after, "Ben"), named(after, "Cleo")) == (EVERYWHERE, NOWHERE)


def test_a_coach_who_came_after_it_does_not_read_it(
    browser: Browser, ana: Any, ben: Any, cleo: Any, page: Entry, space: Space
) -> None:
    post = hand(ana, page, space)
    bring_coach(ana, ben, cleo, space)
    assert not Post.objects.visible_to(cleo).exists()
    pages = said(browser, page, post)
    assert (named(pages, "Ben"), named(pages, "Cleo")) == (EVERYWHERE, NOWHERE)


def test_somebody_goes_by_the_name_they_have_now(
    browser: Browser, ana: Any, ben: Any, page: Entry, space: Space
) -> None:
    post = hand(ana, page, space)
    room = room_for(ben, space)
    room.me.rename(room.keyring, "Benedikt")
    assert named(said(browser, page, post), "Benedikt") == EVERYWHERE


def test_whoever_keeps_away_is_still_named_since_they_may_come_back(
    browser: Browser, ana: Any, ben: Any, page: Entry, space: Space
) -> None:
    post = hand(ana, page, space)
    room_for(ben, space).me.pause(timezone.now() + timedelta(days=7))
    assert named(said(browser, page, post), "Ben") == EVERYWHERE


def test_ones_own_coach_is_named_only_while_the_room_is_shown_to_them(
    browser: Browser, ana: Any, cleo: Any, page: Entry
) -> None:
    room = room_for(ana, work_together(ana, cleo))
    post = hand(ana, page, room.space)
    assert named(said(browser, page, post), "Cleo") == EVERYWHERE
    consent.narrow(room, "room")
    pages = said(browser, page, post)
    assert named(pages, "Cleo") == NOWHERE
    assert "Nobody just now" in pages[0] and "Nobody just now" in pages[1]
    assert "has closed" not in "".join(pages)


def test_a_stranger_finds_none_of_it(bens: Browser, ana: Any, page: Entry, space: Space) -> None:
    post = hand(ana, page, space)
    assert bens.get(f"/journal/{page.pk}/copies/{post.pk}/").status_code == 404
    assert bens.get(f"/journal/{uuid.uuid4()}/").status_code == 404
