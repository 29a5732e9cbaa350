"""One line of thanks, and the private jar it falls into."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from journal.entries.models import Entry
from journal.relationships.models import Relationship
from journal.relationships.story import Story
from journal.vault.keyring import Keyring
from steps.jar import SLOTS

from .posting import fields, save, words

pytestmark = pytest.mark.django_db

KEEP = "/journal/gratitude/"
JAR = "/journal/jar/"


def thank(browser: Client, text: str = "Soup", **said: Any) -> Any:
    return browser.post(KEEP, save(text=text, **said))


def marbles(browser: Client) -> set[str]:
    """Return the places of the marbles that are drawn in the jar."""
    drawn = re.findall(
        r'<g transform="translate\(([^)]*)\)[^"]*"><g class="marble',
        browser.get(JAR).content.decode(),
    )
    assert len(drawn) == len(set(drawn))
    return set(drawn)


def fill_jar(row: Relationship, *places: int) -> list[Entry]:
    keyring = Keyring.of(row.owner)
    rows = []
    for place in places:
        entry = Entry(author=row.owner, relationship=row, kind=Entry.GRATITUDE, marble=place)
        head = {"title": "", "preview": f"No. {place}", "tail": "", "feelings": []}
        entry.sealed_head = keyring.seal(entry, "head", head)
        entry.sealed_body = keyring.seal(entry, "body", {"text": f"No. {place}"})
        rows.append(entry)
    return Entry.unscoped.bulk_create(rows)


def test_a_line_from_today_lands_in_the_jar(browser: Client, mending: Relationship) -> None:
    shown = browser.get("/")
    form = next(at for at in range(6) if "text" in fields(shown, at))
    response = browser.post(KEEP, fields(shown, form) | {"text": "The bus came."})
    assert (response.status_code, response["Location"]) == (302, JAR)
    entry = Entry.unscoped.get()
    assert (entry.kind, entry.marble, entry.relationship) == (Entry.GRATITUDE, 1, mending)
    assert "The bus came." in words(browser.get(JAR))
    assert len(marbles(browser)) == 1


def test_without_a_relationship_it_is_kept_in_the_journal(browser: Client) -> None:
    assert thank(browser)["Location"] == "/journal/"
    assert Entry.unscoped.get().marble is None
    assert "Soup" in words(browser.get("/journal/"))
    assert browser.get(JAR)["Location"] == "/path/"


@pytest.mark.parametrize("text", ["", " ", "\r\n"])
def test_an_empty_line_is_left_for_another_day(
    browser: Client, mending: Relationship, text: str
) -> None:
    response = thank(browser, text)
    assert response.status_code == 422
    assert "leave it for another day" in words(response)
    assert not Entry.unscoped.exists()


def test_what_is_refused_stays_in_the_line(browser: Client, mending: Relationship) -> None:
    for sent, shown in (("so\x00up", "soup"), ("s" * 501, "s" * 501)):
        response = thank(browser, sent)
        assert response.status_code == 422
        again = fields(response, 1)
        assert again["text"] == shown
    assert browser.post(KEEP, again | {"text": "s" * 500}).status_code == 302


@pytest.mark.parametrize("lost", ["entry_id", "save_id", "base_version"])
def test_a_line_whose_hidden_ids_were_lost_can_be_saved_again(
    browser: Client, mending: Relationship, lost: str
) -> None:
    sent = save(text="Soup")
    del sent[lost]
    response = browser.post(KEEP, sent)
    assert response.status_code == 422
    assert "save again" in words(response)
    assert browser.post(KEEP, fields(response, 1)).status_code == 302
    assert Entry.unscoped.count() == 1


def test_a_line_sent_twice_is_one_marble(browser: Client, mending: Relationship) -> None:
    sent = save(text="Soup")
    for _ in range(3):
        assert browser.post(KEEP, sent).status_code == 302
    assert Entry.unscoped.count() == 1


def test_a_page_gone_back_to_and_written_anew_is_one_more_marble(
    browser: Client, mending: Relationship
) -> None:
    sent = save(text="Soup")
    browser.post(KEEP, sent)
    browser.post(KEEP, sent | {"text": "Bread"})
    browser.post(KEEP, sent | {"text": "Salt", "save_id": uuid.uuid4()})
    texts = {entry.body(Keyring.of(entry.author))["text"] for entry in Entry.unscoped.all()}
    assert texts == {"Soup", "Bread", "Salt"}
    assert sorted(Entry.unscoped.values_list("marble", flat=True)) == [1, 2, 3]


def test_each_relationship_has_a_jar_of_its_own(
    browser: Client, mending: Relationship, story_of: Callable[..., Relationship]
) -> None:
    thank(browser)
    other = story_of(name="Mo")
    assert marbles(browser) == set()
    thank(browser, "Bread")
    assert len(marbles(browser)) == 1
    assert Entry.unscoped.get(relationship=other).marble == 1
    assert "Soup" not in words(browser.get(JAR))


def test_a_marble_keeps_its_slot_when_another_is_taken_out(
    browser: Client, mending: Relationship
) -> None:
    rows = fill_jar(mending, *range(1, 8))
    before = marbles(browser)
    rows[2].delete()
    assert marbles(browser) == before - {f"{SLOTS[2][0]} {SLOTS[2][1]}"}
    thank(browser)
    assert Entry.unscoped.order_by("-marble").first().marble == 8
    assert marbles(browser) == {f"{x} {y}" for at, (x, y, _) in enumerate(SLOTS[:8]) if at != 2}


@pytest.mark.parametrize(
    ("count", "inside", "full"),
    [(0, 0, ""), (1, 1, ""), (60, 60, ""), (61, 1, "1 full jar "), (120, 60, "1 full jar "),
     (121, 1, "2 full jars "), (180, 60, "2 full jars ")],
)  # fmt: skip
def test_a_full_jar_goes_to_the_shelf_and_a_new_one_begins(
    browser: Client, mending: Relationship, count: int, inside: int, full: str
) -> None:
    fill_jar(mending, *range(1, count + 1))
    shown = words(browser.get(JAR))
    assert len(marbles(browser)) == inside
    assert full in shown
    assert ("on the shelf" in shown) == bool(full)


def test_a_new_jar_stays_new_when_marbles_of_the_full_one_go(
    browser: Client, mending: Relationship
) -> None:
    rows = fill_jar(mending, *range(1, 62))
    for row in rows[:5]:
        row.delete()
    assert marbles(browser) == {f"{SLOTS[0][0]} {SLOTS[0][1]}"}


def test_a_stranger_sees_an_empty_jar_of_their_own(
    browser: Client, stranger: Client, stan: Any, mending: Relationship
) -> None:
    thank(browser)
    Relationship.begin(stan, Keyring.of(stan), Story(name="Kim"))
    assert marbles(stranger) == set()
    assert "Soup" not in words(stranger.get(JAR))


def test_a_page_of_its_own_takes_the_line_when_a_session_ended_on_the_way(browser: Client) -> None:
    answer = browser.get(KEEP)
    assert answer.status_code == 200
    assert browser.post(KEEP, fields(answer, 1) | {"text": "The tram waited."}).status_code == 302
    assert Entry.unscoped.count() == 1


def test_other_methods_are_refused(browser: Client, nobody: Client, mending: Relationship) -> None:
    assert browser.put(KEEP).status_code == 405
    assert browser.post(JAR).status_code == 405
    assert nobody.get(JAR)["Location"].startswith("/accounts/login/")
    assert nobody.post(KEEP, save(text="x")).status_code in {302, 403}
    assert not Entry.unscoped.exists()
