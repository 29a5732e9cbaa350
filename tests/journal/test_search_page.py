"""/journal/search/: one's own words, found on a page."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from journal.entries import finding, segments
from journal.entries.models import Entry
from journal.vault.keyring import Keyring

from .posting import fields, words
from .searching import write

pytestmark = pytest.mark.django_db
PLACE = "/journal/search/"


def look(browser: Client, query: str, **narrowed: str) -> str:
    """Send a search and return the page that comes."""
    answer = browser.post(PLACE, {"query": query, **narrowed})
    assert answer.status_code == 200
    return answer.text


@pytest.fixture
def abroad(ana: Any) -> Entry:
    """A page of Ana's with accents, quotation marks and markup in its words."""
    return write(ana, "We found the pianó\n in <b>Zürich</b>, “at last”.", "Café")


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("PIANO", "pianó"), ("zurich", "Zürich"), ('"piano in"', "pianó\n in"), ("cafe", "Café"),
        ("last piano", "pianó"),
    ],
)  # fmt: skip
def test_a_find_is_marked_however_it_was_typed_and_markup_stays_words(
    browser: Client, ana: Any, abroad: Entry, monkeypatch: Any,
    query: str, marked: str, packed: bool,
) -> None:  # fmt: skip
    monkeypatch.setattr(segments, "FULL", 4)
    for number in range(3):
        write(ana, f"Nothing much, number {number}.")
    if packed:
        segments.pack(ana, Keyring.of(ana))
        assert Entry.objects.written_by(ana).get(pk=abroad.pk).segment_id
    page = look(browser, query)
    assert re.findall(r'<h4><a href="([^"]*)"', page) == [f"/journal/{abroad.pk}/"]
    assert f"<mark>{marked}</mark>" in page
    assert "<b>Z" not in page


def test_opened_without_words_it_looks_for_nothing(browser: Client, abroad: Entry) -> None:
    page = browser.get(PLACE).text
    assert "No page has those words" not in page
    assert str(abroad.pk) not in page


def test_words_that_no_page_has_are_said_to_be_in_none(browser: Client, abroad: Entry) -> None:
    assert "No page has those words" in look(browser, "walrus")


def test_nobody_finds_what_somebody_else_wrote(stranger: Client, abroad: Entry) -> None:
    assert "No page has those words" in look(stranger, "piano")


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"query": ""}, "Write a word to look for."),
        ({"query": " \u200b "}, "Write a word to look for."),
        ({"query": "piano " * 40}, "a search takes 200"),
        ({"query": "piano", "since": "xx"}, "Write the day as in 2026-11-22"),
        (
            {"query": "piano", "since": "2024-03-02", "until": "2024-03-01"},
            "This day comes before the other one.",
        ),
    ],
)
def test_what_cannot_be_looked_for_is_said(
    browser: Client, abroad: Entry, sent: dict[str, str], why: str
) -> None:
    answer = browser.post(PLACE, sent)
    assert answer.status_code == 422
    assert why in words(answer)
    assert str(abroad.pk) not in answer.text


def test_days_are_whole_days_of_the_persons_own(browser: Client, ana: Any, abroad: Entry) -> None:
    ana.time_zone = "Pacific/Auckland"
    ana.save()
    evening = datetime(2024, 3, 1, 18, tzinfo=UTC)  # the second of March there
    Entry.objects.written_by(ana).update(created_at=evening)
    assert str(abroad.pk) in look(browser, "piano", since="2024-03-02", until="2024-03-02")
    for narrowed in ({"until": "2024-03-01"}, {"since": "2024-03-03"}):
        assert str(abroad.pk) not in look(browser, "piano", **narrowed)


def test_a_search_goes_on_where_it_stopped(
    browser: Client, ana: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "HITS", 2)
    rows = [write(ana, "The heron.", days_ago=ago) for ago in range(3)]
    first = browser.post(PLACE, {"query": "heron"})
    second = browser.post(PLACE, fields(first, -1))
    met = [re.findall(r'<h4><a href="/journal/([^/]*)/', page.text) for page in (first, second)]
    assert met == [[str(row.pk) for row in rows[:2]], [str(rows[2].pk)]]
    assert "Search older pages" not in second.text


def test_a_place_that_was_tampered_with_begins_at_the_newest(
    browser: Client, abroad: Entry
) -> None:
    assert str(abroad.pk) in look(browser, "piano", place="heron")


def test_a_narrowed_search_that_finds_nothing_says_that_it_looked_at_some_pages_only(
    browser: Client, ana: Any
) -> None:
    write(ana, "The piano came.")
    shown = words(browser.post(PLACE, {"query": "piano", "kind": "letter"}))
    assert "None of these pages has those words." in shown
    assert shown.index("Any step") < shown.index("Search these pages"), "no way back up to search"
