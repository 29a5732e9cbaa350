"""How long a coach stays in a couple's room: ninety days, and longer only when both say so."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from journal import tasks
from journal.spaces.guest_models import Renewal
from journal.spaces.models import GUEST_FOR, Membership, Post, Space
from journal.spaces.room import rooms_of
from journal.together.models import PlanTime
from tests.conftest import Browser
from tests.rooms import bring_coach, room_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def cleo(people: dict[str, Any], ana: Any, ben: Any, space: Space) -> Any:
    """Cleo, who is the coach in the room of Ana and Ben."""
    bring_coach(ana, ben, people["cleo"], space)
    return people["cleo"]


def guest(space: Space) -> Membership:
    return Membership.unscoped.get(space=space, role=Membership.COACH)


def let_time_pass(space: Space) -> None:
    """Let a coach's time in a room be over."""
    over = timezone.now() - timedelta(seconds=1)
    Membership.unscoped.filter(pk=guest(space).pk).update(stays_until=over)


def agree(one: Browser, space: Space, then: str = "longer", stays: Any = None) -> str:
    address = f"/together/{space.pk}/coach/"
    said = {"then": then, "stays": str(stays or guest(space).stays_until)}
    assert one.post(address, said).status_code == 302
    return one.get(address).text


def test_a_coach_comes_for_ninety_days_and_nobody_else_for_a_time(cleo, space):
    left = guest(space).stays_until - timezone.now()
    assert timedelta(days=89) < left < timedelta(days=91)
    others = Membership.unscoped.filter(space=space).exclude(pk=guest(space).pk)
    assert {row.stays_until for row in others} == {None}


def test_whose_time_is_over_finds_nothing_with_their_next_request(
    ana, cleo, space, room, browser, browser_of
):
    post = room("ana").write(Post.NOTE, {"text": "Soup."})
    cleos = browser_of(cleo)
    addresses = ["", "since/0/", "questions/", "you/", "leave/", f"posts/{post.pk}/"]
    here = [f"/together/{space.pk}/{one}" for one in addresses]
    found = [cleos.get(one).status_code for one in here]
    assert 404 not in found
    let_time_pass(space)
    assert [cleos.get(one).status_code for one in here] == [404] * len(here)
    assert not Post.objects.visible_to(cleo).exists()
    assert rooms_of(cleo) == []
    assert str(space.pk) not in cleos.get("/together/").text
    assert str(space.pk) not in cleos.get("/").text
    ours = room_for(ana, space)
    assert [row.role for row in ours.others] == [Membership.PARTNER] and not ours.closed
    assert "Think about a coach" in browser.get(f"/together/{space.pk}/you/").text


def test_the_daily_clearing_shows_them_out_and_what_they_wrote_is_theirs(cleo, space, browser_of):
    room_for(cleo, space).write(Post.NOTE, {"text": "Try it for one week."})
    tasks.sweep_rooms()
    assert guest(space).person == cleo
    let_time_pass(space)
    tasks.sweep_rooms()
    assert not Membership.unscoped.filter(person=cleo).exists()
    assert "Bring it home" in browser_of(cleo).get("/together/").text


def test_they_stay_longer_when_both_have_said_so(ana, ben, cleo, space, browser, bens):
    soon = timezone.now() + timedelta(days=3)
    Membership.unscoped.filter(pk=guest(space).pk).update(stays_until=soon)
    assert "You would let them stay" in agree(browser, space)
    assert guest(space).stays_until == soon
    assert (
        "The other one of you would let them stay" in bens.get(f"/together/{space.pk}/coach/").text
    )
    assert "If both of you say so" in agree(bens, space)
    assert guest(space).stays_until > timezone.now() + GUEST_FOR - timedelta(hours=1)
    assert not Renewal.unscoped.exists()
    agree(bens, space, stays=soon)  # the button of the page from before, pressed twice
    assert not Renewal.unscoped.exists()


def test_a_yes_to_that_can_be_taken_back(cleo, space, browser, bens):
    before = guest(space).stays_until
    agree(browser, space)
    agree(browser, space, "not")
    agree(bens, space)
    assert guest(space).stays_until == before


def test_a_coach_cannot_let_themselves_stay(cleo, space, browser_of):
    said = {"then": "longer", "stays": str(guest(space).stays_until)}
    answer = browser_of(cleo).post(f"/together/{space.pk}/coach/", said)
    assert answer.status_code == 404 and not Renewal.unscoped.exists()


def test_somebody_whose_time_is_over_can_be_let_in_again(ana, ben, cleo, space):
    let_time_pass(space)
    bring_coach(ana, ben, cleo, space)
    assert not guest(space).lapsed


def test_a_calendar_forgets_the_plans_of_a_room_that_is_over(ana, cleo, space, room):
    plan = room("ana").write(Post.PLAN, {"what": "The lake."})
    PlanTime.objects.put(plan, timezone.now() + timedelta(days=2))
    assert PlanTime.objects.ahead_of(cleo).exists()
    let_time_pass(space)
    assert not PlanTime.objects.ahead_of(cleo).exists()
