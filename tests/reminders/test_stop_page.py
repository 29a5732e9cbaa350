"""/reminders/stop/<token>/: one click, signed out, from a mail program too."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from steps.reminders.models import Delivery, Reminder, ReminderSettings
from steps.reminders.tokens import calendar_token, stop_token
from tests.conftest import Browser
from tests.journal.posting import words

from .conftest import EVENING, NOON, run
from .sink import Sink

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
Daily = Callable[..., Reminder]


@pytest.fixture
def link(daily: Daily, ana: Any) -> str:
    """The stop link of Ana, who has a daily check-in by mail."""
    daily()
    return f"/reminders/stop/{stop_token(ReminderSettings.objects.of(ana).stop_id)}/"


def seen(answer: Any) -> tuple[int, bytes, list[tuple[str, str]], str]:
    return answer.status_code, answer.content, sorted(answer.items()), str(answer.cookies)


def test_opening_the_link_stops_nothing(nobody: Browser, link: str, ana: Any) -> None:
    answer = nobody.get(link)
    assert answer.status_code == 200
    assert "Stop these notes?" in words(answer)
    assert Reminder.objects.of(ana).get().is_on


def test_one_post_stops_everything_signed_out_and_without_a_token_of_a_form(
    sink: Sink, browser_of: Callable[..., Browser], link: str, ana: Any
) -> None:
    strict = browser_of(None, enforce_csrf_checks=True)
    answer = strict.post(link, ONE_CLICK)
    assert answer.status_code == 200
    assert "No more notes will come" in words(answer)
    assert not answer.cookies
    assert not Reminder.objects.of(ana).get().is_on
    assert ReminderSettings.objects.of(ana).milestones == "off"
    run()
    assert not sink.mails


def test_the_link_of_a_real_mail_stops_what_was_due_at_that_moment(
    sink: Sink, nobody: Browser, daily: Daily, ana: Any
) -> None:
    daily()
    run()
    stop = sink.mails[0]["List-Unsubscribe"].strip(" <>").removeprefix("http://localhost:8000")
    daily(kind="gratitude", at=NOON.time().replace(hour=20))
    note = Delivery.objects.create(
        person=ana, kind="gratitude", reminder=Reminder.objects.get(kind="gratitude"),
        local_date=NOON.date(), due_at=EVENING, free_at=EVENING,
    )  # fmt: skip
    nobody.post(stop, ONE_CLICK)
    note.refresh_from_db()
    assert note.state == Delivery.SKIPPED


def test_used_twice_it_says_the_same(nobody: Browser, link: str) -> None:
    assert seen(nobody.post(link, ONE_CLICK)) == seen(nobody.post(link, ONE_CLICK))


def test_it_says_nothing_of_what_this_is(nobody: Browser, link: str, ana: Any) -> None:
    for answer in (nobody.get(link), nobody.post(link)):
        page = words(answer).lower()
        assert not [one for one in ("mending", "trust", "journal", "guide", "ana") if one in page]
        assert answer["X-Robots-Tag"].startswith("noindex")
        assert answer["Cache-Control"].startswith("no-store")


def test_from_another_account_it_stops_its_owners_notes_and_no_others(
    daily: Daily, stranger: Browser, stan: Any, link: str, ana: Any
) -> None:
    daily(person=stan)
    stranger.post(link, ONE_CLICK)
    assert not Reminder.objects.of(ana).get().is_on
    assert Reminder.objects.of(stan).get().is_on


def test_changed_by_one_letter_it_is_like_one_that_never_was(
    nobody: Browser, link: str, ana: Any
) -> None:
    never = seen(nobody.get(f"/reminders/stop/{stop_token(uuid.uuid4())}/"))
    assert never[0] == 404
    token = link.removeprefix("/reminders/stop/").rstrip("/")
    for place, letter in enumerate(token):
        other = "A" if letter != "A" else "B"
        changed = f"/reminders/stop/{token[:place]}{other}{token[place + 1 :]}/"
        for ask in (nobody.get, nobody.post):
            assert seen(ask(changed)) == never
    assert Reminder.objects.of(ana).get().is_on


@pytest.mark.parametrize("token", ["x", ".", "é.ü", "a" * 3000, "AAAA.AAAA", "%00.b", "None"])
def test_nonsense_is_no_page(nobody: Browser, db: None, token: str) -> None:
    assert nobody.post(f"/reminders/stop/{token}/").status_code == 404


def test_a_calendars_token_stops_nothing(nobody: Browser, link: str, ana: Any) -> None:
    own = ReminderSettings.objects.of(ana)
    assert nobody.post(f"/reminders/stop/{calendar_token(own.stop_id)}/").status_code == 404


def test_who_stopped_by_mail_can_start_again(
    nobody: Browser, browser: Browser, link: str, ana: Any
) -> None:
    nobody.post(link, ONE_CLICK)
    assert "All notes are stopped" in words(browser.get("/reminders/"))
    browser.post("/reminders/pause/", {"for": "nothing"})
    assert Reminder.objects.of(ana).get().is_on
