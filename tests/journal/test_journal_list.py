"""The journal: by month where the person is, a page at a time, nothing counted."""

import re
import uuid
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from journal.entries.models import PAGE, Entry
from journal.vault.keyring import Keyring

from .posting import fill, save, words

pytestmark = pytest.mark.django_db

LIST = "/journal/"


def write(person: Any, *moments: datetime, **said: Any) -> list[Entry]:
    """Keep a free page for each moment, in one insert."""
    keyring = Keyring.of(person)
    rows = []
    for number, moment in enumerate(moments):
        row = Entry(author=person, kind=Entry.FREE, created_at=moment, updated_at=moment, **said)
        head = {
            "title": f"No. {number} of {moment:%Y}",
            "preview": "p",
            "tail": "p",
            "feelings": [],
        }
        row.sealed_head = keyring.seal(row, "head", head)
        row.sealed_body = keyring.seal(row, "body", {"text": "p"})
        rows.append(row)
    return Entry.unscoped.bulk_create(rows)


def links(response: Any) -> list[str]:
    """Return the addresses of the entries on a page, in order."""
    html = response.content.decode()
    return [part.split('"')[0] for part in html.split('<h3><a href="')[1:]]


def older(response: Any) -> str:
    html = response.content.decode()
    return html.split('href="?after=')[1].split('"')[0] if "?after=" in html else ""


def all_pages(browser: Client) -> list[list[str]]:
    pages, after = [], ""
    while True:
        response = browser.get(LIST, {"after": after} if after else {})
        pages.append(links(response))
        after = older(response)
        if not after:
            return pages


def test_an_empty_journal_says_that_one_line_is_enough(browser: Client) -> None:
    assert "One line is enough" in words(browser.get(LIST))


def test_the_newest_come_first(browser: Client, ana: Any) -> None:
    now = timezone.now()
    rows = write(ana, *(now - timedelta(days=day) for day in (3, 1, 2)))
    expected = [f"/journal/{rows[at].pk}/" for at in (1, 2, 0)]
    assert links(browser.get(LIST)) == expected


