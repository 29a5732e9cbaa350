"""Day One, jrnl and folders of Markdown: their words come, once, and the rest is said."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from journal.entries.models import Entry, Revision
from tests.conftest import Browser
from tests.privacy.carrying import bring_in, packed, send, texts

DAY_ONE = {
    "metadata": {"version": "1.0"},
    "entries": [
        {
            "uuid": "0A1B2C3D4E5F60718293A4B5C6D7E8F9", "creationDate": "2019-05-01T12:34:56Z",
            "timeZone": "Europe/London", "starred": True, "tags": ["walks"],
            "text": "# By the canal\n\n![](dayone-moment://77AA)\nIt rained\\. We laughed\\!",
        },
        {"uuid": "FF", "creationDate": "0000-00-00T00:00:00Z", "text": "No day."},
        {"uuid": "EE", "creationDate": "2019-05-02T12:34:56Z", "text": "![](dayone-moment://7)"},
        "nonsense",
    ],
}  # fmt: skip
JRNL = {
    "tags": {"@home": 1},
    "entries": [
        {"title": "Rain.", "body": "All day @home.", "date": "2020-02-29", "time": "08:15",
         "tags": ["@home"], "starred": False},
        {"title": "Rain.", "body": "Again.", "date": "2020-02-29", "time": "08:15", "tags": []},
    ],
}  # fmt: skip
FOLDER: dict[str, str | bytes] = {
    "notes/2021-03-04 Bread.md": "First line.\r\nSecond line.",
    "notes/2021-03-05.md": "# A heading\n\nWords.",
    "notes/old.txt": "---\ntitle: The loft\ndate: 2015-07-01 09:30\n---\nDust.",
    "notes/latin.md": "é".encode("latin-1"),
    "notes/empty.md": " \n",
    "notes/utf16.md": "Žluť".encode("utf-16"),
    "__MACOSX/notes/._x.md": "junk",
    "notes/photo.jpg": b"\xff\xd8",
}
OTHERS = {
    "Day One": packed({"Journal.json": json.dumps(DAY_ONE), "photos/77.jpeg": b"\xff"}),
    "jrnl": packed({"journal.json": json.dumps(JRNL)}),
    "Markdown": packed(FOLDER),
}


def test_day_one_comes_without_its_pictures(ana: Any, browser: Browser) -> None:
    answer = send(browser, OTHERS["Day One"])
    assert "Read from Day One" in answer.text
    assert "1 picture or other file stays behind" in answer.text
    assert "Journal.json, 2: its date cannot be, so it would come with today’s" in answer.text
    assert "Journal.json, 3: no words in it" in answer.text
    assert "Journal.json, 4: not an entry that we know" in answer.text
    bring_in(browser, OTHERS["Day One"])
    assert texts(ana) == ["By the canal|It rained. We laughed!\n\nTags: walks", "|No day."]
    assert f"{Entry.objects.written_by(ana).earliest('created_at').created_at:%Y-%m-%d %H:%M}" == (
        "2019-05-01 12:34"
    )


@pytest.mark.parametrize("opening", ["![", "![](dayone-moment:"])
def test_openings_of_pictures_without_an_end_are_put_down_at_once(
    browser: Browser, opening: str
) -> None:
    """Looked through from each opening to the end, these would take a process days."""
    entry = {"uuid": "A", "creationDate": "2019-05-01T12:34:56Z", "text": opening * 400_000}
    answer = send(browser, json.dumps({"entries": [entry]}).encode(), "Journal.json")
    assert "Journal.json, 1: longer than the 200,000 characters" in answer.text


def test_jrnl_comes_with_its_two_pages_of_one_minute(ana: Any, browser: Browser) -> None:
    bring_in(browser, json.dumps(JRNL).encode(), "journal.json")
    assert sorted(texts(ana)) == ["Rain.|Again.", "Rain.|All day @home."]


def test_a_folder_of_markdown_comes_page_by_page(ana: Any, browser: Browser) -> None:
    answer = send(browser, OTHERS["Markdown"])
    assert "notes/latin.md: not in UTF-8" in answer.text
    assert "notes/empty.md: no words in it" in answer.text
    bring_in(browser, OTHERS["Markdown"])
    found = texts(ana)
    assert found[:3] == [
        "The loft|Dust.",
        "2021-03-04 Bread|First line.\nSecond line.",
        "A heading|Words.",
    ]
    assert found[3:] == ["utf16|Žluť"]


@pytest.mark.parametrize("name", OTHERS)
def test_a_second_time_brings_nothing(ana: Any, browser: Browser, name: str) -> None:
    bring_in(browser, OTHERS[name])
    before = sorted(Entry.objects.all_of(ana).values_list("pk", "version"))
    answer = send(browser, OTHERS[name])
    assert "All of this is here already" in answer.text
    assert sorted(Entry.objects.all_of(ana).values_list("pk", "version")) == before


@pytest.mark.parametrize("name", OTHERS)
def test_two_people_may_bring_in_one_file(
    ana: Any, stan: Any, browser: Browser, stranger: Browser, name: str
) -> None:
    bring_in(browser, OTHERS[name])
    bring_in(stranger, OTHERS[name])
    assert sorted(texts(ana)) == sorted(texts(stan))


def test_words_changed_there_come_to_stand_beside_and_those_changed_here_stay(
    ana: Any, browser: Browser
) -> None:
    bring_in(browser, packed({"a/2021-03-05 Bread.md": "First."}))
    answer = send(browser, packed({"a/2021-03-05 Bread.md": "Second."}))
    assert "1 page that is here with other words" in answer.text
    bring_in(browser, packed({"a/2021-03-05 Bread.md": "Second."}))
    assert texts(ana) == ["2021-03-05 Bread|First."]
    kept = Revision.objects.of(Entry.objects.written_by(ana).get())
    assert sorted(kept.values_list("beside", flat=True)) == [False, True]


def test_each_page_from_elsewhere_begins_with_a_version_of_its_own(
    ana: Any, browser: Browser
) -> None:
    bring_in(browser, OTHERS["jrnl"])
    pages = list(Entry.objects.written_by(ana))
    assert pages
    for entry in pages:
        assert Revision.objects.of(entry).count() == 1
        assert browser.get(f"/journal/{entry.pk}/history/").status_code == 200


def day_one(**said: Any) -> bytes:
    """Return the export of somebody's Day One with one entry."""
    return packed({"Journal.json": json.dumps({"entries": [{"uuid": "A", "text": "x", **said}]})})


