"""The sheet for a session, the coach's own files, and the two menus of a coach."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from journal.coaching import consent
from journal.coaching.models import (
    ASSIGNMENT,
    CARD_OF,
    REQUEST,
    SAID,
    ClientFile,
    CoachNote,
    Opening,
)
from journal.spaces.models import Post
from journal.vault.keyring import Keyring
from tests.rooms import lock_twice

MARKUP = '<b>bold</b> "quoted" & <script>alert(1)</script>'


def text_of(answer: Any) -> str:
    return answer.content.decode()


@pytest.fixture
def sheet(space: Any) -> str:
    """Where the sheet is."""
    return f"/coaching/clients/{space.pk}/sheet/"


def card(room: Any, item: str, body: dict[str, Any], ago: int) -> None:
    day = timezone.localdate(timezone=room.person.zone) - timedelta(days=ago)
    room.write(CARD_OF[item], {**body, "day": day.isoformat()}, day=day)


def test_the_sheet_says_what_moved_what_was_shown_and_what_was_asked(
    people, coach, anas, cleos, sheet
):
    card(anas, "kept", {"exercise": "clear-ask", "title": "The clear ask"}, 0)
    card(anas, "dials", {"numbers": {"safety": 5}}, 0)
    anas.write(Post.COPY, {"title": f"The piano {MARKUP}", "parts": [], "text": "Gone."})
    anas.write(REQUEST, {"text": MARKUP})
    task = cleos.write(ASSIGNMENT, {"title": "Three mornings", "exercise": ""})
    anas.write(SAID, {"state": "done"}, parent=task)
    page = text_of(coach.get(sheet))
    for words in (
        "Finished: The clear ask",
        "Safety 5",
        "The piano",
        "Three mornings. They did it",
    ):
        assert words in page
    assert "Gone." not in page, "the words of a page are read on its own page"
    assert "&lt;b&gt;bold" in page
    assert "<b>bold</b>" not in page
    assert [row.what for row in Opening.objects.seen_by(people["ana"])] == ["sheet"]


def test_the_next_sheet_begins_on_the_day_of_the_last_session(people, coach, space, anas, sheet):
    card(anas, "kept", {"exercise": "clear-ask", "title": "The clear ask"}, 3)
    cleo = people["cleo"]
    day = timezone.localdate(timezone=cleo.zone)
    long_ago = (day - timedelta(days=9)).isoformat()
    ClientFile.write(cleo, Keyring.of(cleo), space.pk, last_session=long_ago, next_session="x")
    assert "The clear ask" in text_of(coach.get(sheet))
    assert coach.post(sheet).status_code == 302
    assert "The clear ask" not in text_of(coach.get(sheet))
    [file] = ClientFile.objects.kept_by(cleo)
    assert file.read(Keyring.of(cleo)) == {"last_session": day.isoformat(), "next_session": ""}


def test_what_is_no_longer_shown_is_on_no_sheet(coach, anas, sheet):
    card(anas, "kept", {"exercise": "clear-ask", "title": "The clear ask"}, 0)
    assert "The clear ask" in text_of(coach.get(sheet))
    consent.narrow(anas, "kept")
    assert "The clear ask" not in text_of(coach.get(sheet))


@pytest.fixture
def note(people: dict[str, Any], coach: Any, space: Any) -> str:
    """A note of Cleo's on Ana; its address."""
    coach.post(f"/coaching/clients/{space.pk}/note/", {"text": f"Slower. {MARKUP}"})
    [row] = CoachNote.objects.kept_by(people["cleo"])
    return f"/coaching/files/{row.file_id}/notes/{row.pk}/"


def test_notes_stay_when_the_work_has_ended(people, coach, browser, space, note):
    browser.post(f"/coaching/{space.pk}/end/")
    assert "Ana" in text_of(coach.get("/coaching/files/"))
    page = text_of(coach.get(note.partition("notes/")[0]))
    assert "Slower." in page
    assert "<b>bold</b>" not in page


def test_looking_at_ones_own_notes_opens_nothing_of_the_clients(people, coach, note):
    for address in ("/coaching/files/", note.partition("notes/")[0], note):
        assert coach.get(address).status_code == 200
    assert not Opening.objects.seen_by(people["ana"]).exists()


def test_a_note_is_changed_unless_another_tab_was_quicker(people, coach, note):
    assert coach.post(note, {"text": "Steadier.", "base": "1"}).status_code == 302
    late = coach.post(note, {"text": "Slower still.", "base": "1"})
    assert late.status_code == 409
    assert "Steadier." in text_of(late)
    assert "Slower still." in text_of(late)
    [row] = CoachNote.objects.kept_by(people["cleo"])
    assert row.read(Keyring.of(people["cleo"])) == "Steadier."


def test_a_note_and_a_file_can_be_deleted(people, coach, note):
    coach.post(note, {"then": "delete"})
    assert not CoachNote.objects.kept_by(people["cleo"]).exists()
    coach.post(note.partition("notes/")[0], {"then": "delete"})
    assert not ClientFile.objects.kept_by(people["cleo"]).exists()


def test_nobody_elses_notes_can_be_reached(people, coach, browser_of, browser, note):
    lock_twice(people["carl"])
    carl = browser_of(people["carl"])
    for asking in (carl, browser):
        for address in (note, note.partition("notes/")[0]):
            assert asking.get(address).status_code == 404
            assert asking.post(address, {"then": "delete", "text": "x"}).status_code == 404
    other = note.replace(note.split("/")[3], str(uuid.uuid4()))
    assert coach.get(other).status_code == 404
    assert CoachNote.objects.kept_by(people["cleo"]).count() == 1


@pytest.mark.parametrize("day", ["2020-01-01", "9999-01-01", "tomorrow"])
def test_a_session_cannot_be_in_the_past_or_out_of_sight(people, coach, space, day):
    data = {"text": "Slower.", "next_session": day}
    answer = coach.post(f"/coaching/clients/{space.pk}/note/", data)
    assert answer.status_code == 422
    assert "Slower." in text_of(answer)
    assert not CoachNote.objects.kept_by(people["cleo"]).exists()


def test_a_suggestion_is_taken_back_by_its_coach(people, coach, cleos, anas, space):
    task = cleos.write(ASSIGNMENT, {"title": "Three mornings", "exercise": ""})
    asked = anas.write(REQUEST, {"text": "How?"})
    address = f"/coaching/clients/{space.pk}/assignments/"
    assert coach.post(f"{address}{asked.pk}/take-back/").status_code == 404
    assert coach.post(f"{address}{task.pk}/take-back/").status_code == 302
    assert list(anas.posts.values_list("kind", flat=True)) == [REQUEST]


def test_a_coach_has_two_sides_and_a_word_that_leads_to_the_other(coach, space):
    side = text_of(coach.get("/coaching/clients/"))
    for word in ("Clients", "Inbox", "Library", "Your journal"):
        assert f"{word}</a>" in side
    journal = text_of(coach.get("/path/"))
    assert 'href="/coaching/clients/"' in journal
    assert "Inbox</a>" not in journal
    assert 'href="/practice/"' in journal


def test_whoever_is_no_coach_has_no_such_word(browser):
    assert "Clients</a>" not in text_of(browser.get("/path/"))
