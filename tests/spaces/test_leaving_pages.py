"""Leaving, keeping away, showing a coach out, and an account that is erased."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from journal.entries.models import Entry
from journal.spaces import inviting, leaving
from journal.spaces.guest_models import Consent
from journal.spaces.models import Block, Invitation, Membership, Post, Space
from journal.spaces.room import Room
from journal.vault.keyring import Keyring
from journal.vault.models import DataKey
from tests.conftest import Browser
from tests.rooms import a_room, a_waiting_room, bring_coach, token_for

Of = Callable[[str], Room]


def leave(browser: Browser, space: Space, **said: str) -> Any:
    return browser.post(f"/together/{space.pk}/leave/", said)


def at_home(person: Any) -> list[str]:
    """Return the texts of a person's journal, the oldest first."""
    mine = Entry.objects.written_by(person).order_by("created_at")
    return [row.body(Keyring.of(person))["text"] for row in mine]


def test_the_page_says_what_happens_to_what_before_the_button(
    browser: Browser, space: Space
) -> None:
    page = browser.get(f"/together/{space.pk}/leave/").text
    for words in (
        "gone for Ben at once",
        "both signed",
        "Reminders",
        "one line",
        "cannot be undone",
    ):
        assert words in page


def test_what_the_leaver_wrote_comes_home_and_is_gone_for_the_other(
    browser: Browser, ana: Any, room: Of, space: Space
) -> None:
    room("ana").write(Post.NOTE, {"text": "Soup is on the stove."})
    room("ana").write("marble", {"text": "Rang from a car park in the rain."}, number=1)
    room("ben").write(Post.NOTE, {"text": "Thank you."})
    leave(browser, space)
    [text] = at_home(ana)
    assert "Soup is on the stove." in text and "car park" in text
    assert "Thank you." not in text
    bens = room("ben")
    assert [body["text"] for _, body in bens.read(bens.posts)] == ["Thank you."]
    assert not DataKey.objects.filter(author=ana, space__isnull=False).exists()


def test_whoever_left_finds_no_room_any_more(browser: Browser, space: Space) -> None:
    leave(browser, space)
    for page in ("", "you/", "leave/"):
        assert browser.get(f"/together/{space.pk}/{page}").status_code == 404
    assert str(space.pk) not in browser.get("/together/").text


def test_a_copy_needs_no_second_page_and_one_put_otherwise_gets_it(
    browser: Browser, ana: Any, page: Entry, room: Of, space: Space
) -> None:
    from journal.spaces.handing_over import remember

    for text in ("I came home and it was gone.", "I came home and sat down."):
        body = {"title": "", "parts": [{"ask": "", "words": text}], "text": text}
        post = room("ana").write(Post.COPY, body)
        remember(ana, Keyring.of(ana), page, room("ana"), post)
    leave(browser, space)
    texts = at_home(ana)
    assert len(texts) == 2
    assert "sat down" in texts[1] and "it was gone" not in texts[1]


def test_many_words_come_home_on_as_many_pages_as_they_need(
    browser: Browser, ana: Any, room: Of, space: Space
) -> None:
    for at in range(5):
        room("ana").write(Post.NOTE, {"text": f"{at} " + "word " * 20_000})
    leave(browser, space)
    texts = at_home(ana)
    assert len(texts) > 1
    assert max(len(text) for text in texts) <= 200_000
    assert sum(text.count("word") for text in texts) == 100_000


def test_the_other_reads_one_neutral_line_and_takes_theirs_home_when_they_like(
    browser: Browser, bens: Browser, ben: Any, room: Of, space: Space
) -> None:
    room("ben").write(Post.NOTE, {"text": "Thank you."})
    leave(browser, space)
    page = bens.get("/together/").text
    assert "This room has closed. What you wrote in it is still yours." in page
    assert "Ana" not in page
    assert room("ben").closed
    leave(bens, space)
    assert "Thank you." in at_home(ben)[0]
    assert not Space.unscoped.exists()
    assert not DataKey.objects.filter(space__isnull=False).exists()


def test_the_page_thinks_of_who_is_afraid_before_the_button(browser: Browser, space: Space) -> None:
    page = browser.get(f"/together/{space.pk}/leave/").text
    assert page.index("#fear-and-control-leaving") < page.index("Leave now")
    assert "stay and write nothing more" in page
    assert 'id="fear-and-control-leaving"' in browser.get("/safety/").text
    assert "just write nothing" in browser.get(f"/together/{space.pk}/you/").text


def test_a_closed_room_asks_for_nothing_and_cheers_nobody_on(
    browser: Browser, bens: Browser, room: Of, space: Space
) -> None:
    leave(browser, space)
    page = bens.get(f"/together/{space.pk}/").text
    for words in ("Nothing planned", "Nothing yet", "A small thing will do", "Nothing chosen",
                  "haven’t yet", "This week’s question", "for two", "A talk in turns"):  # fmt: skip
        assert words not in page
    assert "Earlier questions" in page and "Your signed copies" in page
    assert "<h1>A closed room</h1>" in page
    room("ben").write(Post.NOTE, {"text": "Thank you."})
    room("ben").write("marble", {"text": "Rang in the rain."}, number=1)
    page = bens.get(f"/together/{space.pk}/").text
    assert "Thank you." in page and "Rang in the rain." in page


