"""A room that is open shows what the other just added, and tells nobody that it is open."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from journal.spaces.models import Space
from journal.together.polling import stamp
from journal.together.question import question_of_the_week
from tests.rooms import bring_coach
from tests.together.writing import at, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def since(space: Space) -> str:
    return at(space, f"since/{stamp(timezone.now())}/")


def news(browser: Client, path: str) -> list[dict[str, Any]]:
    answer = browser.get(path)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    return list(answer.json()["news"])


def test_a_note_a_reply_and_a_marble_of_the_other_come(
    browser: Client, bens: Client, space: Space, since: str
) -> None:
    note = words("Back at six.")
    browser.post(at(space, "note/"), note)
    browser.post(at(space, f"posts/{note['post_id']}/"), words("Or seven."))
    browser.post(at(space, "marble/"), words("Left the light on."))
    came = news(bens, since)
    assert [one["kind"] for one in came] == ["note", "reply", "marble"]
    assert [one.get("text") or one["deed"] for one in came] == [
        "Back at six.", "Or seven.", "Left the light on.",
    ]  # fmt: skip
    assert came[1]["parent"] == note["post_id"]
    assert came[2]["place"].startswith("translate(")


def test_ones_own_do_not_come(browser: Client, space: Space, since: str) -> None:
    browser.post(at(space, "note/"), words("Back at six."))
    assert news(browser, since) == []


def test_a_sealed_answer_does_not_come_and_opened_ones_come_without_words(
    browser: Client, bens: Client, space: Space, since: str
) -> None:
    path = at(space, f"question/{question_of_the_week(space).pk}/")
    browser.post(path, words("Soup."))
    assert news(bens, since) == []
    bens.post(path, words("Rain."))
    came = news(bens, since)
    assert [one["kind"] for one in came] == ["other"]
    assert "Soup." not in str(came)


def test_a_reply_to_what_was_taken_back_does_not_come(
    browser: Client, bens: Client, space: Space, since: str
) -> None:
    note = words("Back at six.")
    bens.post(at(space, "note/"), note)
    browser.post(at(space, f"posts/{note['post_id']}/"), words("Six as you said on Sunday?"))
    bens.post(at(space, f"posts/{note['post_id']}/take-back/"))
    assert news(bens, since) == []


def test_what_the_other_takes_back_shows_in_how_much_is_there(
    browser: Client, bens: Client, space: Space, since: str
) -> None:
    note = words("Back at six.")
    browser.post(at(space, "note/"), note)
    browser.post(at(space, "note/"), words("Or seven."))
    bens.post(at(space, "note/"), words("My own does not count."))
    assert bens.get(since).json()["there"] == 2
    browser.post(at(space, f"posts/{note['post_id']}/take-back/"))
    said = bens.get(since).json()
    assert said["there"] == 1
    assert "Back at six." not in str(said)


def test_a_sealed_answer_does_not_show_in_how_much_is_there(
    browser: Client, bens: Client, space: Space, since: str
) -> None:
    browser.post(at(space, f"question/{question_of_the_week(space).pk}/"), words("Soup."))
    assert bens.get(since).json()["there"] == 0


def test_a_coach_gets_no_word_by_asking_which_nobody_writes_down(
    browser: Client, ana: Any, ben: Any, people: Any, browser_of: Any, space: Space, since: str
) -> None:
    bring_coach(ana, ben, people["cleo"], space)
    browser.post(at(space, "note/"), words("Back at six."))
    browser.post(at(space, "marble/"), words("Left the light on."))
    came = news(browser_of(people["cleo"]), since)
    assert [one["kind"] for one in came] == ["other", "other"]
    assert "six" not in str(came)


def test_what_is_long_past_does_not_come_again(browser: Client, bens: Client, space: Space) -> None:
    browser.post(at(space, "note/"), words("Back at six."))
    later = stamp(timezone.now()) + 60_000
    assert news(bens, at(space, f"since/{later}/")) == []


@pytest.mark.parametrize("moment", ["0", "9" * 30])
def test_a_strange_time_is_answered_calmly(browser: Client, space: Space, moment: str) -> None:
    assert news(browser, at(space, f"since/{moment}/")) == []


def test_asking_writes_nothing(browser: Client, bens: Client, space: Space, since: str) -> None:
    browser.post(at(space, "note/"), words("Back at six."))
    bens.get(since)
    with CaptureQueriesContext(connection) as queries:
        bens.get(since)
    assert all(query["sql"].startswith("SELECT") for query in queries), queries.captured_queries
    assert len(queries) <= 6


def test_nobody_outside_gets_an_answer(stranger: Client, nobody: Client, since: str) -> None:
    assert stranger.get(since).status_code == 404
    assert nobody.get(since).status_code == 302
