"""No page of a room touches anybody's private tables: by its imports, and by what it asks.

Some pages belong to a writer: handing over reads the writer's own page, leaving writes into their
own journal, the questions before a room look at their own story. Those are listed with what they
may ask for, and every such question must carry the writer's own id.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from journal.entries.import_models import ImportBatch, ImportPiece
from journal.entries.models import Entry, Revision
from journal.entries.segment_models import SearchSegment
from journal.relationships.models import Guest, PathStep, Relationship
from tests.conftest import Browser
from tests.house.addresses import OWN, PRIVATE, PUBLIC, Things, private, walked
from tests.house.test_arrows import imports, sources, where

BUILT_ON_ROOMS = ("journal.spaces", "journal.together", "journal.coaching")
TABLES = {
    model._meta.db_table: model.__name__
    for model in (
        Entry, Revision, SearchSegment, ImportBatch, ImportPiece, Relationship, PathStep, Guest,
    )
}  # fmt: skip
# Pages of one writer about their own, with the tables of their own that they may ask for.
OWN_PAGES: dict[str, set[str]] = {
    "hand_over": {"Entry", "Relationship"},
    "handed_over": {"Entry"},
    "hand_over_to": {"Entry", "Relationship"},
    "copy": {"Entry", "Relationship"},
    "copy_take_back": {"Entry", "Relationship"},
    "room_new": {"Relationship"},
    "invitation_check": {"Relationship"},
    "room_leave": {"Entry", "Revision"},
    "take_home": {"Entry", "Revision"},
    "coaching_new": {"Relationship"},
    "coaching_show": {"Relationship"},
    "coaching_room": {"Entry"},
    "coaching_assignment": {"Entry"},
    "coaching_end": {"Entry", "Revision"},
}
# Files that may name what reads or writes private pages, each with its reason.
MAY_NAME_THEM = {
    "journal/coaching/assignments.py": "a client does an assignment in their own journal",
    "journal/coaching/cards.py": "the client's own doing becomes cards",
    "journal/coaching/client_pages.py": "words for the states of steps",
    "journal/coaching/consent.py": "the client's own relationship is meant",
    "journal/coaching/forms.py": "the client chooses which relationship is meant",
    "journal/coaching/joining.py": "the client chooses which relationship is meant",
    "journal/coaching/models.py": "what is shown points at the client's own rows",
    "journal/spaces/handed.py": "the writer's own pages, of which copies stand",
    "journal/spaces/handing_over.py": "the writer's own page becomes a copy",
    "journal/spaces/leaving.py": "the leaver's own words go into their own journal",
    "journal/spaces/handing_models.py": "a writer's record of a copy points at their own page",
    "journal/spaces/safety_check.py": "asks whether the person themselves has named fear",
}
PRIVATE_NAMES = re.compile(
    r"journal\.(entries|relationships)\.[\w.]*"
    r"\.(Entry|Revision|SearchSegment|Relationship|PathStep|Guest|Mending|Draft|keep|lines"
    r"|exercise_words|path_of|sheet_for)"
)


def built_on_rooms() -> set[str]:
    """Return the names of all addresses whose pages are built on rooms."""
    return {
        address.name or ""
        for address in walked()
        if str(address.view.__module__).startswith(BUILT_ON_ROOMS)
    }


def samples(things: Things) -> Iterator[tuple[str, str]]:
    """Yield (name, address) of every page built on rooms, those that end something last."""
    names = built_on_rooms()
    ending = ("leave", "take_back", "take_home", "end", "withdraw", "delete")
    for name in sorted(names, key=lambda one: (any(word in one for word in ending), one)):
        if name in PRIVATE:
            yield name, private(name, things)
        for arguments in OWN.get(name, PUBLIC.get(name, ())):
            yield name, reverse(name, kwargs=arguments)


def touched(asking: Client, method: str, address: str) -> list[str]:
    """Return the statements of one request that name a private table."""
    with CaptureQueriesContext(connection) as asked:
        getattr(asking, method)(address)
    return [
        query["sql"] for query in asked if any(f'"{table}"' in query["sql"] for table in TABLES)
    ]


@pytest.fixture
def things(ana: Any, page: Any) -> Things:
    """One of each thing that Ana has, a room with a copy of her page in it among them."""
    return Things.of_ana(ana, page)


@pytest.mark.parametrize("who", ["ana", "kim"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_members_page_asks_for_nothing_private_but_the_writers_own(
    things: Things, ana: Any, who: str, method: str, browser_of: Callable[[Any], Browser]
) -> None:
    person = type(ana).objects.get(email=f"{who}@example.org")
    browser = browser_of(person)
    own = re.compile(rf'"(author_id|owner_id)" = \(?{person.pk}\b|"(accounts_user)"\."id" IN')
    for name, address in samples(things):
        for sql in touched(browser, method, address):
            named = {TABLES[table] for table in TABLES if f'"{table}"' in sql}
            assert named <= OWN_PAGES.get(name, set()), (name, sql)
            if sql.startswith("SELECT"):
                assert own.search(sql), (name, sql)


def test_there_are_such_pages_and_the_lists_name_no_others() -> None:
    names = built_on_rooms()
    assert "room" in names
    assert set(OWN_PAGES) <= names


def test_only_a_writers_own_files_name_what_is_private() -> None:
    found = {
        where(path, line, name).partition(":")[0]
        for path in sources("journal")
        for line, name in imports(path)
        if PRIVATE_NAMES.match(name) and path.parts[-2] in {"spaces", "together", "coaching"}
    }
    assert found == set(MAY_NAME_THEM)
