"""Who gets through which door: every address of the resolver, the whole cast, every method.

Nothing private opens for anybody but its writer, and a door that is shut looks like a wall: what is
forbidden and what does not exist are answered byte for byte alike.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.conftest import CAST
from tests.house.addresses import (
    ELSEWHERE,
    OWN,
    PRIVATE,
    PUBLIC,
    TOKEN,
    Things,
    declared,
    everywhere,
    private,
    walked,
)  # fmt: skip

METHODS = ("GET", "POST", "PUT", "DELETE")
FEW = ("stan", "root")  # who tries the methods that no page takes
SECRET = "gooseberry"  # stands in every text of Ana's, and in no page of the guide
# What a post needs to get past its form, so that nothing but the lookup stops it.
FORM = {
    "state": "paused", "pages": "delete", "name": "x", "kind": "other", "part": "both",
    "afraid": "no", "happened": "x", "title": "x", "text": "x", "base_version": "1",
}  # fmt: skip


@pytest.fixture
def hers(ana: Any, keyring_of: Callable[[Any], Any]) -> Things:
    """One of each thing that is Ana's, with the same word in each."""
    from journal.entries.writing import Draft, keep
    from journal.relationships.models import Relationship
    from journal.relationships.story import Story

    keyring = keyring_of(ana)
    story = Story(name=SECRET, happened=SECRET, causes={"betrayal": 3})
    relationship = Relationship.begin(ana, keyring, story)
    draft = Draft(
        uuid.uuid4(), uuid.uuid4(), 0, title=SECRET, text=SECRET, relationship=relationship
    )
    return Things.of_ana(ana, keep(ana, keyring, draft).entry)


@pytest.fixture
def others(people: dict[str, Any], browser_of: Callable[[Any], Client]) -> dict[str, Client]:
    """The browsers of everybody but Ana, each with a form's token in its session already."""
    browsers = {name: browser_of(people[name]) for name in CAST if name != "ana"}
    for browser in browsers.values():
        browser.get("/no-such-page/")
    return browsers


def seen(response: Any) -> tuple[int, list[tuple[str, str]], bytes, str]:
    """Return what the asker sees of an answer: status, headers, body and cookies.

    One thing alone is taken out: the token that a page's forms carry against forgery, which is
    another on every answer to anybody, and always of one length.
    """
    body = TOKEN.sub(b"", response.getvalue())
    return response.status_code, sorted(response.headers.items()), body, str(response.cookies)


def ask(browser: Client, method: str, address: str) -> Any:
    """Send one request, with a whole form where one fits."""
    ids = {"entry_id": str(uuid.uuid4()), "save_id": str(uuid.uuid4())}
    data = {**FORM, **ids} if method == "POST" else None
    return getattr(browser, method.lower())(address, data)


def rows_of_everybody() -> dict[str, list[Any]]:
    """Return every private row as it is stored."""
    return {
        model._meta.label: sorted(model._base_manager.values_list(), key=str)
        for model in apps.get_app_config("journal").get_models()
    }


# --- the declaration ----------------------------------------------------------------------------
def test_every_address_has_a_name_of_its_own() -> None:
    names = [address.name for address in walked()]
    assert None not in names
    assert len(set(names)) == len(names)


def test_every_address_is_declared_with_a_value_for_each_argument() -> None:
    given = declared()
    undeclared = [
        address.pattern
        for address in walked()
        if address.name not in ELSEWHERE and given.get(address.name or "") != {address.arguments}
    ]
    assert not undeclared, f"Say in tests/house/addresses.py whom these open for: {undeclared}"


def test_nothing_is_declared_twice_or_is_no_more() -> None:
    assert len(PUBLIC) + len(OWN) + len(PRIVATE) == len(declared())
    assert set(declared()) <= {address.name for address in walked()}


def test_the_views_that_open_without_signing_in_are_those_written_down_as_public() -> None:
    open_ones = {a.name for a in walked() if not getattr(a.view, "login_required", True)}
    assert open_ones - ELSEWHERE == set(PUBLIC)


def test_no_door_of_the_host_leads_to_anything_private() -> None:
    assert not apps.is_installed("django.contrib.admin")
    assert not [address for address in walked() if "admin" in address.pattern]


# --- nobody -------------------------------------------------------------------------------------
@pytest.mark.parametrize("method", METHODS)
def test_who_is_not_signed_in_is_sent_to_sign_in_by_everything_that_is_not_public(
    hers: Things, nobody: Client, method: str
) -> None:
    for name, address in everywhere(hers):
        response = ask(nobody, method, address)
        sent = response.headers.get("Location", "") == f"/accounts/login/?next={address}"
        assert sent == (name not in PUBLIC), (method, address, response.status_code)
        assert response.status_code < 500, (method, address)
        assert SECRET.encode() not in response.getvalue()


