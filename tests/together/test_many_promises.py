"""Very many promises and talks: a few on the room's page, all of them a page at a time."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from journal.spaces.models import Space
from journal.together import agreements, listening
from journal.together.models import Agreement
from journal.together.seen import HELD, OPEN, TALKS_SHOWN
from journal.together.talk_models import Talk
from tests.journal.posting import words as page_words
from tests.together.furnishing import everything
from tests.together.writing import at

pytestmark = pytest.mark.django_db


def propose(room: Any, who: str, many: int, since: int = 0) -> list[Agreement]:
    """Put promises on the table, a minute apart, the first one first."""
    made = []
    for number in range(since, since + many):
        text = f"Promise number {number}."
        row = agreements.propose(room(who), Agreement.PROMISE, text, uuid.uuid4())
        row.begun_at = timezone.now() + timedelta(minutes=number)
        row.save()
        made.append(row)
    return made


def both_sign(room: Any, row: Agreement) -> None:
    for name in ("ana", "ben"):
        agreements.sign(room(name), row.pk, 1)


def numbers(page: Any) -> list[int]:
    """Return which promises a page shows, once each, in their order."""
    return [int(one) for one in re.findall(r'class="pact">Promise number (\d+)', page.text)]


def walked(browser: Client, path: str) -> list[Any]:
    """Return every page of a list."""
    pages = [browser.get(path)]
    while older := re.search(r'href="(\?after=[^"]+)" rel="next"', pages[-1].text):
        pages.append(browser.get(path + older[1]))
    return pages


def test_the_room_shows_the_newest_few_and_leads_to_all(
    browser: Client, space: Space, room: Any
) -> None:
    link = at(space, "agreements/") + '"'
    for row in propose(room, "ben", HELD):
        both_sign(room, row)
    propose(room, "ben", OPEN, since=HELD)
    shown = browser.get(at(space))
    assert numbers(shown) == [4, 3, 2, 1, 0, 7, 6, 5]
    assert link not in shown.text
    propose(room, "ben", 37, since=HELD + OPEN)
    shown = browser.get(at(space))
    assert numbers(shown) == [4, 3, 2, 1, 0, 44, 43, 42], "what both signed stays in sight"
    assert link in shown.text
    pages = walked(browser, at(space, "agreements/"))
    assert [len(numbers(page)) for page in pages] == [20, 20, 5]
    assert [one for page in pages for one in numbers(page)] == list(range(44, -1, -1))


def asked(browser: Client, path: str) -> int:
    browser.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(path).status_code == 200
    return len(queries)


def test_many_promises_cost_the_room_no_question_more(
    browser: Client, space: Space, room: Any
) -> None:
    everything(room)
    few, listed = (asked(browser, at(space, rest)) for rest in ("", "agreements/"))
    assert few <= 14
    for row in propose(room, "ben", 12):
        both_sign(room, row)
    propose(room, "ben", 30, since=12)
    assert asked(browser, at(space)) == few
    assert numbers(browser.get(at(space))) == [11, 10, 9, 8, 7, 41, 40, 39]
    assert asked(browser, at(space, "agreements/")) == listed


def test_whoever_keeps_away_still_finds_what_both_signed_below_many_proposals(
    browser: Client, space: Space, room: Any
) -> None:
    both_sign(room, propose(room, "ben", 1)[0])
    propose(room, "ben", 10, since=1)
    browser.post(at(space, "pause/"), {"for": "week"})
    assert numbers(browser.get(at(space))) == [0]
    assert numbers(browser.get(at(space, "agreements/"))) == [0]


def test_an_ended_promise_stands_on_neither_page(browser: Client, space: Space, room: Any) -> None:
    first, second = propose(room, "ben", 2)
    agreements.end(room("ana"), first.pk)
    assert numbers(browser.get(at(space))) == numbers(browser.get(at(space, "agreements/"))) == [1]
    assert numbers(browser.get(at(space, f"agreements/?after={second.pk}"))) == []
    assert numbers(browser.get(at(space, f"agreements/?after={uuid.uuid4()}"))) == [1]


def test_every_signed_copy_is_found_however_many_there_are(
    browser: Client, room: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("journal.together.agreement_pages.KEPT_AT_ONCE", 2)
    for row in propose(room, "ben", 5):
        both_sign(room, row)
    pages = walked(browser, "/journal/agreements/")
    found = [int(one) for page in pages for one in re.findall(r"Promise number (\d+)", page.text)]
    assert [len(pages), found] == [3, [4, 3, 2, 1, 0]]


def test_every_talk_is_found_however_many_there_are(
    browser: Client, bens: Client, space: Space, room: Any
) -> None:
    talks = [listening.begin(room("ana"), False, uuid.uuid4()).pk for _ in range(TALKS_SHOWN)]
    assert at(space, "talks/") + '"' not in browser.get(at(space)).text
    talks += [listening.begin(room("ana"), False, uuid.uuid4()).pk for _ in range(20)]
    listening.take_turn(room("ana"), talks[0], "say", "The stairs.", 1, uuid.uuid4())
    assert at(space, "talks/") + '"' in browser.get(at(space)).text
    pages = walked(browser, at(space, "talks/"))
    assert len(pages) == 2
    assert all(sum(str(one) in page.text for page in pages) == 1 for one in talks)
    assert "The stairs." not in "".join(page_words(page) for page in pages)
    bens.post(at(space, "pause/"), {"for": "week"})
    assert "Nothing here." in page_words(bens.get(at(space, "talks/")))
    assert Talk.unscoped.count() == len(talks)
