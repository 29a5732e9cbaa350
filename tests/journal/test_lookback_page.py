"""Looking back: this day in other years, a year of stitches, a sentence a month, pages by kind."""

import re
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from journal.entries.lookback import same_days
from journal.entries.models import MONTH, Entry
from journal.entries.months import month_asked, month_of, next_month
from journal.entries.writing import Draft, keep
from journal.relationships.models import Relationship
from journal.vault.keyring import Keyring

from .posting import fields, fill, words
from .test_journal_list import links, write

BACK, SENTENCE, PAGES = "/journal/back/", "/journal/back/month/", "/journal/back/pages/"


def noon(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 12, tzinfo=UTC)


def travel(year: int, month: int, day: int) -> Any:
    return time_machine.travel(noon(year, month, day), tick=False)


def stitches(response: Any) -> list[int]:
    """Return how many days of each month are sewn."""
    return [d.count("h5") for d in re.findall(r'<path class="sewn" d="([^"]*)"', response.text)]


# --- the month's sentence -----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("today", "asked"),
    [
        (date(2026, 11, 27), None),
        (date(2026, 11, 28), date(2026, 11, 1)),
        (date(2026, 11, 30), date(2026, 11, 1)),
        (date(2026, 12, 1), date(2026, 11, 1)),
        (date(2026, 12, 4), date(2026, 11, 1)),
        (date(2026, 12, 5), None),
        (date(2027, 1, 2), date(2026, 12, 1)),
        (date(2028, 2, 26), None),
        (date(2028, 2, 27), date(2028, 2, 1)),
        (date(2028, 3, 1), date(2028, 2, 1)),
    ],
)
def test_it_is_asked_in_the_last_three_days_and_the_first_four(
    today: date, asked: date | None
) -> None:
    assert month_asked(today) == asked


def test_on_every_day_that_asks_a_sentence_belongs_to_the_month_asked_about() -> None:
    for day in (date(2024, 1, 1) + timedelta(days=n) for n in range(1500)):
        month = month_asked(day)
        assert month in {None, month_of(day)}
        assert next_month(month_of(day)) > month_of(day)


@pytest.mark.django_db
def test_today_and_the_page_ask_where_something_was_written_that_month(
    browser: Client, ana: Any
) -> None:
    with travel(2026, 12, 2):
        browser.force_login(ana)
        for url in ("/", BACK):
            assert "What will you want to remember" not in words(browser.get(url))
        write(ana, noon(2026, 12, 1))  # another month
        assert "What will you want to remember" not in words(browser.get("/"))
        write(ana, noon(2026, 11, 9))
        for url in ("/", BACK):
            assert "What will you want to remember of November?" in words(browser.get(url))
    with travel(2026, 12, 9):
        browser.force_login(ana)
        for url in ("/", BACK):
            assert "What will you want to remember" not in words(browser.get(url))


@pytest.mark.django_db
def test_the_sentence_stands_at_its_month_and_is_asked_for_no_more(
    browser: Client, ana: Any
) -> None:
    write(ana, noon(2026, 11, 9))
    with travel(2026, 12, 2):
        browser.force_login(ana)
        sent = fields(browser.get(BACK), 1) | {"text": "The first snow, and tea."}
        assert browser.post(SENTENCE, sent)["Location"] == BACK
        for url in ("/", BACK):
            assert "What will you want to remember" not in words(browser.get(url))
        shown = words(browser.get(BACK))
        assert "November , written on 9 The first snow, and tea." in shown
    row = Entry.objects.written_by(ana).get(prompt__key=MONTH)
    assert row.kind == Entry.FREE
    assert b"snow" not in bytes(row.sealed_body)


@pytest.mark.django_db
def test_in_january_it_asks_for_december(browser: Client, ana: Any) -> None:
    write(ana, noon(2026, 12, 24))
    with travel(2027, 1, 3):
        browser.force_login(ana)
        assert "remember of December?" in words(browser.get(BACK))
        sent = fields(browser.get(SENTENCE), 1) | {"text": "A quiet year’s end."}
        assert browser.post(SENTENCE, sent).status_code == 302
        assert "remember of December?" not in words(browser.get(BACK))
        assert "A quiet year’s end." in words(browser.get(BACK, {"year": "2026"}))
        assert "A quiet year’s end." not in words(browser.get(BACK))


@pytest.mark.django_db
def test_nothing_is_no_sentence_and_a_spent_page_makes_a_second(browser: Client, ana: Any) -> None:
    sent = fields(browser.get(SENTENCE), 1)
    assert browser.post(SENTENCE, {**sent, "text": "  "}).status_code == 422
    browser.post(SENTENCE, {**sent, "text": "One"})
    browser.post(SENTENCE, {**sent, "text": "One"})
    assert Entry.objects.written_by(ana).count() == 1
    browser.post(SENTENCE, {**sent, "text": "Two"})
    assert Entry.objects.written_by(ana).count() == 2


