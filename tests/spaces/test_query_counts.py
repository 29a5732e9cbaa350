"""How often pages of rooms ask the database: as often for many rooms and copies as for few."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from journal.spaces.handing_over import remember
from journal.spaces.models import Post, Space
from journal.vault.keyring import Keyring
from tests.conftest import Browser
from tests.rooms import a_room, a_waiting_room, room_for

PAGES = {"/together/": 8, "/together/{space}/you/": 8, "/together/{space}/leave/": 8,
         "/journal/{page}/hand-over/": 9, "/journal/{page}/": 8}  # fmt: skip


def asked(browser: Browser, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(address).status_code == 200
    return len(queries)


def hand(ana: Any, page: Any, space: Space) -> None:
    """Hand a page over."""
    room = room_for(ana, space)
    post = room.write(Post.COPY, {"title": "", "parts": [], "text": "x"})
    remember(ana, Keyring.of(ana), page, room, post)


@pytest.mark.parametrize("address", PAGES)
def test_a_page_asks_no_more_with_many_rooms_and_copies(
    browser: Browser, ana: Any, people: dict[str, Any], page: Any, space: Space, address: str
) -> None:
    hand(ana, page, space)
    where = address.format(space=space.pk, page=page.pk)
    browser.get(where)
    few = asked(browser, where)
    assert few <= PAGES[address]
    for name in ("pia", "eve", "stan"):
        hand(ana, page, a_room(ana, people[name]))
        a_waiting_room(ana)
    assert asked(browser, where) == few
