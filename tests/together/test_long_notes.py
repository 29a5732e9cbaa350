"""However much somebody writes: the room begins it, and its own page has all of it."""

from typing import Any

import pytest
from django.test import Client

from journal.spaces.models import Post, Space
from journal.together.notes import LONG, START, start_of
from tests.together.writing import at

pytestmark = pytest.mark.django_db
LOUD = "Listen to me. " * 2_000


def written(room: Any, kind: str, text: str, parts: Any = (), **said: Any) -> Post:
    return room("ben").write(kind, {"title": "", "text": text, "parts": list(parts)}, **said)


@pytest.mark.parametrize("kind", [Post.NOTE, Post.REPLY])
def test_a_long_note_or_reply_begins_in_the_room_and_is_whole_on_its_page(
    browser: Client, space: Space, room: Any, kind: str
) -> None:
    note = written(room, Post.NOTE, "Back at six." if kind == Post.REPLY else LOUD)
    if kind == Post.REPLY:
        written(room, Post.REPLY, LOUD, parent=note)
    shown = browser.get(at(space)).text
    assert shown.count("Read all of it") == 1
    assert 0 < shown.count("Listen to me.") < 200
    whole = browser.get(at(space, f"posts/{note.pk}/")).text
    assert whole.count("Listen to me.") == 2_000
    assert "Read all of it" not in whole


def test_a_long_copy_begins_with_its_first_texts(browser: Client, space: Space, room: Any) -> None:
    asks = [{"ask": f"Question {at}", "words": f"Answer {at}. " + "word " * 100} for at in range(5)]
    copy = written(room, Post.COPY, "\n\n".join(one["words"] for one in asks), asks)
    shown = browser.get(at(space)).text
    assert "Answer 0." in shown and "Answer 1." in shown
    assert "Question 3" not in shown and "Answer 4." not in shown
    assert "Answer 4." in browser.get(at(space, f"posts/{copy.pk}/")).text


def test_what_is_not_long_stands_there_whole(browser: Client, space: Space, room: Any) -> None:
    written(room, Post.NOTE, "a" * LONG)
    shown = browser.get(at(space)).text
    assert "a" * LONG in shown
    assert "Read all of it" not in shown


def test_an_open_room_is_told_of_a_long_note_without_its_words(
    browser: Client, space: Space, room: Any
) -> None:
    written(room, Post.NOTE, LOUD)
    answer = browser.get(at(space, "since/0/"))
    assert [one["kind"] for one in answer.json()["news"]] == ["other"]
    assert len(answer.content) < 500


def test_a_start_ends_with_a_whole_word_where_it_can() -> None:
    assert start_of("one two three", 9) == "one two …"
    assert start_of("one two", 7) == "one two"
    assert start_of("x" * 9, 4) == "xxxx …"
    assert start_of("one", 0) == start_of("   one", 2) == ""
    assert len(start_of(LOUD, START)) <= START + 2