def test_who_is_not_signed_in_cannot_tell_what_there_is(hers: Things, nobody: Client) -> None:
    missing = Things.of_nobody()
    for name in PRIVATE:
        for method in METHODS:
            there, absent = private(name, hers), private(name, missing)
            one, other = ask(nobody, method, there), ask(nobody, method, absent)
            assert one.status_code == 302
            # The way back to the page asked for is the one thing that differs: the asker sent it.
            one.headers["Location"] = one.headers["Location"].removesuffix(there)
            other.headers["Location"] = other.headers["Location"].removesuffix(absent)
            assert seen(one) == seen(other), (method, name)


# --- the cast -----------------------------------------------------------------------------------
@pytest.mark.parametrize("method", METHODS)
def test_everybody_gets_their_own_and_never_a_word_of_hers(
    hers: Things, others: dict[str, Client], method: str
) -> None:
    before = rows_of_everybody()
    leaving = {"exit", "account_logout", "lock"}
    for who in others if method in METHODS[:2] else FEW:
        for name, address in everywhere(hers):
            if name in leaving and method != "GET":
                continue  # ends or locks the session that the other addresses need
            response = ask(others[who], method, address)
            assert response.status_code < 500, (who, method, address)
            assert SECRET.encode() not in response.getvalue(), (who, method, address)
            if name in OWN:
                assert response.headers.get("Location", "") != f"/accounts/login/?next={address}"
    assert kept_whole(before, rows_of_everybody())


@pytest.fixture
def still() -> Iterator[None]:
    """Stop the clock: being there is written down once a minute, and that answer has a cookie."""
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.mark.usefixtures("still")
def test_what_is_hers_is_no_page_for_anybody_else(hers: Things, others: dict[str, Client]) -> None:
    missing = Things.of_nobody()
    before = rows_of_everybody()
    for who, browser in others.items():
        for name in PRIVATE:
            for method in METHODS if who in FEW else METHODS[:2]:
                forbidden = ask(browser, method, private(name, hers))
                absent = ask(browser, method, private(name, missing))
                assert seen(forbidden) == seen(absent), (who, method, name)
                wall = 302 if who in COACHES and for_coaches(name) else 404
                assert forbidden.status_code == (wall if takes(name, method) else 405), name
    assert rows_of_everybody() == before


@pytest.mark.usefixtures("still")
def test_a_child_is_looked_for_within_its_parent(
    hers: Things, others: dict[str, Client], browser: Client
) -> None:
    missing = Things.of_nobody()
    mixed = [replace(missing, entry=hers.entry), replace(missing, revision=hers.revision)]
    wall = private("entry_version", missing)
    browser.get(wall)
    for who, asking in {**others, "ana": browser}.items():
        for things in mixed:
            response = asking.get(private("entry_version", things))
            assert seen(response) == seen(asking.get(wall)), who
            assert response.status_code == 404


@pytest.mark.usefixtures("still")
def test_the_door_takes_no_longer_for_what_is_there_than_for_what_is_not(
    hers: Things, others: dict[str, Client]
) -> None:
    """Time itself is too noisy here; the questions put to the database are not."""
    missing = Things.of_nobody()
    for name in PRIVATE:
        for method in METHODS:
            there, absent = private(name, hers), private(name, missing)
            asked = [questions(others["stan"], method, address) for address in (there, absent)]
            assert asked[0] == asked[1], (method, name)


def test_a_wrong_method_is_refused_before_anything_is_looked_up(
    hers: Things, browser: Client
) -> None:
    tables = [model._meta.db_table for model in apps.get_app_config("journal").get_models()]
    ours = [(name, reverse(name, kwargs=OWN[name][0])) for name in filter(of_the_house, OWN)]
    ours += [(name, private(name, hers)) for name in filter(of_the_house, PRIVATE)]
    for name, address in ours:
        for method in METHODS:
            if takes(name, method):
                continue
            with CaptureQueriesContext(connection) as asked:
                response = ask(browser, method, address)
            assert response.status_code == 405, (method, name)
            touched = [q["sql"] for q in asked for table in tables if f'"{table}"' in q["sql"]]
            assert not touched, (method, name)


def test_what_is_hers_opens_for_her(hers: Things, browser: Client) -> None:
    for name in PRIVATE:
        response = browser.get(private(name, hers))
        assert response.status_code in {200, 302, 405}, name
    assert SECRET.encode() in browser.get(private("entry", hers)).content