def test_a_room_that_closed_does_not_open_again(browser: Browser, ben: Any, space: Space, pia: Any):
    leave(browser, space)
    inviting.renew(ben, space.pk, Membership.PARTNER, inviting.Asked("Ben"))
    token = token_for(ben, space)
    with pytest.raises(inviting.NotOpen):
        inviting.come_in(pia, token, "Pia")


def test_leaving_may_keep_the_other_from_inviting_again(
    browser: Browser, bens: Browser, ana: Any, ben: Any, space: Space
) -> None:
    leave(browser, space, keep_out="yes")
    again, token = a_waiting_room(ben)
    assert browser.get(f"/invitations/{token}/").status_code == 404
    assert browser.post(f"/invitations/{token}/join/", {"called": "A"}).status_code == 404
    assert Block.objects.by(ana).count() == 1
    assert str(again.pk) in bens.get("/together/").text


def test_reminders_of_the_room_stop_for_both(
    browser: Browser, ana: Any, ben: Any, room: Of, space: Space
) -> None:
    from steps.reminders.models import Reminder
    from steps.reminders.telling import add_plan

    plan = room("ana").write(Post.PLAN, {"text": "A walk."})
    for person in (ana, ben):
        add_plan(person, plan.pk, timezone.now() + timedelta(days=1))
    leave(browser, space)
    for person in (ana, ben):
        assert not Reminder.objects.of(person).exists()


def test_a_coach_who_goes_stops_only_their_own_notes_of_a_plan(
    ana: Any, ben: Any, people: dict[str, Any], room: Of, space: Space
) -> None:
    from steps.reminders.models import Reminder
    from steps.reminders.telling import add_plan

    cleo = people["cleo"]
    plan = room("ana").write(Post.PLAN, {"text": "A walk."})

    def come() -> None:
        bring_coach(ana, ben, cleo, space)
        for person in (ana, ben, cleo):
            add_plan(person, plan.pk, timezone.now() + timedelta(days=1))

    come()
    leaving.leave(cleo, space.pk)
    assert {row.person for row in Reminder.objects.about(plan.pk)} == {ana, ben}
    come()
    coach = Membership.objects.in_held(space).get(role=Membership.COACH)
    leaving.show_out(ana, space.pk, coach.pk)
    assert {row.person for row in Reminder.objects.about(plan.pk)} == {ana, ben}


def test_leaving_fails_whole_or_not_at_all(
    ana: Any, room: Of, space: Space, monkeypatch: pytest.MonkeyPatch
) -> None:
    room("ana").write(Post.NOTE, {"text": "Still here."})
    monkeypatch.setattr(leaving, "destroy_keys", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        leaving.leave(ana, space.pk)
    monkeypatch.undo()
    assert not at_home(ana)
    anas = room("ana")
    assert [body["text"] for _, body in anas.read(anas.posts)] == ["Still here."]


def test_keeping_away_is_one_line_for_the_other(
    browser: Browser, bens: Browser, space: Space, room: Of
) -> None:
    browser.post(f"/together/{space.pk}/pause/", {"for": "week"})
    assert room("ana").me.paused
    assert "Ana will be back later." in bens.get(f"/together/{space.pk}/you/").text
    assert "keeping away" in browser.get(f"/together/{space.pk}/you/").text
    browser.post(f"/together/{space.pk}/pause/", {"for": "none"})
    assert not room("ana").me.paused


def test_a_coach_comes_in_only_when_both_said_yes(
    ana: Any, ben: Any, people: dict[str, Any], space: Space, bens: Browser, browser: Browser
) -> None:
    cleo = people["cleo"]
    address = f"/together/{space.pk}/coach/"
    browser.post(address, {"whom": "Cleo", "note": "Please come."})
    token = token_for(ana, space, Membership.COACH)
    with pytest.raises(inviting.NotOpen):
        inviting.come_in(cleo, token, "Cleo")
    page = bens.get(address).text
    assert "Cleo" in page and "/invitations/" not in page
    bens.post(address, {"then": "yes"})
    assert token in browser.get(address).text
    with pytest.raises(inviting.NotOpen):
        inviting.come_in(people["stan"], token, "Stan")  # is no coach
    inviting.come_in(cleo, token, "Cleo")
    assert Membership.objects.in_held(space).count() == 3
    assert not Consent.unscoped.exists()


def test_two_suggestions_at_one_moment_lose_neither_the_first_nor_the_words_of_the_second(
    browser: Browser, bens: Browser, ana: Any, space: Space
) -> None:
    address = f"/together/{space.pk}/coach/"
    bens.post(address, {"whom": "Cleo", "note": ""})
    late = browser.post(address, {"whom": "Carl", "note": "He has helped my sister."})
    assert late.status_code == 404
    assert "Carl" in late.text and "He has helped my sister." in late.text
    assert "Cleo" in browser.get(address).text


def without_token(page: Any) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page.text)