@pytest.mark.parametrize("count", [0, 1, PAGE - 1, PAGE, PAGE + 1, 65])
def test_every_entry_is_met_once_on_the_way_through(browser: Client, ana: Any, count: int) -> None:
    now = timezone.now()
    rows = write(ana, *(now - timedelta(hours=at) for at in range(count)))
    pages = all_pages(browser)
    assert [url for page in pages for url in page] == [f"/journal/{row.pk}/" for row in rows]
    assert all(len(page) == PAGE for page in pages[:-1])
    assert len(pages) == max(1, -(-count // PAGE))


def test_equal_moments_lose_and_double_nothing_between_pages(browser: Client, ana: Any) -> None:
    moment = datetime(2026, 5, 5, 12, tzinfo=UTC)
    rows = write(ana, *([moment] * 63))
    met = [url for page in all_pages(browser) for url in page]
    assert sorted(met) == sorted(f"/journal/{row.pk}/" for row in rows)
    assert len(set(met)) == 63


def test_what_is_written_meanwhile_moves_no_page(browser: Client, ana: Any) -> None:
    now = timezone.now()
    write(ana, *(now - timedelta(hours=at) for at in range(PAGE + 5)))
    after = older(browser.get(LIST))
    second = links(browser.get(LIST, {"after": after}))
    write(ana, now + timedelta(hours=1))
    assert links(browser.get(LIST, {"after": after})) == second


def broken(moment: str, row_id: str = str(uuid.UUID(int=0))) -> str:
    return urlsafe_b64encode(f"{moment}|{row_id}".encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "after",
    [
        "x", "===", "é", "%00", "AAAA", "a" * 5000, "\u202e", broken("2026"), broken("never"),
        broken("2026-05-05T12:00:00"), broken("2026-05-05T12:00:00+00:00", "x"),
        broken("0001-01-01T00:00:00+23:59"), broken("9999-12-31T23:59:59-23:59"), broken("", ""),
        broken("2026-05-05T12:00:00+00:00", "0|0"),
    ],
)  # fmt: skip
def test_a_broken_place_begins_at_the_newest(browser: Client, ana: Any, after: str) -> None:
    rows = write(ana, timezone.now())
    response = browser.get(LIST, {"after": after})
    assert response.status_code == 200
    assert links(response) == [f"/journal/{rows[0].pk}/"]


def test_a_place_before_or_after_everything_is_no_error(browser: Client, ana: Any) -> None:
    write(ana, timezone.now())
    assert links(browser.get(LIST, {"after": broken("0002-01-01T00:00:00+00:00")})) == []
    assert len(links(browser.get(LIST, {"after": broken("9998-01-01T00:00:00+00:00")}))) == 1


@pytest.mark.parametrize(
    ("zone", "month"), [("Pacific/Auckland", "March 2026"), ("America/New_York", "February 2026")]
)
def test_months_and_days_are_those_of_the_persons_zone(
    browser: Client, ana: Any, zone: str, month: str
) -> None:
    ana.time_zone = zone
    ana.save()
    write(ana, datetime(2026, 3, 1, 2, 30, tzinfo=UTC))
    shown = words(browser.get(LIST))
    assert month in shown
    assert ("28 Sat" if "New_York" in zone else "1 Sun") in shown


def test_each_month_has_one_heading_in_its_place(browser: Client, ana: Any) -> None:
    days = [(2026, 11, 2), (2026, 11, 1), (2026, 10, 31), (2025, 11, 5)]
    write(ana, *(datetime(*day, 12, tzinfo=UTC) for day in days))
    shown = words(browser.get(LIST))
    places = [shown.index(month) for month in ("November 2026", "October 2026", "November 2025")]
    assert places == sorted(places)
    assert shown.count("November 2026") == 1


def test_a_line_says_what_it_is_about_whom_and_whether_it_is_finished(
    browser: Client, mending: Any, page: Entry
) -> None:
    browser.post("/journal/new/", save(text="one two three four five six seven eight nine ten"))
    url = "/path/communicate-openly/clear-ask/"
    fill(browser, url, {"answer-wish": "An hour.", "then": "later"})
    shown = words(browser.get(LIST))
    assert "The piano A free page, Ruta I came home and it was gone." in shown
    assert "one two three four five six seven eight nine … A free page" in shown
    assert "An exercise, Ruta, not finished" in shown


def test_nothing_is_counted_and_no_body_is_read(browser: Client, ana: Any) -> None:
    write(ana, *([timezone.now()] * 50))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        browser.get(LIST)
    statements = [query["sql"] for query in asked.captured_queries]
    assert not [one for one in statements if "COUNT(" in one.upper()]
    assert not [one for one in statements if "sealed_body" in one or "sealed_questions" in one]


def test_a_stranger_sees_their_own_journal(stranger: Client, nobody: Client, page: Entry) -> None:
    shown = words(stranger.get(LIST))
    assert "piano" not in shown
    assert "One line is enough" in shown
    assert nobody.get(LIST)["Location"].startswith("/accounts/login/")
    assert stranger.post(LIST).status_code == 405


def test_the_things_of_a_list_stand_apart_on_one_line(browser: Client, ana: Any) -> None:
    things = "Warm feet\n\n  My niece has learnt to whistle \nTea"
    url = "/practice/gratitude/three-small-things/"
    fill(browser, url, {"answer-things": things, "then": "later"})
    apart = "Warm feet · My niece has learnt to whistle · Tea"
    assert f'<p class="preview">{apart}</p>' in browser.get(LIST).text
    assert apart in words(browser.get("/")), "Today shows where they stopped"


@pytest.mark.parametrize("length", range(20))
def test_a_long_list_is_cut_between_words_and_never_at_a_dot(
    browser: Client, ana: Any, length: int
) -> None:
    things = "\n".join(["x" * (length + 1)] + ["seven letters"] * 40)
    url = "/practice/gratitude/three-small-things/"
    fill(browser, url, {"answer-things": things, "then": "later"})
    shown = browser.get(LIST).text.partition('<p class="preview">')[2].partition("</p>")[0]
    assert re.search(r"(seven|letters) …$", shown)
    assert re.search(r"(“|… |>)(seven|letters) ", browser.get("/").text)