def jrnl(**said: Any) -> bytes:
    """Return the export of somebody's jrnl with one entry."""
    return json.dumps({"entries": [{"title": "x", "body": "", **said}]}).encode()


NO_DATES = {
    "Day One, the year 0": day_one(creationDate="0000-01-01T00:00:00Z"),
    "Day One, the year 1": day_one(creationDate="0001-01-01T00:00:00+14:00"),
    "Day One, the year 9999": day_one(creationDate="9999-12-31T23:59:59-14:00"),
    "Day One, a number": day_one(creationDate=10**40),
    "Day One, none": day_one(),
    "jrnl, the year 0": jrnl(date="0000-01-01", time="00:00"),
    "jrnl, the year 9999": jrnl(date="9999-12-31", time="23:59"),
    "jrnl, no hour": jrnl(date="2020-01-01", time="25:61"),
    "jrnl, a list": jrnl(date=[], time={}),
}


@pytest.mark.parametrize("name", NO_DATES)
def test_a_date_that_cannot_be_is_said_and_the_page_comes_with_today(
    ana: Any, browser: Browser, name: str
) -> None:
    data = NO_DATES[name]
    file = "words.zip" if data[:2] == b"PK" else "words.json"
    assert "its date cannot be, so it would come with today’s" in send(browser, data, file).text
    bring_in(browser, data, file)
    came = Entry.objects.written_by(ana).get().created_at
    assert timezone.now() - timedelta(minutes=5) < came <= timezone.now()


@pytest.mark.parametrize("year", ["0000", "1066", "9999"])
def test_a_file_of_a_year_that_cannot_be_comes_on_the_day_of_the_zip(
    ana: Any, browser: Browser, year: str
) -> None:
    bring_in(browser, packed({f"{year}-01-01.md": f"---\ndate: {year}-01-01\n---\nWords."}))
    assert 2000 < Entry.objects.written_by(ana).get().created_at.year < 2200
    assert texts(ana) == ["|Words."]
