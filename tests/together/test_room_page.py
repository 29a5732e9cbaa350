"""The room's page: one calm page for two, the same at any size."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from journal.spaces.models import Post, Space
from journal.together.jar import MARBLE
from tests.journal.posting import words
from tests.together.furnishing import everything, furnish

pytestmark = pytest.mark.django_db


def address(space: Space, rest: str = "") -> str:
    return f"/together/{space.pk}/{rest}"


def test_both_find_the_same_room(browser: Client, bens: Client, space: Space) -> None:
    for one, other in ((browser, "Ben"), (bens, "Ana")):
        shown = one.get(address(space))
        assert shown.status_code == 200
        assert f"What did {other} do?" in words(shown)


def asked(browser: Client, path: str) -> int:
    browser.get(path)  # the first look asks the week's question and keeps the bookmark
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(path).status_code == 200
    return len(queries)


def test_a_room_of_any_size_asks_at_most_14_times(browser: Client, space: Space, room: Any) -> None:
    everything(room)
    furnish(room, 50, 30)
    few = asked(browser, address(space))
    assert few <= 14
    Post.unscoped.filter(kind=MARBLE).delete()
    furnish(room, 450, 300)
    assert asked(browser, address(space)) == few


def test_every_form_for_words_says_whose_it_is(browser: Client, space: Space, room: Any) -> None:
    from journal.together.question import question_of_the_week

    note = room("ana").write(Post.NOTE, {"title": "", "text": "Back at six."})
    question = question_of_the_week(space)
    pages = ("", "note/", "full/", "agreements/new/", f"question/{question.pk}/",
             f"posts/{note.pk}/", f"posts/{note.pk}/take-back/")  # fmt: skip
    for rest in pages:
        text = browser.get(address(space, rest)).text
        forms = re.findall(r'<form[^>]*method="post".*?</form>', text, re.DOTALL)
        for_words = [one for one in forms if 'id="leave"' not in one]
        assert for_words, rest
        for form in for_words:
            assert 'name="owner"' in form, rest


def test_a_room_still_waiting_leads_to_its_invitation(browser: Client, ana: Any) -> None:
    from tests.rooms import a_waiting_room

    shown = browser.get(address(a_waiting_room(ana)[0]))
    assert "The room opens once somebody has come in" in words(shown)
    assert 'name="text"' not in shown.text
