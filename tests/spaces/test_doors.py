"""Every address of rooms, for every member of the cast: forbidden equals absent, GET and POST.

The room is Ana's and Ben's; Pia is invited into another one of Ana's, Eve left one, Cleo coaches
them, Carl was shown out again, Stan is a stranger and Root may do everything a host may.
"""

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from journal.spaces import leaving, tokens
from journal.spaces.handing_over import remember
from journal.spaces.models import Membership, Post, Space
from journal.vault.keyring import Keyring
from tests.conftest import CAST, Browser
from tests.house.addresses import PRIVATE, TOKEN
from tests.house.test_rooms_look_at_nothing_private import built_on_rooms
from tests.rooms import a_room, a_waiting_room, bring_coach, room_for
from tests.security.conftest import owner_of

SECRET = "A-heron-on-the-weir"
INSIDE = {"ana", "ben", "cleo"}
# Beside the room's own id, what else an address may name.
MINE = {"entry_id", "post_id"}


@pytest.fixture
def lived_in(people: dict[str, Any], page: Any) -> tuple[Space, Post]:
    """The room with everybody come and gone, and a copy of Ana's page in it."""
    ana, ben = people["ana"], people["ben"]
    space = a_room(ana, ben)
    bring_coach(ana, ben, people["carl"], space)
    carl = Membership.objects.in_held(space).get(role=Membership.COACH)
    leaving.show_out(ben, space.pk, carl.pk)
    bring_coach(ana, ben, people["cleo"], space)
    a_waiting_room(ana)
    leaving.leave(people["eve"], a_room(ana, people["eve"]).pk)
    room = room_for(ana, space)
    post = room.write(Post.COPY, {"title": SECRET, "parts": [], "text": SECRET})
    remember(ana, Keyring.of(ana), page, room, post)
    return space, post


def rooms_addresses() -> list[str]:
    """Return the names of addresses that take a room's id, or a copy's, and nothing unknown."""
    return [
        name
        for name in sorted(built_on_rooms() & set(PRIVATE))
        if "space_id" in PRIVATE[name] and set(PRIVATE[name]) <= {"space_id", *MINE}
    ]


def addresses(space: uuid.UUID, page: uuid.UUID, post: uuid.UUID) -> Iterator[str]:
    """Yield the address of every page of one room."""
    known = {"space_id": space, "entry_id": page, "post_id": post}
    for name in rooms_addresses():
        yield reverse(name, kwargs={key: known[key] for key in PRIVATE[name]})


def seen(response: Any) -> tuple[int, dict[str, str], bytes]:
    """Return what an asker can tell of an answer."""
    return response.status_code, dict(response.headers), TOKEN.sub(b"", response.content)


@pytest.mark.parametrize("who", [name for name in CAST if name not in INSIDE])
def test_for_everybody_else_the_room_is_not_there(
    who: str, people: dict[str, Any], lived_in: tuple[Space, Post], page: Any, browser_of: Any
) -> None:
    space, post = lived_in
    asking: Client = browser_of(people[who])
    there = list(addresses(space.pk, page.pk, post.pk))
    absent = list(addresses(uuid.uuid4(), uuid.uuid4(), uuid.uuid4()))
    assert len(there) > 6
    for one, other in zip(there, absent, strict=True):
        for method in ("get", "post"):
            data = {"called": "Me", "count": "1", "words_0": "x", "text": "x", "for": "week"}
            forbidden = getattr(asking, method)(one, data)
            assert seen(forbidden) == seen(getattr(asking, method)(other, data)), (method, one)
            # A coach is first asked for a second step, whatever the address.
            asked = forbidden.headers.get("Location") == "/you/coach/second-step/"
            assert asked or forbidden.status_code in {404, 405}, (method, one)
            assert SECRET.encode() not in forbidden.content
    assert Membership.objects.in_held(space).count() == 3


@pytest.mark.parametrize("who", sorted(INSIDE))
def test_whoever_is_in_the_room_finds_it(
    who: str, people: dict[str, Any], lived_in: tuple[Space, Post], browser_of: Any
) -> None:
    space, _ = lived_in
    assert browser_of(people[who]).get(f"/together/{space.pk}/").status_code == 200
    room = room_for(people[who], space)
    assert [body["text"] for _, body in room.read(room.posts)] == [SECRET]


def test_a_coach_in_the_room_is_no_partner_there(
    people: dict[str, Any], lived_in: tuple[Space, Post], browser_of: Any
) -> None:
    space, _ = lived_in
    cleos = browser_of(people["cleo"])
    for page in ("invitation/", "coach/"):
        assert cleos.get(f"/together/{space.pk}/{page}").status_code == 404


def test_the_writers_own_record_opens_for_the_writer_alone(
    people: dict[str, Any], lived_in: tuple[Space, Post], page: Any, browser_of: Any
) -> None:
    _, post = lived_in
    address = f"/journal/{page.pk}/copies/{post.pk}/"
    for who in CAST:
        status = browser_of(people[who]).get(address).status_code
        assert status == (200 if who == "ana" else 404), who


def test_no_id_of_the_page_stands_in_the_room(
    people: dict[str, Any], lived_in: tuple[Space, Post], page: Any, bens: Browser
) -> None:
    space, _ = lived_in
    assert str(page.pk) not in bens.get(f"/together/{space.pk}/").text


@pytest.mark.parametrize(
    "address",
    ["/together/create/", "/together/{space}/you/", "/together/{space}/coach/",
     "/journal/{page}/hand-over/{space}/", "/invitations/{token}/join/"],
)  # fmt: skip
def test_every_form_for_words_says_whose_it_is(
    address: str, browser: Browser, page: Any, space: Space, pia: Any
) -> None:
    _, token = a_waiting_room(pia)
    text = browser.get(address.format(page=page.pk, space=space.pk, token=token)).text
    forms = re.findall(r'<form[^>]*method="post".*?</form>', text, re.DOTALL)
    words = ("<textarea", 'name="called"', 'name="whom"')
    writing = [form for form in forms if any(one in form for one in words)]
    assert writing
    for form in writing:
        assert owner_of(form)


def test_an_invitations_page_says_no_token_to_other_sites(ana: Any, nobody: Client) -> None:
    _, token = a_waiting_room(ana)
    answer = nobody.get(f"/invitations/{token}/")
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer.headers["Cache-Control"]
    assert tokens.find(token) is not None