# --- the year -----------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_day_with_writing_is_a_stitch_where_the_person_is(browser: Client, ana: Any) -> None:
    ana.time_zone = "Pacific/Auckland"
    ana.save()
    moments = [noon(2026, 3, 31), noon(2026, 4, 2), noon(2026, 4, 2), noon(2026, 4, 3)]
    write(ana, *moments)
    with travel(2026, 5, 20):
        browser.force_login(ana)
        shown = browser.get(BACK)
    assert stitches(shown) == [3, 0]  # noon in Greenwich is the next day there
    assert "April , written on 1, 3 and 4" in words(shown)
    assert "pages/?month=2026-04" in shown.text
    assert "pages/?month=2026-03" not in shown.text


@pytest.mark.django_db
def test_years_lead_to_one_another_and_not_into_the_future(browser: Client, ana: Any) -> None:
    write(ana, noon(2024, 7, 1))
    with travel(2026, 5, 20):
        browser.force_login(ana)
        assert 'href="?year=2025"' in browser.get(BACK).text
        before = browser.get(BACK, {"year": "2024"}).text
        assert 'href="?year=2025"' in before and 'href="?year=2023"' not in before
        for raw in ("2027", "20x6", "0001", "99999", "²⁰²⁴", ""):
            assert ">2026</h2>" in browser.get(BACK, {"year": raw}).text


@pytest.mark.django_db
def test_the_year_begins_with_the_month_of_the_first_page(browser: Client, ana: Any) -> None:
    with travel(2026, 5, 20):
        browser.force_login(ana)
        empty = browser.get(BACK)
        assert stitches(empty) == [] and "Nothing is written here yet." in words(empty)
        write(ana, noon(2025, 11, 9), noon(2026, 2, 3))
        assert stitches(browser.get(BACK)) == [0, 1, 0, 0, 0]
        before = browser.get(BACK, {"year": "2025"})
        assert stitches(before) == [1, 0] and "October" not in words(before)
        assert 'href="?year=2024"' not in before.text
        none = browser.get(BACK, {"year": "2024"})
        assert stitches(none) == [] and "Nothing was written in 2024." in words(none)
        assert 'href="?year=2025"' in none.text


@pytest.mark.django_db
def test_a_sentence_about_the_month_before_the_first_page_is_shown(
    browser: Client, ana: Any
) -> None:
    with travel(2026, 12, 2):
        browser.force_login(ana)
        browser.post(SENTENCE, fields(browser.get(SENTENCE), 1) | {"text": "It rained."})
        shown = browser.get(BACK)
    assert stitches(shown) == [0, 1]
    assert "November , nothing written It rained. December , written on 2" in words(shown)


@pytest.mark.django_db
def test_nothing_is_counted(browser: Client, ana: Any) -> None:
    write(ana, *[noon(2026, 4, 2)] * 17)
    with travel(2026, 5, 20), CaptureQueriesContext(connection) as asked:
        browser.force_login(ana)
        assert "17" not in words(browser.get(BACK))
    assert not [one for one in asked.captured_queries if "COUNT(" in one["sql"].upper()]


# --- on this day --------------------------------------------------------------------------------
def test_this_day_in_other_months_leaves_out_months_without_it() -> None:
    days = list(same_days(date(2028, 2, 29)))
    assert date(2028, 1, 29) in days and date(2027, 3, 29) in days
    assert date(2024, 2, 29) in days
    assert date(2028, 2, 29) not in days
    assert not [day for day in days if day.year == 2027 and day.month == 2]
    assert len(days) == len(set(days))


@pytest.mark.django_db
def test_on_this_day_shows_what_was_begun_then_and_else_says_nothing(
    browser: Client, ana: Any
) -> None:
    with travel(2026, 11, 22):
        browser.force_login(ana)
        write(ana, noon(2026, 11, 22), noon(2025, 11, 21), noon(2026, 10, 23))
        assert "On this day" not in words(browser.get(BACK))
        year_ago, month_ago = write(ana, noon(2025, 11, 22), noon(2026, 10, 22))
        shown = browser.get(BACK)
        assert "On this day" in words(shown)
        assert links(shown) == [f"/journal/{row.pk}/" for row in (month_ago, year_ago)]


# --- pages of one kind --------------------------------------------------------------------------
@pytest.mark.django_db
def test_pages_are_listed_by_month_kind_relationship_and_step(
    browser: Client, ana: Any, mending: Relationship, page: Entry
) -> None:
    old, _ = write(ana, noon(2025, 1, 5), noon(2025, 2, 5))
    url = "/path/communicate-openly/clear-ask/"
    fill(browser, url, {"answer-wish": "An hour.", "then": "later"})
    asked = Entry.objects.written_by(ana).get(kind=Entry.EXERCISE)

    def found(**among: str) -> set[str]:
        return set(links(browser.get(PAGES, among)))

    assert found(month="2025-01") == {f"/journal/{old.pk}/"}
    assert found(kind="exercise") == {f"/journal/{asked.pk}/"}
    assert found(step="communicate-openly") == {f"/journal/{asked.pk}/"}
    assert found(about=str(mending.pk)) == {f"/journal/{row.pk}/" for row in (page, asked)}
    assert found(about=str(mending.pk), kind="free") == {f"/journal/{page.pk}/"}
    assert found(kind="letter") == set()
    assert len(found()) == 4


