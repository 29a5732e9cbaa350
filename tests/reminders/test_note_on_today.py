"""Today shows one waiting note, never a count; the page just written offers reminders once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from steps import catalogue
from steps.reminders.models import Delivery, Reminder
from tests.conftest import Browser
from tests.journal.posting import fill, words

from .conftest import EVENING, run

Noted = Callable[..., Delivery]


@pytest.fixture
def noted(ana: Any) -> Noted:
    """Return a function that puts a note on somebody's Today."""

    def make(kind: str = "checkin", person: Any = ana, hours: int = 0) -> Delivery:
        due = timezone.now() - timedelta(hours=hours)
        return Delivery.objects.create(
            person=person, kind=kind, local_date=timezone.localdate(due, person.zone),
            due_at=due, free_at=due, state=Delivery.IN_APP, card=True,
        )  # fmt: skip

    return make


def cards(browser: Browser) -> list[str]:
    """Return the subjects of the notes that Today shows."""
    page = browser.get("/").text
    subjects = {letter.subject for kind in catalogue.get().letters.values() for letter in kind}
    headings = [part.partition("</h2>")[0] for part in page.split('<h2 id="note-h">')[1:]]
    assert set(headings) <= subjects
    return headings


def test_without_a_note_today_says_nothing_of_any(browser: Browser) -> None:
    assert cards(browser) == []


def test_a_note_stands_on_today_with_its_link(browser: Browser, noted: Noted) -> None:
    note = noted()
    assert len(cards(browser)) == 1
    page = browser.get("/").text
    assert f'href="/reminders/answer/{note.pk}/"' in page
    assert "{" not in words(browser.get("/"))


def test_of_several_the_newest_is_shown_and_none_is_counted(browser: Browser, noted: Noted) -> None:
    for hours, kind in ((30, "checkin"), (20, "gratitude"), (1, "step")):
        noted(kind, hours=hours)
    assert len(cards(browser)) == 1
    newest = {letter.subject for letter in catalogue.get().letters["step"]}
    assert cards(browser)[0] in newest


def test_not_today_puts_it_away_and_lets_others_be(
    browser: Browser, stranger: Browser, noted: Noted, stan: Any
) -> None:
    note, other = noted(), noted(person=stan)
    assert stranger.post(f"/reminders/note/{note.pk}/not-today/").status_code == 404
    assert len(cards(browser)) == 1
    answer = browser.post(f"/reminders/note/{note.pk}/not-today/")
    assert (answer.status_code, answer.url) == (302, "/")
    assert cards(browser) == []
    other.refresh_from_db()
    assert other.seen_at is None


def test_nobody_elses_and_nothing_old_is_shown(browser: Browser, noted: Noted, stan: Any) -> None:
    noted(person=stan)
    noted(hours=40)
    assert cards(browser) == []


def test_what_the_engine_delivers_stands_on_today(
    browser: Browser, daily: Callable[..., Reminder], ana: Any
) -> None:
    daily(channel="app")
    run()
    note = Delivery.objects.cards(ana, EVENING + timedelta(minutes=1)).get()
    Delivery.objects.filter(pk=note.pk).update(due_at=timezone.now())
    assert len(cards(browser)) == 1


# --- the offer ------------------------------------------------------------------------------------
OFFER = "Would a note now and then help?"


def write(browser: Browser) -> str:
    """Keep a page and return where one reads it."""
    return fill(browser, "/journal/new/", {"text": "Something."}).url


def test_reminders_are_offered_once_something_is_kept(browser: Browser) -> None:
    assert OFFER not in words(browser.get("/"))
    assert OFFER in words(browser.get(write(browser)))


def test_not_now_is_final(browser: Browser) -> None:
    page = write(browser)
    assert browser.post("/reminders/not-now/").status_code == 302
    for address in (page, write(browser), "/"):
        assert OFFER not in words(browser.get(address))


def test_declining_is_ones_own(browser: Browser, stranger: Browser) -> None:
    browser.post("/reminders/not-now/")
    assert OFFER in words(stranger.get(write(stranger)))
