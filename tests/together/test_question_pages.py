"""This week's question: answered apart, sealed until both wrote, left out without a word."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from time_machine import travel

from journal.spaces.models import Post, Space
from journal.together.models import Answer, Question
from journal.together.question import ANSWER, asked, next_key, question_of_the_week, this_monday
from journal.vault.models import DataKey
from steps import catalogue
from tests.journal.posting import words as page_words
from tests.together.writing import at, words

pytestmark = pytest.mark.django_db
SEALED = "Sealed until you’ve both answered"


@pytest.fixture
def question(space: Space) -> Question:
    return question_of_the_week(space)


@pytest.fixture
def answer(space: Space, question: Question) -> str:
    return at(space, f"question/{question.pk}/")


def test_one_question_a_week_and_the_same_for_both(
    browser: Client, bens: Client, space: Space, question: Question
) -> None:
    for one in (browser, bens):
        assert asked(question) in page_words(one.get(at(space)))
    assert question_of_the_week(space) == question


def test_none_comes_back_until_all_were_asked(space: Space) -> None:
    shelf = {prompt.key for prompt in catalogue.prompts_for("together")}
    met: list[str] = []
    for _ in range(2 * len(shelf)):
        met.append(next_key(space, met))
    assert set(met[: len(shelf)]) == set(met[len(shelf) :]) == shelf
    assert all(met[n] not in met[max(0, n - len(shelf) + 1) : n] for n in range(len(met)))


def test_a_new_week_asks_another(space: Space, question: Question) -> None:
    with travel(question.monday + timedelta(days=8)):
        later = question_of_the_week(space)
    assert later.monday == question.monday + timedelta(weeks=1)
    assert later.prompt_id != question.prompt_id


def test_an_answer_is_not_in_the_others_page_until_both_wrote(
    browser: Client, bens: Client, space: Space, answer: str
) -> None:
    before = bens.get(at(space))
    assert browser.post(answer, words("Soup on the stove.")).status_code == 302
    after = bens.get(at(space))
    assert page_words(after) == page_words(before), "not even that there is one"
    assert len(after.content) == len(before.content)
    assert "You have written yours" in page_words(browser.get(at(space)))

    bens.post(answer, words("The bus driver waved."))
    for one in (browser, bens):
        shown = page_words(one.get(at(space)))
        assert "Soup on the stove." in shown
        assert "The bus driver waved." in shown
        assert SEALED not in shown


def test_one_answer_opens_nothing(browser: Client, space: Space, answer: str) -> None:
    browser.post(answer, words("Soup."))
    browser.post(answer, words("Soup, again.", base=1))
    assert not Post.unscoped.filter(kind=ANSWER, opened_at__isnull=False).exists()
    assert Answer.unscoped.count() == 1


def test_a_double_click_is_one_answer(browser: Client, answer: str) -> None:
    form = words("Soup.")
    for _ in range(2):
        assert browser.post(answer, form).status_code == 302
    assert Post.unscoped.filter(kind=ANSWER).count() == 1


def test_it_can_be_changed_before_it_opens(
    browser: Client, bens: Client, space: Space, answer: str
) -> None:
    browser.post(answer, words("Soup."))
    assert "Soup." in page_words(browser.get(answer))
    browser.post(answer, words("Bread.", base=1))
    bens.post(answer, words("Rain."))
    shown = page_words(bens.get(at(space)))
    assert "Bread." in shown
    assert "Soup." not in shown


def test_a_change_from_a_stale_page_shows_both_texts(browser: Client, answer: str) -> None:
    browser.post(answer, words("Soup."))
    browser.post(answer, words("Bread.", base=1))
    clash = browser.post(answer, words("Cake.", base=1))
    assert clash.status_code == 409
    for text in ("Bread.", "Cake."):
        assert text in page_words(clash)
    assert browser.post(answer, words("Cake.", base=2)).status_code == 302


def test_it_is_withdrawn_before_it_opens_and_its_key_is_gone(
    browser: Client, bens: Client, space: Space, answer: str
) -> None:
    from journal.vault.models import DataKey

    browser.post(answer, words("Soup."))
    post = Post.unscoped.get(kind=ANSWER)
    assert browser.post(answer + "withdraw/").status_code == 302
    assert not DataKey.objects.filter(space=post.pk).exists()
    bens.post(answer, words("Rain."))
    assert SEALED in page_words(bens.get(at(space)))
    assert browser.post(answer + "withdraw/").status_code == 302, "twice is once"
    browser.post(answer, words("Soup after all."))
    assert "Rain." in page_words(browser.get(at(space)))


def test_nothing_is_withdrawn_or_changed_once_both_are_open(
    browser: Client, bens: Client, space: Space, answer: str
) -> None:
    browser.post(answer, words("Soup."))
    bens.post(answer, words("Rain."))
    told = browser.post(answer + "withdraw/", follow=True)
    assert "both answers are open now" in page_words(told)
    changed = browser.post(answer, words("Cake.", base=1))
    assert changed.status_code == 409
    assert "Cake." in page_words(changed), "what was written is not lost"
    assert "Soup." in page_words(bens.get(at(space)))


def test_a_week_left_out_looks_the_same_to_the_other(
    browser: Client, bens: Client, space: Space, question: Question, answer: str
) -> None:
    before = page_words(bens.get(at(space)))
    assert browser.post(answer + "pass/").status_code == 302
    assert "leaving this week out" in page_words(browser.get(at(space)))
    assert asked(question) not in page_words(browser.get(at(space)))
    assert page_words(bens.get(at(space))) == before
    browser.post(answer + "pass/", {"again": "1"})
    assert asked(question) in page_words(browser.get(at(space)))


@pytest.mark.parametrize("text", ["", " ", "a\x00b"])
def test_what_is_refused_stays_in_its_field(browser: Client, answer: str, text: str) -> None:
    shown = browser.post(answer, words(text))
    assert shown.status_code == 422
    assert text.replace("\x00", "") in shown.content.decode()
    assert not Answer.unscoped.exists()


def test_the_question_of_another_room_is_not_there(
    browser: Client, people: dict[str, Any], space: Space
) -> None:
    from tests.rooms import a_room

    other = question_of_the_week(a_room(people["pia"], people["eve"]))
    for rest in ("", "withdraw/", "pass/"):
        path = at(space, f"question/{other.pk}/{rest}")
        assert browser.post(path, words("Soup.")).status_code == 404


def test_an_answer_of_a_week_that_is_over_stays_sealed_whatever_the_other_sends(
    browser: Client, bens: Client, space: Space, ana: Any
) -> None:
    with travel(this_monday() - timedelta(weeks=2)):  # of last week one is taken on Mondays, too
        path = at(space, f"question/{question_of_the_week(space).pk}/")
        browser.post(path, words("Only I wrote."))
    late = bens.post(path, words("Let me see."))
    assert late.status_code == 409
    assert "That week is over" in page_words(late)
    assert "Let me see." in late.text
    assert "Only I wrote." not in page_words(bens.get(at(space, "questions/")))
    assert bens.get(path).headers["Location"] == at(space, "questions/")
    [mine] = Post.objects.written_by(ana)
    assert mine.opened_at is None
    assert browser.post(at(space, f"posts/{mine.pk}/take-back/")).status_code == 302
    assert not DataKey.objects.filter(space=mine.pk).exists()


def test_an_answer_begun_late_on_sunday_still_counts(browser: Client, space: Space) -> None:
    with travel(this_monday() - timedelta(weeks=1)):
        path = at(space, f"question/{question_of_the_week(space).pk}/")
    with travel(this_monday()):
        assert browser.post(path, words("Soup on the stove.")).status_code == 302


def test_an_open_answer_is_taken_back_by_its_writer_and_never_put_otherwise(
    browser: Client, bens: Client, space: Space, answer: str, ana: Any, ben: Any
) -> None:
    browser.post(answer, words("Soup on the stove."))
    bens.post(answer, words("Bread."))
    [mine] = Post.objects.written_by(ana)
    [theirs] = Post.objects.written_by(ben)
    back = at(space, f"posts/{mine.pk}/take-back/")
    assert back in browser.get(at(space)).text
    assert back not in bens.get(at(space)).text
    assert bens.post(back).status_code == 404
    assert browser.post(back).status_code == 302
    assert not DataKey.objects.filter(space=mine.pk).exists()
    for window in (browser, bens):
        shown = page_words(window.get(at(space)))
        assert "Soup on the stove." not in shown
        assert "Bread." in shown
    anew = browser.post(answer, words("I never said soup."))
    assert anew.status_code == 409
    assert "I never said soup." in anew.text
    assert "I never said soup." not in page_words(bens.get(at(space)))
    bens.post(at(space, f"posts/{theirs.pk}/take-back/"))
    assert browser.post(answer, words("Begun again.")).status_code == 302


def test_earlier_weeks_show_what_is_open_and_ones_own(
    browser: Client, bens: Client, space: Space
) -> None:
    with travel(this_monday() - timedelta(weeks=1)):
        path = at(space, f"question/{question_of_the_week(space).pk}/")
        browser.post(path, words("Only I wrote."))
    shown = page_words(browser.get(at(space, "questions/")))
    assert "Only I wrote." in shown
    assert "only you see" in shown.lower()
    assert "Only I wrote." not in page_words(bens.get(at(space, "questions/")))
    assert browser.get(at(space, "questions/?before=heron")).status_code == 200