@pytest.mark.django_db
@pytest.mark.parametrize(
    "among",
    [{"month": "2025-13"}, {"month": "x"}, {"kind": "x"}, {"about": str(uuid.uuid4())},
     {"about": "x"}, {"step": "x"}, {"after": "x"}],
)  # fmt: skip
def test_nonsense_leaves_everything_in(browser: Client, page: Entry, among: dict[str, str]) -> None:
    assert links(browser.get(PAGES, among)) == [f"/journal/{page.pk}/"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "said"),
    [("exercise", "Exercises"), ("letter", "Letters"), ("gratitude", "Good things")],
)
def test_the_heading_of_a_list_speaks_of_several_pages(
    browser: Client, mending: Any, kind: str, said: str
) -> None:
    assert f"<h1>{said}</h1>" in browser.get(f"/journal/back/pages/?kind={kind}").text
    about = browser.get(f"/journal/back/pages/?about={mending.pk}").text
    assert "<h1>With " in about


def test_a_long_list_goes_on_where_it_stopped_and_keeps_what_was_asked(
    browser: Client, ana: Any
) -> None:
    rows = write(ana, *(noon(2025, 3, 1) + timedelta(hours=n) for n in range(50)))
    write(ana, noon(2025, 4, 1))
    met, address = [], f"{PAGES}?month=2025-03&kind=free"
    while address:
        shown = browser.get(address)
        met += links(shown)
        further = re.search(r'href="(\?[^"]*)" rel="next"', shown.text)
        address = PAGES + further[1].replace("&amp;", "&") if further else ""
    assert met == [f"/journal/{row.pk}/" for row in reversed(rows)]


@pytest.mark.django_db
def test_a_stranger_looks_back_on_their_own(
    browser: Client, stranger: Client, mending: Relationship, page: Entry
) -> None:
    for url in (BACK, PAGES, f"{PAGES}?about={mending.pk}"):
        shown = stranger.get(url)
        assert "piano" not in shown.text and str(page.pk) not in shown.text
        assert "Ruta" not in shown.text
    assert stitches(stranger.get(BACK)) == [0] * len(stitches(stranger.get(BACK)))


@pytest.mark.django_db
@pytest.mark.parametrize("url", [BACK, PAGES, "/journal/letters/", SENTENCE])
def test_each_page_asks_as_seldom_at_any_size(
    browser: Client, ana: Any, mending: Relationship, url: str
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(url).status_code == 200
        return len(queries)

    write(ana, *(noon(2026, 11, 1) - timedelta(days=365 * n) for n in range(3)))
    with travel(2026, 12, 1):
        browser.force_login(ana)
        browser.get(url)
        few = asked()
        write(ana, *(noon(2026, 12, 1) - timedelta(hours=7 * n) for n in range(600)))
        assert asked() == few <= 8


@pytest.mark.django_db
def test_today_asks_eight_times_at_most_at_the_end_of_a_month_with_everything_in_use(
    browser: Client, ana: Any, mending: Relationship
) -> None:
    with travel(2026, 12, 1):
        browser.force_login(ana)
        write(ana, noon(2026, 11, 3), noon(2026, 10, 3))
        fill(browser, "/path/communicate-openly/clear-ask/", {"answer-wish": "x", "then": "later"})
        letter = keep(ana, Keyring.of(ana), Draft(uuid.uuid4(), uuid.uuid4(), 0, kind="letter"))
        letter.entry.close(Keyring.of(ana), date(2026, 12, 1))
        browser.get("/")
        with CaptureQueriesContext(connection) as queries:
            shown = words(browser.get("/"))
    assert "remember of November?" in shown
    assert "A letter you closed" in shown
    assert "you wrote" in shown and "Keep writing" in shown
    assert len(queries) <= 8


@pytest.mark.django_db
def test_a_paused_relationship_holds_nothing_begun_and_the_rest_stays(
    browser: Client, ana: Any, mending: Relationship
) -> None:
    with travel(2026, 12, 1):
        browser.force_login(ana)
        write(ana, noon(2026, 11, 3), noon(2026, 10, 3))
        fill(browser, "/path/communicate-openly/clear-ask/", {"answer-wish": "x", "then": "later"})
        assert "Keep writing" in words(browser.get("/"))
        mending.rewrite(Keyring.of(ana), state="paused")
        shown = words(browser.get("/"))
    assert "Keep writing" not in shown
    assert "remember of November?" in shown and "you wrote" in shown


@pytest.mark.django_db
def test_the_journal_leads_to_looking_back_letters_and_the_trash(browser: Client) -> None:
    text = browser.get("/journal/").text
    for url in (BACK, "/journal/letters/", "/journal/trash/", "/journal/search/"):
        assert f'"{url}"' in text
