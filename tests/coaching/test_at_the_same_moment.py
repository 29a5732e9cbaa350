"""A client closes something while the coach's page is being made; a button is pressed twice."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from journal.coaching import consent
from journal.coaching.models import (
    CARD_OF,
    KEPT,
    REQUEST,
    ClientFile,
    CoachNote,
    CoachProfile,
)
from journal.spaces.models import Post
from journal.vault.keyring import Keyring
from journal.vault.models import DataKey
from tests.rooms import work_together

CLIENTS = "/coaching/clients/"
SECRET = "gooseberry"


@contextmanager
def just_before_the_keys_are_fetched(do: Callable[[], Any]) -> Iterator[list[str]]:
    """Do something once, after a page has fetched its rows and before it fetches their keys."""
    posts, keys = f'FROM "{Post._meta.db_table}"', f'"{DataKey._meta.db_table}"'
    seen: list[str] = []
    done: list[str] = []

    def between(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if posts in sql:
            seen.append(sql)
        elif seen and not done and keys in sql and sql.startswith("SELECT"):
            done.append(sql)
            do()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(between):
        yield done


@pytest.fixture
def sent(anas: Any) -> Post:
    """What Ana has shown and asked; the request."""
    told = {"exercise": "clear-ask", "title": SECRET, "day": "2026-11-22"}
    anas.write(CARD_OF[KEPT], told)
    return anas.write(REQUEST, {"text": SECRET})


@pytest.mark.parametrize("page", ["", "sheet/", "pages/{}/"])
def test_what_is_closed_while_its_page_is_made_is_simply_not_there(coach, anas, space, sent, page):
    address = f"{CLIENTS}{space.pk}/{page.format(sent.pk)}"
    coach.get(address)

    def close() -> None:
        consent.narrow(anas, "room")
        Post.objects.written_by(anas.person).filter(pk=sent.pk).take_back()

    with just_before_the_keys_are_fetched(close) as done:
        answer = coach.get(address)
    assert done
    assert answer.status_code == 404
    assert SECRET not in answer.content.decode()


def test_one_thing_that_is_closed_meanwhile_takes_nothing_else_along(coach, anas, space, sent):
    address = f"{CLIENTS}{space.pk}/"
    with just_before_the_keys_are_fetched(lambda: consent.narrow(anas, "kept")) as done:
        answer = coach.get(address)
    assert done
    assert answer.status_code == 200
    assert answer.content.decode().count(SECRET) == 1, "the request, not the exercise"


def test_a_button_pressed_twice_keeps_one_note(people, coach, space):
    page = coach.get(f"{CLIENTS}{space.pk}/").content.decode()
    [note_id] = re.findall(r'name="note_id" value="([^"]+)"', page)
    sent = {"text": "Slower.", "note_id": note_id}
    for _ in range(2):
        assert coach.post(f"{CLIENTS}{space.pk}/note/", sent).status_code == 302
    assert CoachNote.objects.kept_by(people["cleo"]).count() == 1
    coach.post(f"{CLIENTS}{space.pk}/note/", sent | {"text": "Gone back to, and written anew."})
    assert CoachNote.objects.kept_by(people["cleo"]).count() == 2


def test_nobodys_note_is_written_over_by_an_id_from_elsewhere(people, coach, space, browser_of):
    coach.post(f"{CLIENTS}{space.pk}/note/", {"text": "Slower."})
    [note] = CoachNote.objects.kept_by(people["cleo"])
    other = people["carl"]
    theirs = work_together(people["stan"], other)
    sent = {"text": "Over it", "note_id": str(note.pk)}
    assert browser_of(other).post(f"{CLIENTS}{theirs.pk}/note/", sent).status_code == 302
    assert CoachNote.objects.kept_by(other).get().pk != note.pk
    assert CoachNote.objects.kept_by(people["cleo"]).count() == 1


def make_meanwhile(table: str, make: Any) -> Any:
    """Return what lets another request be quicker: it makes the row before it is put down here."""
    done: list[str] = []

    def between(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not done and sql.startswith(f'INSERT INTO "{table}"'):
            done.append(sql)
            make()
        return execute(sql, params, many, context)

    return between


def test_two_tabs_that_begin_a_file_at_one_moment_begin_one(people, coach, space):
    cleo = people["cleo"]
    keyring = Keyring.of(cleo)

    def other_tab() -> None:
        ClientFile.write(cleo, keyring, space.pk, last_session="2026-11-01")

    with connection.execute_wrapper(make_meanwhile(ClientFile._meta.db_table, other_tab)):
        answer = coach.post(f"{CLIENTS}{space.pk}/note/", {"text": "Slower.", "called": "A."})
    assert answer.status_code == 302
    assert ClientFile.objects.kept_by(cleo).get().read(keyring)["called"] == "A."
    assert CoachNote.objects.kept_by(cleo).get().read(keyring) == "Slower."


def test_two_introductions_at_one_moment_are_one(people, coach):
    cleo = people["cleo"]
    said = dict.fromkeys(CoachProfile.FIELDS, "Cleo")

    def other_tab() -> None:
        CoachProfile.keep(cleo, Keyring.of(cleo), said)

    with connection.execute_wrapper(make_meanwhile(CoachProfile._meta.db_table, other_tab)):
        answer = coach.post("/you/coach/", said | {"way": "Slowly"})
    assert answer.status_code == 302
    profile = CoachProfile.objects.of(cleo)
    assert profile is not None and profile.read(Keyring.of(cleo))["way"] == "Slowly"
