"""The steps for two, and as much of each path as each chose to show."""

import pytest
from django.test import Client

from journal.spaces.models import Post, Space
from journal.vault.models import DataKey
from steps import catalogue
from tests.journal.posting import words as page_words
from tests.together.writing import at

pytestmark = pytest.mark.django_db
STEP = "communicate-openly"


def test_every_step_has_a_page_for_two(browser: Client, space: Space) -> None:
    room = page_words(browser.get(at(space, "steps/")))
    for step in catalogue.get().steps.values():
        assert step.title in room
        page = browser.get(at(space, f"steps/{step.key}/"))
        assert page.status_code == 200
        assert len(page_words(page)) > 700, "the step’s own words for two"
    assert browser.get(at(space, "steps/no-such-step/")).status_code == 404


def test_nothing_is_shown_until_somebody_says_so(
    browser: Client, bens: Client, space: Space
) -> None:
    before = page_words(bens.get(at(space, "steps/")))
    browser.post(f"/path/{STEP}/say/", {"state": "open"})
    assert page_words(bens.get(at(space, "steps/"))) == before
    assert browser.post(at(space, "steps/"), {STEP: "open"}).status_code == 302
    assert "Ana : Walking it" in page_words(bens.get(at(space, "steps/")))
    assert "You : Walking it" in page_words(browser.get(at(space, "steps/")))


def test_what_is_shown_can_be_changed_and_taken_back_with_its_key(
    browser: Client, bens: Client, space: Space
) -> None:
    browser.post(at(space, "steps/"), {STEP: "open"})
    browser.post(at(space, "steps/"), {STEP: "enough"})
    card = Post.unscoped.get(kind="shown-step")
    assert "Ana : Enough for now" in page_words(bens.get(at(space, "steps/")))
    browser.post(at(space, "steps/"), {STEP: ""})
    assert "Enough for now" not in page_words(bens.get(at(space, "steps/"))).split("What you")[0]
    assert not DataKey.objects.filter(space=card.pk).exists()


def test_the_page_sends_what_it_shows(browser: Client, space: Space) -> None:
    browser.post(at(space, "steps/"), {STEP: "aside"})
    form = browser.get(at(space, "steps/")).text
    assert 'value="aside" selected' in form
    browser.post(at(space, "steps/"), {STEP: "aside"})
    assert Post.unscoped.filter(kind="shown-step").count() == 1


def test_a_word_that_is_not_offered_is_refused_and_keeps_nothing(
    browser: Client, space: Space
) -> None:
    answer = browser.post(at(space, "steps/"), {STEP: "forgiven"})
    assert answer.status_code == 422
    assert "Choose one of these" in page_words(answer)
    assert not Post.unscoped.filter(kind="shown-step").exists()
