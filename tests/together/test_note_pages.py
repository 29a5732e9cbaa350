"""Notes to each other, and what was handed over, with what was said to either."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from journal.spaces.models import Post, Space
from journal.vault.models import DataKey
from tests.journal.posting import words as page_words
from tests.together.writing import at, words

pytestmark = pytest.mark.django_db


def leave_note(browser: Client, space: Space, text: str) -> Post:
    form = words(text)
    assert browser.post(at(space, "note/"), form).status_code == 302
    return Post.unscoped.get(pk=form["post_id"])


def test_a_note_is_there_for_both(browser: Client, bens: Client, space: Space) -> None:
    leave_note(browser, space, "Back at six.")
    assert "Back at six." in page_words(bens.get(at(space)))
    assert "You" in page_words(browser.get(at(space)))


def test_a_double_click_is_one_note(browser: Client, space: Space) -> None:
    form = words("Back at six.")
    for _ in range(2):
        assert browser.post(at(space, "note/"), form).status_code == 302
    assert Post.unscoped.count() == 1


def test_somebody_elses_id_writes_over_nothing_and_loses_nothing(
    browser: Client, bens: Client, space: Space
) -> None:
    note = leave_note(browser, space, "Back at six.")
    taken = bens.post(at(space, "note/"), words("Mine", post_id=str(note.pk)))
    assert taken.status_code == 302
    for text in ("Mine", "Back at six."):
        assert text in page_words(browser.get(at(space)))


def test_replies_stand_under_their_note_the_last_three_on_the_room(
    browser: Client, bens: Client, space: Space
) -> None:
    note = leave_note(browser, space, "Back at six.")
    path = at(space, f"posts/{note.pk}/")
    for number in range(5):
        assert bens.post(path, words(f"Reply no. {number}.")).status_code == 302
    room = page_words(browser.get(at(space)))
    assert "Reply no. 4." in room
    assert "Reply no. 1." not in room
    assert "Earlier replies" in room
    assert "Reply no. 0." in page_words(browser.get(path))


@pytest.mark.parametrize("text", ["", "  ", "a\x00b"])
def test_what_is_refused_stays_in_its_field(browser: Client, space: Space, text: str) -> None:
    note = leave_note(browser, space, "Back at six.")
    for rest in ("note/", f"posts/{note.pk}/"):
        shown = browser.post(at(space, rest), words(text))
        assert shown.status_code == 422
        assert text.replace("\x00", "") in shown.content.decode()
    assert Post.unscoped.count() == 1


@pytest.mark.parametrize("lost", [{"post_id": ""}, {"post_id": "heron"}, {"base": "x"}])
def test_words_outlive_lost_ids(browser: Client, space: Space, lost: dict[str, str]) -> None:
    shown = browser.post(at(space, "note/"), words("Back at six.", **lost))
    assert shown.status_code == 422
    assert "Back at six." in page_words(shown)


def test_older_notes_are_a_page_away_and_nothing_twice(
    browser: Client, space: Space, room: Any
) -> None:
    anas, now = room("ana"), timezone.now()
    for number in range(25):
        post = anas.write(Post.NOTE, {"title": "", "text": f"Note no. {number}."})
        moment = now - timedelta(hours=number)
        Post.unscoped.filter(pk=post.pk).update(created_at=moment, opened_at=moment)
    first = browser.get(at(space))
    older = first.context["stream"].older
    assert page_words(first).count("Note no.") == 20
    second = page_words(browser.get(at(space, f"?after={older}")))
    assert second.count("Note no.") == 5
    assert "Note no. 24." in second
    assert page_words(browser.get(at(space, "?after=heron"))).count("Note no.") == 20


def test_a_note_taken_back_is_gone_with_its_key(
    browser: Client, bens: Client, space: Space
) -> None:
    note = leave_note(browser, space, "Back at six.")
    path = at(space, f"posts/{note.pk}/take-back/")
    for method in (bens.get, bens.post):
        assert method(path).status_code == 404
    assert browser.post(path).status_code == 302
    assert not DataKey.objects.filter(space=note.pk).exists()
    assert "Back at six." not in page_words(bens.get(at(space)))
    assert browser.post(path).status_code == 404


def test_what_was_handed_over_takes_replies_and_names_its_writer(
    browser: Client, bens: Client, space: Space, room: Any
) -> None:
    body = {"title": "The piano", "parts": [{"ask": "What was it?", "words": "Gone."}]}
    copy = room("ana").write(Post.COPY, {**body, "text": "Gone."})
    shown = page_words(bens.get(at(space)))
    assert "Ana handed this over" in shown
    assert "What was it?" in shown
    assert bens.post(at(space, f"posts/{copy.pk}/"), words("I read it.")).status_code == 302
    assert "I read it." in page_words(browser.get(at(space)))
    assert browser.post(at(space, f"posts/{copy.pk}/take-back/")).status_code == 404


def test_nobody_can_tell_whether_anything_was_read(
    browser: Client, bens: Client, space: Space
) -> None:
    leave_note(browser, space, "Back at six.")
    before = page_words(browser.get(at(space)))
    bens.get(at(space))
    assert page_words(browser.get(at(space))) == before


def test_posting_into_a_room_the_other_left_gives_the_words_back(
    browser: Client, bens: Client, space: Space, ben: Any
) -> None:
    from journal.spaces.leaving import leave

    leave_note(browser, space, "Back at six.")
    leave(ben, space.pk)
    refused = browser.post(at(space, "note/"), words("Are you there?"))
    assert refused.status_code == 404
    assert "Are you there?" in page_words(refused)
    shown = page_words(browser.get(at(space)))
    assert "This room has closed" in shown
    assert "Leave it in the room" not in shown


def test_nobody_writes_into_a_room_before_the_other_has_come_in(browser: Client, ana: Any) -> None:
    """Else somebody would come into a room that is full of proposals already."""
    from tests.rooms import a_waiting_room

    waiting, _ = a_waiting_room(ana)
    for rest in ("note/", "marble/", "agreements/new/", "full/", "talks/new/"):
        answer = browser.post(at(waiting, rest), words("Sign this first.", device="one"))
        assert answer.status_code == 404, rest
        assert rest == "talks/new/" or "Sign this first." in answer.text
    assert not Post.objects.written_by(ana).exists()


def test_nothing_of_the_room_opens_to_anybody_outside(
    browser: Client, stranger: Client, space: Space
) -> None:
    note = leave_note(browser, space, "Back at six.")
    for path in (at(space), at(space, f"posts/{note.pk}/"), at(space, "jar/")):
        assert stranger.get(path).status_code == 404
    assert browser.get(at(space, f"posts/{uuid.uuid4()}/")).status_code == 404
