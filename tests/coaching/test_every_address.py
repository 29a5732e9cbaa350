"""Every address of coaching, ten kinds of people, GET and POST: what is not theirs is not there.

Ana works with Cleo. Carl was her coach until she closed everything, Eve until the time ran out; Pia
coaches somebody else. Kim is another client of Cleo's, Ben is Ana's partner; then staff, the host,
and nobody. Whoever has no part in a room cannot tell it from one that is not there.
"""

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from journal.coaching import consent
from journal.coaching.library_models import OwnExercise, OwnExerciseVersion
from journal.coaching.models import (
    ASSIGNMENT,
    CARD_OF,
    KEPT,
    REQUEST,
    ClientFile,
    CoachNote,
    Showing,
)
from journal.spaces.handing_over import remember
from journal.spaces.models import Post, Space
from journal.vault.keyring import Keyring
from tests.house.addresses import TOKEN, Address, walked
from tests.rooms import a_room, lock_twice, room_for, work_together

SECRET = "gooseberry"
FORM = {"then": "begin", "item": "room", "text": "x", "state": "x", "days": "90", "called": "x"}
STRANGERS = ("carl", "eve", "pia", "kim", "ben", "stan", "root")
COACHS, CLIENTS = "/coaching/clients/", "/coaching/<uuid:space_id>/"
# What a member of either role finds: the way in, the way out, and who asked whom.
BOTH = {"coaching_room", "coaching_invitation", "coaching_end"}
METHODS = pytest.mark.parametrize("method", ["GET", "POST"])

pytestmark = pytest.mark.django_db


def addresses(*begin: str) -> list[Address]:
    """Return every address of coaching that names something, below some beginnings or all."""
    found = [one for one in walked() if one.pattern.startswith("/coaching/") and one.arguments]
    return [one for one in found if not begin or one.pattern.startswith(begin)]


def on_the_coachs_side() -> list[Address]:
    rooms = [one for one in addresses(COACHS) if "space_id" in one.arguments]
    return rooms + [one for one in addresses() if one.name == "coach_arrived"]


def on_the_clients_side() -> list[Address]:
    not_hers = BOTH | {"coach_arrived"}
    return [one for one in addresses(CLIENTS) if one.name not in not_hers]


@pytest.fixture
def cast(people: dict[str, Any]) -> dict[str, Any]:
    """Everybody but nobody; coaches and staff have their second step."""
    people["kim"] = type(people["ana"]).objects.create_user("kim@example.org", display_name="Kim")
    for name in ("eve", "pia"):
        people[name].is_coach = True
        people[name].save(update_fields=["is_coach"])
    people["stan"].is_staff = True
    people["stan"].save(update_fields=["is_staff"])
    for name in ("stan", "root"):
        lock_twice(people[name])
    return people


@pytest.fixture
def rooms(cast: dict[str, Any], mending: Any) -> dict[str, Space]:
    """Ana's room with each coach, by the coach's name; everybody has a room of their own."""
    made = {
        name: work_together(cast["ana"], cast[name], mending) for name in ("cleo", "carl", "eve")
    }
    work_together(cast["root"], cast["pia"])
    work_together(cast["kim"], cast["cleo"])
    a_room(cast["ana"], cast["ben"])
    consent.narrow(room_for(cast["ana"], made["carl"]), "room")
    gone = timezone.now() - timedelta(minutes=1)
    Showing.objects.by(cast["ana"]).filter(space=made["eve"]).update(expires_at=gone)
    return made


@pytest.fixture
def page(cast: dict[str, Any], keyring_of: Any) -> Any:
    """A page of Ana's."""
    from journal.entries.writing import Draft, keep

    draft = Draft(uuid.uuid4(), uuid.uuid4(), 0, title=SECRET, text=SECRET)
    return keep(cast["ana"], keyring_of(cast["ana"]), draft).entry


@pytest.fixture
def ids(cast: dict[str, Any], rooms: dict[str, Space], page: Any) -> dict[str, list[uuid.UUID]]:
    """A word of each kind in the room of Ana and Cleo, and in Cleo's own files and Library."""
    posts = [post for one in ("cleo", "carl", "eve") for post in fill(cast, rooms[one], one, page)]
    keyring = Keyring.of(cast["cleo"])
    note = CoachNote(file=ClientFile.write(cast["cleo"], keyring, rooms["cleo"].pk, called=SECRET))
    note.sealed_body = keyring.seal(note, "body", SECRET)
    note.save(force_insert=True)
    own = OwnExerciseVersion(exercise=OwnExercise.hold_or_begin(cast["cleo"], uuid.uuid4()))
    body = {"title": SECRET, "purpose": SECRET, "minutes": 10, "questions": []}
    own.sealed_body = keyring.seal(own, "body", body)
    own.save(force_insert=True)
    return {
        "space_id": [rooms["cleo"].pk], "post_id": posts, "file_id": [note.file_id],
        "note_id": [note.pk], "exercise_id": [own.exercise_id],
    }  # fmt: skip


