"""Today says that something is new in a room, and neither what nor how much."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from journal.spaces.models import Space
from tests.journal.posting import words as page_words
from tests.together.writing import at, words

pytestmark = pytest.mark.django_db
LINE = "Something new in the room with"


def test_a_new_note_is_one_neutral_line_until_the_room_was_seen(
    browser: Client, bens: Client, space: Space
) -> None:
    bens.get(at(space))
    browser.get(at(space))
    assert LINE not in page_words(bens.get("/"))
    for _ in range(2):
        browser.post(at(space, "note/"), words("Back at six."))
    shown = page_words(bens.get("/"))
    assert shown.count(f"{LINE} Ana.") == 1
    assert "Back at six." not in shown
    assert LINE not in page_words(browser.get("/")), "one’s own is nothing new"
    bens.get(at(space))
    assert LINE not in page_words(bens.get("/"))


def test_a_sealed_answer_is_no_news(browser: Client, bens: Client, space: Space) -> None:
    from journal.together.question import question_of_the_week

    bens.get(at(space))
    path = at(space, f"question/{question_of_the_week(space).pk}/")
    browser.post(path, words("Soup."))
    assert LINE not in page_words(bens.get("/"))


def test_whoever_keeps_away_hears_nothing(
    browser: Client, bens: Client, space: Space, room: Any
) -> None:
    bens.get(at(space))
    browser.post(at(space, "note/"), words("Back at six."))
    room("ben").me.pause(timezone.now() + timedelta(days=1))
    assert LINE not in page_words(bens.get("/"))


def test_today_asks_at_most_eight_times_with_a_room(
    browser: Client, bens: Client, space: Space, mending: Any, page: Any
) -> None:
    browser.get(at(space))
    bens.post(at(space, "note/"), words("Back at six."))
    browser.get("/")
    with CaptureQueriesContext(connection) as queries:
        assert LINE in page_words(browser.get("/"))
    assert len(queries) <= 8, "\n".join(query["sql"][:110] for query in queries)


def test_where_fear_was_named_no_name_stands_on_today(
    browser: Client, bens: Client, space: Space, ana: Any, keyring_of: Any
) -> None:
    from journal.relationships.models import Relationship
    from journal.relationships.story import Story

    browser.get(at(space))
    bens.post(at(space, "note/"), words("Back at six."))
    assert LINE in page_words(browser.get("/"))
    Relationship.begin(ana, keyring_of(ana), Story(name="Rob", kind="partner", afraid="sometimes"))
    assert LINE not in page_words(browser.get("/"))
