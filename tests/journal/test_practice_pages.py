"""Practice: five tools that need nobody's consent."""

from collections.abc import Callable

import pytest
from django.test import Client

from journal.entries.models import Entry
from journal.relationships.models import Relationship
from steps import catalogue

from .posting import fill, words

pytestmark = pytest.mark.django_db

TOOLS = list(catalogue.get().tools)


def test_the_five_tools_stand_there_with_their_exercises(browser: Client) -> None:
    shown = words(browser.get("/practice/"))
    for tool in catalogue.get().tools.values():
        assert tool.title in shown
        for key in tool.exercises:
            assert catalogue.get().exercises[key].title in shown
    assert "{" not in shown


@pytest.mark.parametrize("key", TOOLS)
def test_a_tool_works_with_and_without_a_relationship(
    browser: Client, key: str, request: pytest.FixtureRequest
) -> None:
    tool = catalogue.get().tools[key]
    shown = words(browser.get(f"/practice/{key}/"))
    assert catalogue.for_kind(tool.small_act, None) in shown
    assert "{" not in shown
    request.getfixturevalue("mending")
    shown = words(browser.get(f"/practice/{key}/"))
    assert catalogue.for_kind(tool.small_act, "family") in shown
    assert "{" not in shown


def test_an_exercise_of_a_tool_is_kept_without_a_relationship(browser: Client) -> None:
    url = "/practice/self-care/feelings-words/"
    fill(browser, url, {"answer-now": "hollow", "then": "later"})
    entry = Entry.unscoped.get()
    assert (entry.relationship, entry.step, entry.exercise.key) == (None, None, "feelings-words")


def test_an_exercise_of_a_tool_belongs_to_the_relationship_at_hand(
    browser: Client, mending: Relationship
) -> None:
    url = "/practice/self-care/feelings-words/"
    fill(browser, url, {"answer-now": "hollow", "then": "later"})
    assert Entry.unscoped.get().relationship == mending


@pytest.mark.parametrize(
    "url",
    [
        "/practice/no-such-tool/",
        "/practice/quality-time/",
        "/practice/self-care/clear-ask/",
        "/practice/self-care/no-such-exercise/",
        "/path/communicate-openly/feelings-words/",
        "/path/quality-time/clear-ask/",
        "/path/self-care/feelings-words/",
    ],
)
def test_what_is_not_in_the_guide_or_lives_elsewhere_is_not_there(
    browser: Client, mending: Relationship, url: str
) -> None:
    assert browser.get(url).status_code == 404
    assert browser.post(url, {}).status_code in {404, 405}


def test_other_methods_are_refused(browser: Client) -> None:
    assert browser.post("/practice/").status_code == 405
    assert browser.post("/practice/self-care/").status_code == 405
    assert browser.put("/practice/self-care/feelings-words/").status_code == 405


@pytest.mark.parametrize("afraid", ["no", "sometimes"])
def test_where_fear_was_named_a_tool_is_for_people_one_is_safe_with(
    browser: Client, story_of: Callable[..., Relationship], afraid: str
) -> None:
    story_of(kind="partner", part="hurt", afraid=afraid)
    shown = words(browser.get("/practice/empathy/"))
    assert ("anybody you are not safe with" in shown) is (afraid == "sometimes")