def fill(cast: dict[str, Any], space: Space, coach: str, page: Any) -> list[uuid.UUID]:
    """Put a word of each kind into a room and return the ids."""
    mine, theirs = room_for(cast["ana"], space), room_for(cast[coach], space)
    told = {"exercise": "clear-ask", "title": SECRET, "day": "2026-11-22"}
    copy = {"title": SECRET, "parts": [{"ask": "", "words": SECRET}], "text": ""}
    card = mine.write(CARD_OF[KEPT], told)
    remember(cast["ana"], Keyring.of(cast["ana"]), page, mine, card)
    asked = mine.write(REQUEST, {"text": SECRET})
    posts = [
        card, asked, mine.write(Post.COPY, copy),
        theirs.write(ASSIGNMENT, {"title": SECRET, "exercise": "clear-ask", "note": SECRET}),
        theirs.write(Post.REPLY, {"text": SECRET}, parent=asked),
        theirs.write(Post.NOTE, {"text": SECRET}, hidden=True),
    ]  # fmt: skip
    return [post.pk for post in posts]


def asked_for(one: Address, ids: dict[str, list[uuid.UUID]]) -> Iterator[tuple[str, str]]:
    """Yield an address with each thing that it may name, and the same with nothing behind it."""
    nothing = reverse(one.name or "", kwargs={key: uuid.uuid4() for key in one.arguments})
    for post in ids["post_id"] if "post_id" in one.arguments else [None]:
        values = {key: post if key == "post_id" else ids[key][0] for key in one.arguments}
        yield reverse(one.name or "", kwargs=values), nothing


def seen(response: Any) -> tuple[Any, ...]:
    body = TOKEN.sub(b"", response.getvalue())
    return response.status_code, sorted(response.headers.items()), body, str(response.cookies)


def ask(browser: Client, method: str, address: str) -> Any:
    data = {**FORM, "post_id": str(uuid.uuid4())} if method == "POST" else None
    return getattr(browser, method.lower())(address, data)


def cannot_tell(browser: Client, method: str, those: list[Address], ids: Any, who: str) -> None:
    """Assert that somebody sees the same of what is there as of what is not."""
    browser.get("/no-such-page/")
    for one in those:
        absent = None
        for there, nothing in asked_for(one, ids):
            absent = absent or seen(ask(browser, method, nothing))
            answer = ask(browser, method, there)
            assert answer.status_code in {404, 405}, (who, one.name)
            assert seen(answer) == absent, (who, one.name)


def rows() -> dict[str, list[Any]]:
    """Return every private row as it is stored."""
    return {
        model._meta.label: sorted(model._base_manager.values_list(), key=str)
        for model in apps.get_app_config("journal").get_models()
    }


def test_no_address_of_coaching_is_left_out():
    known = {"space_id", "post_id", "file_id", "note_id", "exercise_id"}
    assert all(one.arguments <= known for one in addresses())
    sides = {one.name for one in on_the_coachs_side() + on_the_clients_side()}
    theirs = {
        "coach_file",
        "coach_note",
        "own_exercise",
        "own_exercise_retire",
        "own_exercise_file",
    }
    assert sides | BOTH | theirs == {one.name for one in addresses()}
    assert len(sides) > 15


@METHODS
def test_whoever_has_no_part_in_it_finds_nothing_and_changes_nothing(
    cast: dict[str, Any], ids: dict[str, list[uuid.UUID]], browser_of: Callable[[Any], Client],
    method: str,
) -> None:  # fmt: skip
    before = rows()
    for who in STRANGERS:
        cannot_tell(browser_of(cast[who]), method, addresses(), ids, who)
    assert rows() == before


@METHODS
@pytest.mark.parametrize("who", ["carl", "eve"])
def test_a_coach_who_may_no_longer_look_finds_nothing_of_their_own_client(
    cast: dict[str, Any], rooms: dict[str, Space], ids: dict[str, list[uuid.UUID]],
    browser_of: Callable[[Any], Client], method: str, who: str,
) -> None:  # fmt: skip
    browser, before = browser_of(cast[who]), rows()
    theirs = {**ids, "space_id": [rooms[who].pk]}
    sides = [one for one in on_the_coachs_side() if one.name != "coach_arrived"]
    cannot_tell(browser, method, sides + on_the_clients_side(), theirs, who)
    for name in ("coaching_room", "coaching_invitation", "coach_arrived"):
        answer = ask(browser, method, reverse(name, args=[rooms[who].pk]))
        assert answer.status_code in {302, 405}, name
    way_out = browser.get(reverse("coaching_end", args=[rooms[who].pk]))
    assert way_out.status_code == 200
    assert "Ana" not in way_out.content.decode()
    assert rows() == before


