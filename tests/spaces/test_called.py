"""How people are called in a room: nobody there can pass for somebody else."""

from typing import Any

import pytest

from journal.spaces.called import is_taken, visible
from journal.spaces.models import Membership, Space
from tests.conftest import Browser
from tests.rooms import a_waiting_room, bring_coach, lock_twice, token_for

LIKE_ANA = ["Ana", "ana ", "Aná", "A.n.a.", "A\u200bna", "Ａｎａ", "You", "you"]


@pytest.mark.parametrize("name", LIKE_ANA)
def test_whoever_comes_in_cannot_take_the_others_name(
    name: str, ana: Any, pia: Any, pias: Browser
) -> None:
    _, token = a_waiting_room(ana)
    answer = pias.post(f"/invitations/{token}/join/", {"called": name})
    assert answer.status_code == 422
    assert "another name in the room" in answer.text
    assert not Membership.objects.of(pia).exists()
    assert pias.post(f"/invitations/{token}/join/", {"called": "Ana’s Pia"}).status_code == 302


@pytest.mark.parametrize("name", LIKE_ANA)
def test_nobody_takes_the_others_name_later(name: str, bens: Browser, ben: Any, space: Space):
    answer = bens.post(f"/together/{space.pk}/you/", {"called": name})
    assert answer.status_code == 422
    assert "another name in the room" in answer.text
    assert bens.post(f"/together/{space.pk}/you/", {"called": "Benjamin"}).status_code == 302
    assert bens.post(f"/together/{space.pk}/you/", {"called": "benjamin"}).status_code == 302


def test_before_a_coach_neither_of_the_two_passes_for_the_other_nor_the_coach_for_them(
    browser: Browser, ana: Any, ben: Any, people: dict[str, Any], space: Space, browser_of: Any
) -> None:
    bring_coach(ana, ben, people["cleo"], space)
    assert browser.post(f"/together/{space.pk}/you/", {"called": "Cleo"}).status_code == 422
    assert browser.post(f"/together/{space.pk}/you/", {"called": "Ben"}).status_code == 422
    cleos = browser_of(people["cleo"])
    assert cleos.post(f"/together/{space.pk}/you/", {"called": "Ben"}).status_code == 422


def test_a_coach_cannot_come_in_under_the_name_of_the_one_who_did_not_invite(
    ana: Any, ben: Any, people: dict[str, Any], space: Space, browser_of: Any
) -> None:
    from journal.spaces import inviting
    from journal.spaces.guest_models import Consent

    lock_twice(people["cleo"])
    row = inviting.renew(ana, space.pk, Membership.COACH, inviting.Asked("Ana", "", "Cleo"))
    Consent.objects.give(row, ben)
    path = f"/invitations/{token_for(ana, space, Membership.COACH)}/join/"
    cleos = browser_of(people["cleo"])
    assert cleos.post(path, {"called": "ben"}).status_code == 422
    assert cleos.post(path, {"called": "Cleo"}).status_code == 302


@pytest.mark.parametrize("name", ["\u200b", "\u200d\u200d", "\u2060 \ufeff", "\u202e", " "])
def test_a_name_that_nobody_sees_is_none(name: str, browser: Browser, space: Space) -> None:
    answer = browser.post(f"/together/{space.pk}/you/", {"called": name})
    assert answer.status_code == 422
    assert "whatever they call you" in answer.text


def test_a_name_turns_no_line_around_and_keeps_what_its_script_needs() -> None:
    assert visible(" \u202eneB\u202c ") == "neB"
    assert visible("می\u200cناز") == "می\u200cناز"
    assert visible("👩\u200d🌾") == "👩\u200d🌾"


def test_names_are_told_apart_by_what_is_seen() -> None:
    assert is_taken("Ana", ["ANA"])
    assert not is_taken("Ana B.", ["Ana"])
    assert not is_taken("🌿", ["🌾"])
    assert is_taken("🌿", [" 🌿"])


def test_two_of_one_name_need_one_letter_more(
    people: dict[str, Any], ana: Any, browser_of: Any
) -> None:
    stan = people["stan"]
    stan.display_name = "Ana"
    stan.save()
    _, token = a_waiting_room(ana)
    theirs = browser_of(stan)
    shown = theirs.post(f"/invitations/{token}/join/", {"called": "Ana"})
    assert 'value="Ana"' in shown.text, "what was typed is still there"
    assert theirs.post(f"/invitations/{token}/join/", {"called": "Ana S."}).status_code == 302
