"""The dials of the daily check-in over weeks: lines with gaps, a table, and one's own names."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from journal.entries.dials import MOST, SPANS, runs
from journal.entries.models import DIALLED, Entry
from journal.relationships.models import Relationship
from journal.relationships.story import DIALS
from journal.vault.keyring import Keyring
from steps import catalogue
from steps.models import Exercise

from .posting import fields, fill, words

DIAL_PAGE = "/journal/back/dials/"
CHECK_IN = "/practice/communication-skills/daily-check-in/"
TODAY = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def on_a_sunday() -> Any:
    with time_machine.travel(TODAY, tick=False):
        yield


def check_in(person: Any, about: Relationship | None, days_ago: int, **numbers: int) -> Entry:
    """Keep a check-in of some days ago."""
    keyring, when = Keyring.of(person), TODAY - timedelta(days=days_ago)
    row = Entry(author=person, kind=Entry.EXERCISE, relationship=about, created_at=when)
    row.finished_at = when
    row.exercise = Exercise.objects.get(key=DIALLED)
    head = {"title": "The daily check-in", "preview": "", "tail": "", "feelings": []}
    row.sealed_head = keyring.seal(row, "head", head)
    row.sealed_body = keyring.seal(row, "body", {"answers": {**numbers, "line": "Soup."}})
    row.save(force_insert=True)
    return row


def lines(response: Any) -> list[str]:
    """Return what is drawn, a dial each."""
    return re.findall(r'<path class="sewn" d="([^"]*)"', response.text)


def test_the_dials_are_those_of_the_guides_check_in() -> None:
    scales = [f.key for f in catalogue.get().exercises[DIALLED].fields if f.type == "scale"]
    assert scales == list(DIALS)


def test_silence_breaks_a_line_and_a_lonely_day_is_a_dot() -> None:
    since = date(2026, 8, 22)
    days = [(date(2026, 9, 1), 3), (date(2026, 9, 8), 4), (date(2026, 11, 1), 6)]
    made = runs(days, since, SPANS["3"])
    assert [len(run) for run in made] == [2, 1]
    assert [number for run in made for _, number in run] == [3, 4, 6]
    assert all(0 <= at <= 1 for run in made for at, _ in run)
    assert len(runs(days, date(2025, 11, 21), SPANS["12"])) == 2


def test_of_several_on_one_day_the_last_counts() -> None:
    day = date(2026, 11, 1)
    assert [number for _, number in runs([(day, 2), (day, 5)], day, SPANS["3"])[0]] == [5]


@pytest.mark.django_db
def test_nothing_written_draws_nothing(browser: Client) -> None:
    shown = browser.get(DIAL_PAGE)
    assert "Nothing to draw yet" in words(shown)
    assert lines(shown) == []


@pytest.mark.django_db
def test_each_dial_that_was_answered_is_drawn_and_stands_in_the_table(
    browser: Client, ana: Any, mending: Relationship
) -> None:
    check_in(ana, mending, 10, safety=2, openness=7)
    check_in(ana, mending, 3, safety=5)
    shown = browser.get(DIAL_PAGE)
    first, second = lines(shown)
    assert first.count("L") == 1
    assert second.endswith("h.01")
    assert "From 2 of 7 on 12 November to 5 of 7 on 19 November" in words(shown)
    assert "19 November 2026 5 – – – 12 November 2026 2 – 7 –" in words(shown)


@pytest.mark.django_db
def test_older_ones_show_over_a_year(browser: Client, ana: Any, mending: Relationship) -> None:
    check_in(ana, mending, 200, safety=2)
    assert lines(browser.get(DIAL_PAGE)) == []
    assert len(lines(browser.get(DIAL_PAGE, {"over": "12"}))) == 1
    assert lines(browser.get(DIAL_PAGE, {"over": "nonsense", "about": "x"})) == []


@pytest.mark.django_db
def test_numbers_that_are_none_are_left_out(
    browser: Client, ana: Any, mending: Relationship
) -> None:
    check_in(ana, mending, 1, safety=0, openness=8)
    check_in(ana, mending, 2, safety="5")
    assert "Nothing to draw yet" in words(browser.get(DIAL_PAGE))


@pytest.mark.django_db
def test_each_relationship_has_its_own(
    browser: Client, ana: Any, mending: Relationship, story_of: Any
) -> None:
    check_in(ana, mending, 1, safety=6)
    with time_machine.travel(TODAY + timedelta(seconds=1), tick=False):
        other = story_of(name="Jonas", kind="friend")
    assert lines(browser.get(DIAL_PAGE)) == []  # the one begun last is the chosen one
    assert len(lines(browser.get(DIAL_PAGE, {"about": str(mending.pk)}))) == 1
    assert f"about={mending.pk}" in browser.get(DIAL_PAGE).text
    assert f"about={other.pk}" in browser.get(DIAL_PAGE, {"about": str(mending.pk)}).text


@pytest.mark.django_db
def test_a_check_in_written_on_its_page_is_drawn(browser: Client, mending: Relationship) -> None:
    fill(browser, CHECK_IN, {"answer-safety": "4", "then": "finish"})
    assert len(lines(browser.get(DIAL_PAGE))) == 1


@pytest.mark.django_db
def test_ones_own_names_are_sealed_shown_and_asked_with(
    browser: Client, ana: Any, mending: Relationship
) -> None:
    check_in(ana, mending, 1, openness=4)
    form = fields(browser.get(DIAL_PAGE), -1)
    said = {**form, "openness": "Did I say it?", "safety": "Safety"}
    assert browser.post(DIAL_PAGE, said).status_code == 302
    shown = words(browser.get(DIAL_PAGE))
    assert "Did I say it?" in shown and "Safety" in shown
    row = Relationship.objects.owned_by(ana).get()
    assert row.read(Keyring.of(ana)).dials == {"openness": "Did I say it?"}
    assert b"Did I say it" not in bytes(row.sealed_story)
    ana.whole_sheet = True
    ana.save()
    assert "Did I say it?" in words(browser.get(CHECK_IN))
    browser.post(DIAL_PAGE, {**form, "openness": ""})
    assert "Openness" in words(browser.get(DIAL_PAGE))


@pytest.mark.django_db
def test_a_name_that_is_too_long_is_refused_with_everything_kept(
    browser: Client, ana: Any, mending: Relationship
) -> None:
    said = {**fields(browser.get(DIAL_PAGE), -1), "safety": "x" * 61, "openness": "Kept"}
    refused = browser.post(DIAL_PAGE, said)
    assert refused.status_code == 422
    assert 'value="Kept"' in refused.text and "x" * 61 in refused.text
    assert Relationship.objects.owned_by(ana).get().read(Keyring.of(ana)).dials == {}


@pytest.mark.django_db
def test_nobody_names_or_sees_the_dials_of_another(
    browser: Client, stranger: Client, ana: Any, mending: Relationship
) -> None:
    check_in(ana, mending, 1, safety=6)
    mine = fields(browser.get(DIAL_PAGE), -1)
    mine.pop("owner")
    assert lines(stranger.get(DIAL_PAGE, {"about": str(mending.pk)})) == []
    assert stranger.post(DIAL_PAGE, {**mine, "safety": "Not theirs"}).status_code == 200
    assert Relationship.objects.owned_by(ana).get().read(Keyring.of(ana)).dials == {}


@pytest.mark.django_db
def test_it_asks_as_seldom_for_many_as_for_one_and_opens_no_more_than_its_most(
    browser: Client, ana: Any, mending: Relationship
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            browser.get(DIAL_PAGE, {"over": "12"})
        return len(queries)

    check_in(ana, mending, 1, safety=6)
    browser.get(DIAL_PAGE)
    one = asked()
    for at in range(MOST + 30):
        check_in(ana, mending, at % 360, safety=at % 7 + 1)
    assert asked() == one <= 8
    assert browser.get(DIAL_PAGE, {"over": "12"}).text.count('<th scope="row">') == MOST
