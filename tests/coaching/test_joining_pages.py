"""How client and coach come together: invitations from either, and the word item by item."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from journal.coaching import consent
from journal.coaching.models import CARDS, PROFILE, CoachProfile, Showing
from journal.spaces.models import Membership, Post, Space
from journal.vault.keyring import Keyring
from tests.rooms import a_waiting_room, lock_twice, room_for, work_together

SHOW = {"items": ["path", "kept"], "days": "90", "about": ""}


def link_on(page: Any) -> str:
    found = re.search(r"(/invitations/[\w-]+/)", page.content.decode())
    assert found
    return found[1]


def test_a_client_invites_a_coach_and_says_at_once_what_they_will_see(people, browser, browser_of):
    lock_twice(people["cleo"])
    sent = browser.post(
        "/coaching/new/", {"called": "A.", "note": "Would you?", **SHOW}, follow=True
    )
    token = link_on(sent)
    coach = browser_of(people["cleo"])
    assert b"Would you?" in coach.get(token).content
    came = coach.post(f"{token}join/", {"called": "Cleo"})
    [row] = Membership.objects.of(people["cleo"])
    assert came.headers["Location"] == f"/coaching/{row.space_id}/arrived/"
    assert row.role == Membership.COACH
    shown = {one.item for one in Showing.objects.to_coach(people["cleo"])}
    assert shown == {"room", "path", "kept"}
    page = browser.get(f"/coaching/{row.space_id}/").content.decode()
    assert "Cleo sees what you chose" in page


def test_a_coach_invites_a_client_who_sees_who_asks_and_chooses(people, browser, browser_of):
    cleo = people["cleo"]
    lock_twice(cleo)
    said = {"name": "Cleo Marsh", "qualifications": "Ten years", "languages": "en", "way": "Slowly"}
    CoachProfile.keep(cleo, Keyring.of(cleo), said)
    sent = browser_of(cleo).post("/coaching/clients/invite/", {"called": "Cleo"}, follow=True)
    token = link_on(sent)
    page = browser.get(token).content.decode()
    assert "Ten years" in page
    assert "Nobody here has checked them" in page
    came = browser.post(f"{token}join/", {"called": "Ana"}, follow=True)
    assert "What may Cleo see?" in came.content.decode()
    assert not Showing.objects.to_coach(cleo).exists(), "coming in shows nothing"
    [row] = Membership.objects.of(people["ana"])
    browser.post(f"/coaching/{row.space_id}/show/", {"items": ["active"], "days": "30"})
    live = {one.item: one for one in Showing.objects.to_coach(cleo)}
    assert set(live) == {"room", "active"}
    days = (live["active"].expires_at - timezone.now()).days
    assert days in {29, 30}
    assert Post.objects.visible_to(people["ana"]).filter(kind=PROFILE).exists()


def test_what_is_shown_is_not_ticked_beforehand_and_lasts_ninety_days(people, browser):
    page = browser.get("/coaching/new/").content.decode()
    assert not re.search(r'name="items"[^>]*checked', page)
    assert re.search(r'value="90"[^>]*checked', page)


def test_each_item_says_what_it_shows_and_what_it_does_not(people, browser, space):
    from journal.coaching.consent import WORDS

    consent.narrow(room_for(people["ana"], space), "room")
    page = browser.get(f"/coaching/{space.pk}/show/").content.decode()
    for item in WORDS.values():
        assert item.shows in page
        assert item.hides in page


def test_what_is_shown_already_names_the_day_since_when(people, browser, space):
    """“From today on” was the day on which it was said."""
    given = timezone.now() - timedelta(days=40)
    Showing.objects.by(people["ana"]).update(given_at=given)
    day = timezone.localtime(given)
    for address in (f"/coaching/{space.pk}/", f"/coaching/{space.pk}/show/"):
        page = browser.get(address).content.decode()
        assert f"each check-in since {day.day} {day:%B %Y}" in page
        assert "today" not in page[page.index("<main") : page.index("</main")]


def test_renewing_after_it_has_run_out_shows_it_again(people, browser, space):
    gone = timezone.now() - timedelta(minutes=1)
    Showing.objects.by(people["ana"]).update(expires_at=gone)
    page = browser.get(f"/coaching/{space.pk}/").content.decode()
    assert "sees nothing of you just now" in page
    page = browser.get(f"/coaching/{space.pk}/show/").content.decode()
    assert not re.search(r'name="items"[^>]*checked', page), "what has run out is a question again"
    assert "finds nothing of you at all" in page
    assert not Showing.objects.to_coach(people["cleo"]).exists()
    browser.post(f"/coaching/{space.pk}/show/", SHOW)
    assert {one.item for one in Showing.objects.to_coach(people["cleo"])} == {
        "room",
        "path",
        "kept",
    }


def test_an_invitation_can_be_withdrawn(people, browser):
    sent = browser.post("/coaching/new/", {"called": "A.", **SHOW}, follow=True)
    token = link_on(sent)
    [row] = Membership.objects.of(people["ana"])
    browser.post(f"/coaching/{row.space_id}/invitation/", {"then": "withdraw"})
    assert browser.get(token).status_code == 404
    assert not Membership.objects.of(people["ana"]).exists()


def test_a_fresh_link_makes_the_old_one_open_nothing(people, browser):
    sent = browser.post("/coaching/new/", {"called": "A.", **SHOW}, follow=True)
    old = link_on(sent)
    [row] = Membership.objects.of(people["ana"])
    again = browser.post(f"/coaching/{row.space_id}/invitation/", {"then": "renew"}, follow=True)
    assert link_on(again) != old
    assert browser.get(old).status_code == 404


def test_who_is_no_coach_is_told_how_to_become_one(people, stranger):
    _, token = a_waiting_room(people["ana"], Space.COACHING, Membership.CLIENT)
    answer = stranger.post(f"/invitations/{token}/join/", {"called": "Stan"})
    assert answer.headers["Location"] == "/you/coach/"
    assert not Membership.objects.of(people["stan"]).exists()


def test_a_coach_without_a_second_factor_comes_into_no_room(people, browser_of):
    _, token = a_waiting_room(people["ana"], Space.COACHING, Membership.CLIENT)
    answer = browser_of(people["cleo"]).post(f"/invitations/{token}/join/", {"called": "Cleo"})
    assert answer.headers["Location"] == "/you/coach/"
    assert not Membership.objects.of(people["cleo"]).exists()


def test_the_introduction_is_handed_over_once_and_by_the_coach(people, browser_of, space):
    cleo = people["cleo"]
    coach = browser_of(cleo)
    assert coach.get(f"/coaching/{space.pk}/arrived/").headers["Location"] == "/you/coach/"
    CoachProfile.keep(cleo, Keyring.of(cleo), dict.fromkeys(CoachProfile.FIELDS, "Cleo Marsh"))
    for _ in range(2):
        coach.post(f"/coaching/{space.pk}/arrived/")
    room = room_for(people["ana"], space)
    [(_, body)] = room.read(room.posts.filter(kind=PROFILE))
    assert body["name"] == "Cleo Marsh"


@pytest.mark.parametrize("bad", [{"days": "9000"}, {"items": ["journal"]}, {"about": "x"}])
def test_nonsense_is_refused_and_changes_nothing(people, browser, space, bad):
    before = list(Showing.objects.by(people["ana"]).order_by("pk").values_list())
    answer = browser.post(f"/coaching/{space.pk}/show/", {**SHOW, **bad})
    assert answer.status_code == 422
    assert list(Showing.objects.by(people["ana"]).order_by("pk").values_list()) == before


def test_of_several_relationships_only_the_one_that_is_meant_is_shown(people, browser, mending):
    from journal.relationships.models import Relationship
    from journal.relationships.story import Story

    ana = people["ana"]
    other = Relationship.begin(ana, Keyring.of(ana), Story(name="Ivo", kind="friend"))
    space = work_together(ana, people["cleo"], mending, ["path"])
    assert {row.about for row in Showing.objects.by(ana).filter(item="path")} == {mending}
    browser.post(f"/coaching/{space.pk}/show/", {**SHOW, "about": str(other.pk)})
    assert {row.about for row in Showing.objects.by(ana).filter(item="path")} == {other}
    assert not Post.objects.written_by(ana).filter(kind__in=CARDS, kind="card-path").exists()