def test_whoever_suggests_a_coach_sees_the_same_of_no_and_of_not_now(
    browser: Browser, bens: Browser, space: Space
) -> None:
    address = f"/together/{space.pk}/coach/"
    browser.post(address, {"whom": "Cleo", "note": ""})
    before = without_token(browser.get(address))
    assert "owe no answer" in bens.get(address).text
    bens.post(address, {"then": "no"})
    assert without_token(browser.get(address)) == before
    browser.post(address, {"then": "no"})
    assert not Invitation.unscoped.exists()


def test_a_yes_to_a_coach_is_taken_back_and_the_link_opens_nothing(
    browser: Browser, bens: Browser, ana: Any, people: dict[str, Any], space: Space
) -> None:
    address = f"/together/{space.pk}/coach/"
    browser.post(address, {"whom": "Cleo", "note": ""})
    waiting = without_token(browser.get(address))
    token = token_for(ana, space, Membership.COACH)
    bens.post(address, {"then": "yes"})
    assert "Take my yes back" in bens.get(address).text
    bens.post(address, {"then": "no"})
    with pytest.raises(inviting.NotOpen):
        inviting.come_in(people["cleo"], token, "Cleo")
    assert without_token(browser.get(address)) == waiting


def test_after_a_week_a_suggestion_is_over_and_another_can_be_made(
    browser: Browser, bens: Browser, space: Space
) -> None:
    address = f"/together/{space.pk}/coach/"
    browser.post(address, {"whom": "Cleo", "note": ""})
    bens.post(address, {"then": "yes"})
    Invitation.unscoped.update(expires_at=timezone.now() - timedelta(minutes=1))
    for window in (browser, bens):
        page = window.get(address).text
        assert "Cleo" not in page and "/invitations/" not in page
        assert "Who is the coach?" in page
    assert bens.post(address, {"whom": "Carl", "note": ""}).status_code == 302
    assert "Carl" in browser.get(address).text
    assert Invitation.unscoped.count() == 1


def test_either_partner_shows_the_coach_out_at_once(
    ana: Any, ben: Any, people: dict[str, Any], space: Space, bens: Browser, browser_of: Any
) -> None:
    cleo = people["cleo"]
    bring_coach(ana, ben, cleo, space)
    row = Membership.objects.in_held(space).get(role=Membership.COACH)
    assert browser_of(cleo).post(
        f"/together/{space.pk}/coach/end/", {"coach": str(row.pk)}
    ).status_code == 404  # fmt: skip
    bens.post(f"/together/{space.pk}/coach/end/", {"coach": str(row.pk)})
    assert not Post.objects.visible_to(cleo).exists()
    assert browser_of(cleo).get(f"/together/{space.pk}/").status_code == 404


def test_a_coach_is_out_when_a_partner_leaves_and_their_words_are_not_lost(
    browser: Browser, ana: Any, ben: Any, people: dict[str, Any], space: Space, room: Of,
    browser_of: Any,
) -> None:  # fmt: skip
    cleo = people["cleo"]
    bring_coach(ana, ben, cleo, space)
    room("cleo").write(Post.NOTE, {"text": "Try it for one week."})
    room("ben").write(Post.NOTE, {"text": "For Ana and Cleo."})
    leave(browser, space)
    leaving.leave(ben, space.pk)
    cleos = browser_of(cleo)
    assert "Bring it home" in cleos.get("/together/").text
    cleos.post("/together/home/")
    [text] = at_home(cleo)
    assert "Try it for one week." in text and "For Ana and Cleo." not in text
    assert not Space.unscoped.exists()


def test_an_erased_account_leaves_no_words_and_closes_the_room(
    ana: Any, room: Of, space: Space, bens: Browser
) -> None:
    room("ana").write(Post.NOTE, {"text": "Soup."})
    room("ben").write(Post.NOTE, {"text": "Thank you."})
    ana.delete()
    bens_room = room("ben")
    assert [body["text"] for _, body in bens_room.read(bens_room.posts)] == ["Thank you."]
    assert bens_room.closed
    assert "This room has closed" in bens.get("/together/").text
    assert DataKey.objects.filter(space__isnull=False).count() == 2  # Ben's name and his note


def test_the_last_erased_account_takes_the_room_along(ana: Any, ben: Any, space: Space) -> None:
    ana.delete()
    ben.delete()
    assert not Space.unscoped.exists()


def test_leaving_one_room_touches_no_other(
    ana: Any, people: dict[str, Any], browser: Browser, space: Space
) -> None:
    other = a_room(ana, people["eve"])
    leave(browser, space)
    assert Membership.objects.of(ana).get().space_id == other.pk
    people["ana"].refresh_from_db()
    assert people["ana"].shares_room
