"""Everything one has handed over, in one place: who reads it, since when, taken back at once."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from journal.entries.models import Entry
from journal.entries.writing import Draft, keep
from journal.spaces import leaving
from journal.spaces.handing_models import Handing
from journal.spaces.handing_over import remember
from journal.spaces.models import Post, Space
from journal.vault.keyring import Keyring
from journal.vault.models import DataKey
from tests.conftest import Browser
from tests.rooms import a_room, room_for

PAGE = "/you/handed-over/"


def hand(person: Any, space: Space, title: str) -> Post:
    """Let somebody write a page and hand it over."""
    keyring, room = Keyring.of(person), room_for(person, space)
    entry = keep(person, keyring, Draft(uuid.uuid4(), uuid.uuid4(), 0, title=title, text="x")).entry
    post = room.write(Post.COPY, {"title": title, "parts": [], "text": "x"})
    remember(person, keyring, entry, room, post)
    return post


def titles(text: str) -> list[str]:
    return re.findall(r"<h2><a [^>]*>([^<]*)</a></h2>", text)


def test_nothing_handed_over_is_said_plainly(browser: Browser, space: Space) -> None:
    assert "Nobody can read any of your pages but you" in browser.get(PAGE).text


def test_every_copy_of_ones_own_in_every_room_and_nobody_elses(
    browser: Browser, bens: Browser, ana: Any, ben: Any, people: dict[str, Any], space: Space
) -> None:
    hand(ana, space, "The piano")
    hand(ana, a_room(ana, people["pia"]), "The stairs")
    hand(ben, space, "Mine")
    text = browser.get(PAGE).text
    assert titles(text) == ["The stairs", "The piano"]
    assert "Ben can read a copy since" in text and "Pia can read a copy since" in text
    assert titles(bens.get(PAGE).text) == ["Mine"]
    for link in re.findall(r'href="(/journal/[^"]+)"', text):
        assert browser.get(link).status_code == 200


def test_a_copy_is_taken_back_from_here(browser: Browser, ana: Any, space: Space) -> None:
    post = hand(ana, space, "The piano")
    action = re.search(r'action="([^"]+take-back/)"', browser.get(PAGE).text)
    assert action
    browser.post(action[1])
    assert not DataKey.objects.filter(space=post.pk).exists()
    assert titles(browser.get(PAGE).text) == []


def test_where_the_other_has_left_nobody_is_named(
    browser: Browser, ana: Any, ben: Any, space: Space
) -> None:
    hand(ana, space, "The piano")
    leaving.leave(ben, space.pk)
    text = browser.get(PAGE).text
    assert "that room has closed" in text
    assert "can read a copy since" not in text


def test_a_closed_letter_is_listed_without_its_words(
    browser: Browser, ana: Any, space: Space
) -> None:
    hand(ana, space, "Dear piano")
    row = Entry.objects.written_by(ana).get()
    day = timezone.localdate() + timedelta(days=400)
    row.sealed_until = Keyring.of(ana).seal(row, "until", day.isoformat())
    row.save()
    text = browser.get(PAGE).text
    assert "Dear piano" not in text
    assert f"Closed until {day.day} {day:%B} {day.year}" in text
    assert "take-back/" in text


@pytest.mark.parametrize("after", ["heron", "00000000-0000-4000-8000-000000000000"])
def test_pages_of_many_ask_as_often_as_of_few_and_show_nothing_twice(
    after: str, browser: Browser, ana: Any, space: Space, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("journal.spaces.handed.PAGE", 2)
    hand(ana, space, "Page 1")
    asked = []
    for number in (2, 3, 4, 5):
        hand(ana, space, f"Page {number}")
        browser.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            browser.get(PAGE)
        asked.append(len(queries))
    assert len(set(asked)) == 1 and asked[0] <= 8
    met, address = [], PAGE
    while True:
        text = browser.get(address).text
        met += titles(text)
        older = re.search(r'href="(\?after=[^"]+)"', text)
        if not older:
            break
        address = PAGE + older[1]
    assert met == [f"Page {number}" for number in (5, 4, 3, 2, 1)]
    assert titles(browser.get(f"{PAGE}?after={after}").text) == ["Page 5", "Page 4"]
    assert Handing.objects.by(ana).count() == 5
