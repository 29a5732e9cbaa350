"""Prompts as one person meets them: none back within sixty days, none about one who is feared."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from journal.entries.models import Entry
from journal.relationships.models import Relationship
from journal.vault.keyring import Keyring
from steps import catalogue

from .posting import fields, fill, words

pytestmark = pytest.mark.django_db

BEGAN = datetime(2026, 11, 22, 12, tzinfo=UTC)
CHECK_IN = "/practice/communication-skills/daily-check-in/"


@pytest.fixture
def came(ana: Any) -> Any:
    ana.date_joined, ana.time_zone, ana.whole_sheet = BEGAN, "UTC", True
    ana.save()
    return ana


def met(browser: Client, person: Any, address: str, shelf: str, after: timedelta) -> list[str]:
    """Return the keys of the prompts of a shelf that a page shows some time after the first day."""
    with time_machine.travel(BEGAN + after, tick=False):
        browser.force_login(person)
        shown = words(browser.get(address))
    prompts = catalogue.get().prompts[shelf]
    return [one.key for one in prompts if catalogue.for_kind(one.text, "friend") in shown]


def test_the_check_in_asks_something_else_on_each_of_sixty_days(
    browser: Client, came: Any, story_of: Callable[..., Relationship]
) -> None:
    story_of(kind="friend", part="did")
    found = [met(browser, came, CHECK_IN, "checkin", timedelta(days=n)) for n in range(60)]
    assert [len(keys) for keys in found] == [1] * 60
    assert len({keys[0] for keys in found}) == 60


def test_a_check_in_keeps_the_question_of_its_day(
    browser: Client, came: Any, story_of: Callable[..., Relationship]
) -> None:
    story_of(kind="friend", part="did")
    asked = met(browser, came, CHECK_IN, "checkin", timedelta())
    with time_machine.travel(BEGAN, tick=False):
        fill(browser, CHECK_IN, {"answer-line": "Soup.", "then": "finish"})
    written = f"/journal/{Entry.unscoped.get().pk}/edit/"
    assert met(browser, came, written, "checkin", timedelta(days=1)) == asked


def test_a_check_in_shown_before_midnight_keeps_what_it_asked(
    browser: Client, came: Any, story_of: Callable[..., Relationship]
) -> None:
    story_of(kind="friend", part="did")
    night = datetime(2026, 11, 23, 23, 59, 50, tzinfo=UTC)
    with time_machine.travel(night, tick=False):
        browser.force_login(came)
        shown = browser.get(CHECK_IN)
    with time_machine.travel(night + timedelta(seconds=20), tick=False):
        posted = {**fields(shown), "answer-line": "Soup.", "then": "finish"}
        assert browser.post(CHECK_IN, posted).status_code == 302
        kept = Entry.unscoped.get().questions(Keyring.of(came))
    assert kept[-1]["hint"] in words(shown)


@pytest.mark.parametrize("step", ["communicate-openly", "quality-time"])
@pytest.mark.parametrize("afraid", ["no", "yes"])
def test_a_step_has_one_line_a_week_and_none_comes_back_within_sixty_days(
    browser: Client, came: Any, story_of: Callable[..., Relationship], step: str, afraid: str
) -> None:
    story_of(kind="friend", part="hurt", afraid=afraid)
    weeks = [timedelta(weeks=n, days=n % 7) for n in range(9)]
    found = [met(browser, came, f"/path/{step}/", step, week) for week in weeks]
    assert [len(keys) for keys in found] == [1] * 9
    assert len({keys[0] for keys in found}) == 9


def test_a_line_leads_to_a_page_that_asks_it_and_keeps_it_as_its_title(
    browser: Client, came: Any, story_of: Callable[..., Relationship]
) -> None:
    story_of(kind="friend", part="hurt")
    shown = browser.get("/path/quality-time/").content.decode()
    [(address, key)] = re.findall(r'href="(/journal/new/\?line=([\w-]+))"', shown)
    asked = next(p.text for p in catalogue.get().prompts["quality-time"] if p.key == key)
    asked = catalogue.for_kind(asked, "friend")
    blank = browser.get(address)
    assert asked in words(blank)
    posted = {**fields(blank), "text": "By the canal."}
    assert browser.post("/journal/new/", posted).status_code == 302
    head = Entry.unscoped.get().head(Keyring.of(came))
    assert head["title"] == asked


def test_a_page_with_nothing_but_the_line_that_asked_is_not_kept(
    browser: Client, came: Any, story_of: Callable[..., Relationship]
) -> None:
    story_of(kind="friend", part="hurt")
    shown = browser.get("/path/quality-time/").content.decode()
    blank = browser.get(re.findall(r'href="(/journal/new/\?line=[\w-]+)"', shown)[0])
    posted = {**fields(blank), "text": " "}
    answer = browser.post("/journal/new/", posted)
    assert answer.status_code == 422
    assert "There is nothing to keep yet." in words(answer)
    assert fields(answer)["title"] == posted["title"], "it still asks the same"
    assert browser.post("/journal/autosave/", posted).json() == {"saved": ""}
    browser.post("/exit/", posted)
    assert not Entry.unscoped.exists()


@pytest.mark.parametrize("line", ["", "nothing-001", "checkin-001", "quality-time-999", "\x00"])
def test_a_line_that_is_none_opens_a_plain_page(browser: Client, line: str) -> None:
    shown = browser.get("/journal/new/", {"line": line})
    assert shown.status_code == 200
    assert fields(shown)["title"] in ("", [""])


@pytest.mark.parametrize(
    ("shelf", "address"),
    [("gratitude", "/"), ("checkin", CHECK_IN), ("quality-time", "/path/quality-time/")],
)
def test_who_is_afraid_is_asked_for_nothing_about_the_one_they_fear(
    browser: Client, came: Any, story_of: Callable[..., Relationship], shelf: str, address: str
) -> None:
    story_of(kind="friend", part="hurt", afraid="sometimes")
    prompts = {one.key: one for one in catalogue.get().prompts[shelf]}
    for days in range(0, 60, 6):
        [key] = met(browser, came, address, shelf, timedelta(days=days))
        assert "{" not in prompts[key].text