# --- ids in bodies ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "address", ["/journal/new/", "/journal/gratitude/", "/path/communicate-openly/clear-ask/"]
)
def test_posting_her_pages_id_changes_nothing_of_hers_and_shows_nothing(
    hers: Things, stranger: Client, stan: Any, address: str
) -> None:
    before = rows_of_everybody()
    for entry_id in (hers.entry, uuid.uuid4()):
        ids = {"entry_id": str(entry_id), "save_id": str(uuid.uuid4()), "base_version": "1"}
        data = {**ids, "text": "x", "want": "x", "about": str(hers.relationship), "then": "next"}
        response = stranger.post(address, data, follow=True)
        assert response.status_code < 500
        assert SECRET.encode() not in response.getvalue()
    assert kept_whole(before, rows_of_everybody())
    from journal.entries.models import Entry

    assert not Entry.objects.written_by(stan).filter(relationship=hers.relationship).exists()


def test_leaving_quickly_with_her_pages_id_changes_nothing_of_hers(
    hers: Things, stranger: Client
) -> None:
    before = rows_of_everybody()
    token = stranger.get("/journal/new/").context["csrf_token"]
    ids = {"entry_id": str(hers.entry), "save_id": str(uuid.uuid4()), "base_version": "1"}
    stranger.post("/exit/", {**ids, "csrfmiddlewaretoken": str(token), "text": "x"})
    assert kept_whole(before, rows_of_everybody())


# --- helpers ------------------------------------------------------------------------------------
def kept_whole(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> bool:
    """Whether every row there was is there as it was; new ones may stand beside them."""
    return all(row in after[label] for label, rows in before.items() for row in rows)


def of_the_house(name: str) -> bool:
    """Whether a view is ours, not allauth's."""
    view = next(address.view for address in walked() if address.name == name)
    return str(view.__module__).partition(".")[0] in {"journal", "steps", "trustrepair"}


# Without a second factor they are led to set one up, whatever page for coaches they ask for.
COACHES = {"cleo", "carl"}
FOR_COACHES = tuple(f"/coaching/{part}/" for part in ("clients", "inbox", "library", "files"))


def for_coaches(name: str) -> bool:
    """Whether an address is one of those that coaches alone have."""
    pattern = next(address.pattern for address in walked() if address.name == name)
    return name == "coach_arrived" or pattern.startswith(FOR_COACHES)


POSTS_ONLY = {
    "reminders_pause", "reminders_settings", "reminders_calendar", "reminders_not_now",
    "reminder_pause", "reminder_delete", "note_not_today",
    "path_say", "relationship_choose", "relationship_state", "entry_restore",
    "margin", "you_writing", "you_new_password_stop",
    "entry_put_back", "trash_empty", "trash_keeping",
    "room_marble", "room_answer_withdraw", "room_pass", "agreement_sign", "agreement_day",
    "agreement_end", "take_home", "room_pause", "room_coach_end", "invitation_refuse",
    "copy_take_back", "room_apology", "plan_answer", "talk_wish", "plan_off", "plan_remind",
    "coaching_narrow", "coaching_ask", "coaching_ask_take_back", "coaching_card_take_back",
    "you_coach_stop",
    "client_draft", "client_note", "client_assignment_take_back", "own_exercise_retire",
}  # fmt: skip
READS_ONLY = {
    "clients", "client", "coaching_inbox", "coach_files", "library", "own_exercise_file",
    "coaching", "coaching_room", "coaching_ledger", "coaching_cards",
    "coach_factor",
    "reminders", "mailbox", "unlock",
    "room_jar", "room_questions", "room_since", "agreements", "agreements_kept", "plan",
    "plan_file", "plans", "room_step", "talks",
    "together", "room", "hand_over", "handed_over", "invitation",
    "path", "path_step", "practice", "practice_tool", "journal", "jar", "relationships",
    "trash",
    "entry", "entry_history", "entry_version",
    "letters", "letter_gone", "lookback", "lookback_pages",
}  # fmt: skip


def takes(name: str, method: str) -> bool:
    """Whether an address takes a method; allauth's answer PUT or DELETE like POST."""
    if not of_the_house(name):
        return method != ("PUT" if name == "mfa_remove_webauthn" else "DELETE")
    if name in POSTS_ONLY:
        return method == "POST"
    return method == "GET" or (method == "POST" and name not in READS_ONLY)


def questions(browser: Client, method: str, address: str) -> list[str]:
    """Return the statements one request puts to the database, without their values."""
    with CaptureQueriesContext(connection) as asked:
        ask(browser, method, address)
    return [query["sql"].partition("WHERE")[0] for query in asked]
