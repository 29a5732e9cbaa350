"""Reading an entry, its versions, and deleting it for good."""

import uuid
from typing import Any

import pytest
import time_machine
from django.test import Client

from journal.entries.models import Entry, Revision

from .posting import body, fields, fill, save, words

pytestmark = pytest.mark.django_db

ASK = "/path/communicate-openly/clear-ask/"


def edit(entry: Entry) -> str:
    return f"/journal/{entry.pk}/edit/"


def test_a_page_is_read_as_it_was_written(browser: Client, page: Entry) -> None:
    shown = browser.get(f"/journal/{page.pk}/")
    text = words(shown)
    assert "The piano" in text
    assert "I came home and it was gone." in text
    assert "a free page, Ruta" in text
    assert "sad" in text
    assert "The piano" not in shown.content.decode().split("</title>")[0]


def test_the_day_is_that_of_the_persons_zone(browser: Client, ana: Any) -> None:
    ana.time_zone = "Pacific/Auckland"
    ana.save()
    with time_machine.travel("2026-03-01T18:00:00Z", tick=False):
        response = browser.post("/journal/new/", save(text="x"))
        assert "Monday 2 March" in words(browser.get(response["Location"]))


def test_an_exercise_shows_what_was_answered_and_the_notes_of_what_was_chosen(
    browser: Client, mending: Any
) -> None:
    url = "/practice/self-care/feelings-words/"
    fill(browser, f"{url}?at=3", {"answer-places": ["nowhere"], "then": "finish"})
    entry = Entry.unscoped.get()
    shown = words(browser.get(f"/journal/{entry.pk}/"))
    assert "Nowhere that I can find" in shown
    assert "That is common after a shock." in shown
    assert "Which words come near" not in shown


def test_an_unfinished_exercise_offers_to_go_on(browser: Client, mending: Any) -> None:
    fill(browser, ASK, {"answer-wish": "An hour.", "then": "later"})
    entry = Entry.unscoped.get()
    assert "Keep writing" in words(browser.get(f"/journal/{entry.pk}/"))
    fill(browser, ASK, {"then": "finish"})
    assert "Change it" in words(browser.get(f"/journal/{entry.pk}/"))


def test_every_version_is_listed_newest_first_and_read(browser: Client, page: Entry) -> None:
    stale = fields(browser.get(edit(page)))
    browser.post(edit(page), stale | {"text": "Second.", "feelings": ["calm"]})
    late = stale | {"text": "Beside.", "save_id": uuid.uuid4()}
    assert browser.post(edit(page), late).status_code == 409
    shown = browser.get(f"/journal/{page.pk}/history/")
    assert "The page as it is now" in words(shown)
    assert "Kept beside the page" in words(shown)
    links = [part.split('"')[0] for part in shown.content.decode().split('<h2><a href="')[1:]]
    read = [words(browser.get(f"/journal/{page.pk}/history/{link}")) for link in links]
    assert len(read) == 3
    assert "I came home and it was gone." in read[-1]
    assert "sad" in read[-1]
    assert {"Second." in text for text in read[:2]} == {True, False}
    assert sum("Beside." in text for text in read) == 1


def test_a_version_of_an_exercise_shows_its_questions(browser: Client, mending: Any) -> None:
    fill(browser, ASK, {"answer-wish": "One hour.", "then": "later"})
    fill(browser, ASK, {"answer-wish": "Two hours.", "then": "later"})
    entry = Entry.unscoped.get()
    first = Revision.unscoped.get(version=1)
    shown = words(browser.get(f"/journal/{entry.pk}/history/{first.pk}/"))
    assert "One hour." in shown
    assert "Two hours." not in shown
    assert entry.questions  # its wording stands beside the answers


def test_a_version_belongs_to_its_own_entry_alone(browser: Client, page: Entry) -> None:
    browser.post("/journal/new/", save(text="Another."))
    other = Entry.unscoped.exclude(pk=page.pk).get()
    revision = Revision.unscoped.get(entry=other)
    assert browser.get(f"/journal/{other.pk}/history/{revision.pk}/").status_code == 200
    assert browser.get(f"/journal/{page.pk}/history/{revision.pk}/").status_code == 404
    assert browser.get(f"/journal/{page.pk}/history/{uuid.uuid4()}/").status_code == 404


@pytest.mark.parametrize("where", ["", "edit/", "history/", "delete/"])
def test_forbidden_is_the_same_as_absent(
    stranger: Client, nobody: Client, page: Entry, where: str
) -> None:
    url, nowhere = f"/journal/{page.pk}/{where}", f"/journal/{uuid.uuid4()}/{where}"
    for method in ("get", "post"):
        theirs, missing = getattr(stranger, method)(url), getattr(stranger, method)(nowhere)
        assert theirs.status_code == missing.status_code
        assert theirs.status_code in {404, 405}
        assert body(theirs).replace(str(page.pk), "") == body(missing).replace(
            nowhere.split("/")[2], ""
        )
        signed_out = getattr(nobody, method)(url)
        assert signed_out.status_code in {302, 403, 405}
    assert Entry.unscoped.filter(pk=page.pk).exists()


def test_a_strangers_version_is_not_there(stranger: Client, page: Entry) -> None:
    revision = Revision.unscoped.get()
    assert stranger.get(f"/journal/{page.pk}/history/{revision.pk}/").status_code == 404


@pytest.mark.parametrize(
    "wrong", ["x", "1", "00000000-0000-0000-0000-00000000000", "%00", "..", "%F0%9F%8C%A7"]
)
@pytest.mark.parametrize("where", ["", "edit/", "history/", "delete/"])
def test_a_wrong_id_is_not_there(browser: Client, wrong: str, where: str) -> None:
    assert browser.get(f"/journal/{wrong}/{where}").status_code == 404


@pytest.mark.parametrize("where", ["", "history/"])
def test_reading_answers_to_reading_alone(browser: Client, page: Entry, where: str) -> None:
    for method in ("post", "put", "patch", "delete"):
        assert getattr(browser, method)(f"/journal/{page.pk}/{where}").status_code == 405
    assert browser.head(f"/journal/{page.pk}/{where}").status_code == 200


def test_every_private_page_is_neither_stored_nor_named(browser: Client, page: Entry) -> None:
    for url in ("/", "/journal/", f"/journal/{page.pk}/", edit(page), "/path/", "/journal/jar/"):
        response = browser.get(url)
        assert "no-store" in response["Cache-Control"]
        assert b"<title>Notes</title>" in response.content
