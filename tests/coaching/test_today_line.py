"""Today's quiet line for whoever has a coach: something is there, and not what or from whom."""

from typing import Any

import pytest

from journal.coaching.models import ASSIGNMENT, REQUEST
from journal.relationships.models import Relationship
from journal.relationships.story import Story
from journal.spaces.models import Post
from journal.together.models import Bookmark
from journal.vault.keyring import Keyring

NEW, SUGGESTED = "There is something new for you.", "There is a suggestion for you."


def text_of(answer: Any) -> str:
    return answer.content.decode()


@pytest.fixture
def visited(browser: Any, space: Any) -> str:
    """The room's address, after Ana has been there."""
    address = f"/coaching/{space.pk}/"
    assert browser.get(address).status_code == 200
    return address


def test_an_answer_is_said_on_today_until_the_room_was_opened(browser, visited, anas, cleos):
    assert NEW not in text_of(browser.get("/"))
    asked = anas.write(REQUEST, {"text": "How?"})
    assert NEW not in text_of(browser.get("/")), "one's own words are no news"
    cleos.write(Post.REPLY, {"text": "Slowly."}, parent=asked)
    page = text_of(browser.get("/"))
    line = page[page.index(NEW) :][:120]
    assert visited in line
    assert "Cleo" not in page and "Slowly" not in page
    browser.get(visited)
    assert NEW not in text_of(browser.get("/"))


def test_a_draft_is_no_news(browser, visited, cleos):
    cleos.write(Post.NOTE, {"text": "Not yet."}, hidden=True)
    assert NEW not in text_of(browser.get("/"))


def test_a_suggestion_is_said_once_and_stays_until_it_is_answered(browser, visited, cleos):
    body = {"title": "The clear ask", "exercise": "clear-ask", "questions": [], "note": ""}
    cleos.write(ASSIGNMENT, {**body, "minutes": 10})
    page = text_of(browser.get("/"))
    assert NEW in page and SUGGESTED not in page
    browser.get(visited)
    page = text_of(browser.get("/"))
    assert NEW not in page and SUGGESTED in page


def test_a_coachs_own_journal_says_nothing_of_their_clients(coach, visited, anas, space):
    coach.get(f"/coaching/clients/{space.pk}/")
    anas.write(REQUEST, {"text": "How?"})
    page = text_of(coach.get("/"))
    assert NEW not in page and SUGGESTED not in page
    assert not Bookmark.unscoped.exclude(membership=anas.me).exists()


def test_fear_of_somebody_keeps_no_answer_of_a_coach_from_being_found(
    people, browser, visited, cleos
):
    ana = people["ana"]
    Relationship.begin(ana, Keyring.of(ana), Story(name="Ruta", kind="friend", afraid="yes"))
    cleos.write(Post.NOTE, {"text": "I am here."})
    assert NEW in text_of(browser.get("/"))


def test_today_asks_no_more_for_whoever_has_a_coach_and_shares_a_room(
    people, browser, visited, cleos, django_assert_max_num_queries
):
    from tests.rooms import a_room

    shared = a_room(people["ana"], people["ben"])
    browser.get(f"/together/{shared.pk}/")
    cleos.write(Post.NOTE, {"text": "I am here."})
    browser.get("/")
    with django_assert_max_num_queries(8):
        assert NEW in text_of(browser.get("/"))