@METHODS
@pytest.mark.parametrize(("who", "side"), [("ana", "coach"), ("cleo", "client")])
def test_neither_finds_the_side_of_the_other(
    cast: dict[str, Any], ids: dict[str, list[uuid.UUID]], browser_of: Callable[[Any], Client],
    method: str, who: str, side: str,
) -> None:  # fmt: skip
    before = rows()
    those = on_the_coachs_side() if side == "coach" else on_the_clients_side()
    cannot_tell(browser_of(cast[who]), method, those, ids, who)
    assert rows() == before


@METHODS
@pytest.mark.parametrize("who", ["ana", "cleo", "carl"])
def test_no_page_of_a_room_for_two_opens_a_room_for_coaching(
    cast: dict[str, Any], rooms: dict[str, Space], ids: dict[str, list[uuid.UUID]],
    browser_of: Callable[[Any], Client], method: str, who: str,
) -> None:  # fmt: skip
    space, before = rooms["carl" if who == "carl" else "cleo"].pk, rows()
    there = {"space_id": space, "step": "communicate-openly", "moment": 1}
    for one in walked():
        if not one.pattern.startswith("/together/") or "space_id" not in one.arguments:
            continue
        values = {key: there.get(key, uuid.uuid4()) for key in one.arguments}
        answer = ask(browser_of(cast[who]), method, reverse(one.name or "", kwargs=values))
        assert answer.status_code in {404, 405}, (who, one.name)
    assert rows() == before


@METHODS
def test_nobody_is_sent_to_sign_in_whatever_there_is(
    cast: dict[str, Any], ids: dict[str, list[uuid.UUID]], nobody: Client, method: str
) -> None:
    before = rows()
    for one in addresses():
        for there, nothing in asked_for(one, ids):
            for address in (there, nothing):
                answer = ask(nobody, method, address)
                assert answer.headers["Location"] == f"/accounts/login/?next={address}", one.name
    assert rows() == before


def test_pages_without_a_name_in_them_show_nobody_anything_of_anothers(
    cast: dict[str, Any], ids: dict[str, list[uuid.UUID]], browser_of: Callable[[Any], Client]
) -> None:
    lists = [one for one in walked() if one.pattern.startswith("/coaching/") and not one.arguments]
    assert len(lists) > 8
    coachs = {"clients", "client_invite", "coaching_inbox", "coach_files", "library",
              "own_exercise_new"}  # fmt: skip
    for who in STRANGERS:
        browser = browser_of(cast[who])
        for one in lists:
            answer = browser.get(reverse(one.name or ""))
            hidden = one.name in coachs and not cast[who].is_coach
            assert answer.status_code == (404 if hidden else 200), (who, one.name)
            assert SECRET not in answer.content.decode(), (who, one.name)
            assert "Ana" not in answer.content.decode(), (who, one.name)


def test_the_two_whose_it_is_find_it(
    cast: dict[str, Any], ids: dict[str, list[uuid.UUID]], browser_of: Callable[[Any], Client]
) -> None:
    found = {"ana": 0, "cleo": 0}
    for who, those in (("ana", on_the_clients_side()), ("cleo", on_the_coachs_side())):
        browser = browser_of(cast[who])
        for one in those:
            for there, _ in asked_for(one, ids):
                found[who] += SECRET in browser.get(there).content.decode()
    assert found["ana"] >= 2, "the cards, a suggestion"
    assert found["cleo"] >= 4, "the client, a question, a copy, the sheet"


def test_the_very_next_request_at_every_address_sees_that_all_was_closed(
    cast: dict[str, Any], rooms: dict[str, Space], ids: dict[str, list[uuid.UUID]],
    browser_of: Callable[[Any], Client],
) -> None:  # fmt: skip
    anas, cleos = browser_of(cast["ana"]), browser_of(cast["cleo"])
    space = rooms["cleo"].pk
    those = [one for one in on_the_coachs_side() if one.name != "coach_arrived"]
    assert len(those) > 5
    for one in those:
        for method in ("GET", "POST"):
            consent.give(room_for(cast["ana"], rooms["cleo"]), ["kept"], None)
            assert cleos.get(reverse("client", args=[space])).status_code == 200
            narrowed = anas.post(reverse("coaching_narrow", args=[space]), {"item": "room"})
            assert narrowed.status_code == 302
            cannot_tell(cleos, method, [one], ids, "cleo")
