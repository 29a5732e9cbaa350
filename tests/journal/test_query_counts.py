"""How often a page asks the database: seldom, and with 10,000 entries as often as with 10."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from journal.entries.models import Entry, Revision
from journal.entries.questions import asked as asked_now
from journal.relationships.models import PathStep, Relationship
from journal.vault.keyring import Keyring
from steps import catalogue
from steps import models as anchors

from .posting import fields, fill

pytestmark = pytest.mark.django_db

MANY = 10_000


def entries(row: Relationship, count: int, marbles: bool = False) -> None:
    """Keep so many pages of a relationship over some years, in few inserts."""
    keyring, now = Keyring.of(row.owner), timezone.now()
    rows = []
    for at in range(count):
        moment = now - timedelta(hours=3 * at)
        entry = Entry(author=row.owner, relationship=row, kind=Entry.FREE, created_at=moment)
        if marbles:
            entry.kind, entry.marble = Entry.GRATITUDE, count - at
        head = {"title": f"No. {at}", "preview": "p", "tail": "t", "feelings": []}
        entry.sealed_head = keyring.seal(entry, "head", head)
        entry.sealed_body = keyring.seal(entry, "body", {"text": "p"})
        rows.append(entry)
    Entry.unscoped.bulk_create(rows, batch_size=1000)


def exercises(row: Relationship, count: int) -> None:
    keyring, now = Keyring.of(row.owner), timezone.now()
    all_of_them = list(anchors.Exercise.objects.select_related("step"))
    rows = []
    for at in range(count):
        anchor = all_of_them[at % len(all_of_them)]
        entry = Entry(author=row.owner, relationship=row, kind=Entry.EXERCISE, exercise=anchor)
        entry.step, entry.created_at = anchor.step, now - timedelta(hours=at)
        entry.finished_at = entry.created_at if at % 3 else None
        head = {"title": f"No. {at}", "preview": "p", "tail": "t", "feelings": []}
        entry.sealed_head = keyring.seal(entry, "head", head)
        entry.sealed_body = keyring.seal(entry, "body", {"answers": {}})
        questions = asked_now(catalogue.get().exercises[anchor.key], "hurt", "family")
        entry.sealed_questions = keyring.seal(entry, "questions", questions)
        rows.append(entry)
    Entry.unscoped.bulk_create(rows, batch_size=1000)


def asked(browser: Client, url: str) -> int:
    browser.get("/you/")  # the first page after signing in keeps its token in the session
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert browser.get(url).status_code == 200
    return len(queries)


PAGES = [
    ("/", 8), ("/journal/", 6), ("/path/", 8), ("/path/communicate-openly/", 8), ("/practice/", 8),
    ("/practice/self-care/", 8), ("/journal/jar/", 8), ("/you/relationships/", 6),
    ("/journal/new/", 6), ("/path/communicate-openly/clear-ask/", 8),
]  # fmt: skip


@pytest.mark.parametrize(("url", "most"), PAGES)
def test_a_page_asks_little_and_no_more_with_everything_in_use(
    browser: Client, mending: Relationship, page: Entry, url: str, most: int
) -> None:
    browser.post("/path/quality-time/say/", {"state": "done"})
    fill(browser, "/path/communicate-openly/clear-ask/", {"answer-wish": "x", "then": "later"})
    browser.post("/journal/gratitude/", fields(browser.get("/journal/jar/"), 1) | {"text": "Soup"})
    Entry.unscoped.filter(pk=page.pk).update(created_at=timezone.now() - timedelta(weeks=9))
    assert asked(browser, url) <= most


def test_it_is_the_same_with_ten_as_with_ten_thousand_entries(
    browser: Client, mending: Relationship, page: Entry
) -> None:
    keyring = Keyring.of(mending.owner)
    for step in anchors.Step.objects.all():
        PathStep.say(mending, step, keyring, PathStep.OPEN)
    urls = [url for url, _ in PAGES] + [
        f"/journal/{page.pk}/", f"/journal/{page.pk}/edit/", f"/journal/{page.pk}/history/",
    ]  # fmt: skip
    entries(mending, 4)
    entries(mending, 3, marbles=True)
    exercises(mending, 3)
    for url in urls:  # what a process or a cache learns once is no part of the count
        browser.get(url)
    few = {url: asked(browser, url) for url in urls}
    Entry.unscoped.filter(marble__isnull=False).delete()
    entries(mending, MANY - 4000)
    entries(mending, 2000, marbles=True)
    exercises(mending, 2000)
    many = {url: asked(browser, url) for url in urls}
    assert Entry.unscoped.count() >= MANY
    assert many == few


def test_an_entry_asks_little_whatever_it_is(
    browser: Client, mending: Relationship, page: Entry
) -> None:
    fill(browser, "/path/communicate-openly/clear-ask/", {"answer-wish": "x", "then": "finish"})
    browser.post("/journal/gratitude/", fields(browser.get("/journal/jar/"), 1) | {"text": "Soup"})
    for entry in Entry.unscoped.all():
        assert asked(browser, f"/journal/{entry.pk}/") <= 6
        assert asked(browser, f"/journal/{entry.pk}/edit/") <= 8
        assert asked(browser, f"/journal/{entry.pk}/history/") <= 6
        revision = Revision.objects.of(entry).get()
        assert asked(browser, f"/journal/{entry.pk}/history/{revision.pk}/") <= 6


@pytest.mark.parametrize("count", [1, 12])
def test_the_number_of_relationships_changes_nothing(
    browser: Client, story_of: Callable[..., Any], count: int
) -> None:
    for at in range(count):
        story_of(name=f"No. {at}", causes={"betrayal": 2})
    for url, most in PAGES:
        assert asked(browser, url) <= most


def test_a_saved_page_asks_no_more_for_a_long_history(browser: Client, page: Entry) -> None:
    def save() -> int:
        sent = fields(browser.get(f"/journal/{page.pk}/edit/")) | {"text": str(uuid.uuid4())}
        with CaptureQueriesContext(connection) as queries:
            assert browser.post(f"/journal/{page.pk}/edit/", sent).status_code == 302
        return len(queries)

    first = save()
    for _ in range(20):
        save()
    assert save() == first
