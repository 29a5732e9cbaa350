"""The flow of a save: nothing overwritten, nothing doubled, every losing text kept."""

import uuid
from typing import Any

import pytest
from django.test import Client

from journal.entries.models import Entry, Revision
from journal.relationships.models import Relationship
from journal.vault.keyring import Keyring

from .posting import fields, read, save, words

pytestmark = pytest.mark.django_db


def texts(entry: Entry) -> list[str]:
    """Return the text of every version, oldest first, those beside marked with a star."""
    keyring = Keyring.of(entry.author)
    return [
        ("*" if revision.beside else "") + revision.body(keyring)["text"]
        for revision in Revision.objects.of(entry).order_by("created_at")
    ]


def text(entry: Entry) -> str:
    fresh = Entry.objects.written_by(entry.author).get(pk=entry.pk)
    return str(fresh.body(Keyring.of(entry.author))["text"])


def edit(entry: Entry) -> str:
    return f"/journal/{entry.pk}/edit/"


def test_each_save_is_a_version(browser: Client, page: Entry) -> None:
    for said in ("one", "two"):
        response = browser.post(edit(page), fields(browser.get(edit(page))) | {"text": said})
        assert response["Location"] == f"/journal/{page.pk}/"
    assert texts(page) == ["I came home and it was gone.", "one", "two"]
    assert Entry.unscoped.get().version == 3


def test_a_seen_save_gets_the_same_answer_and_is_kept_once(browser: Client, page: Entry) -> None:
    posted = fields(browser.get(edit(page))) | {"text": "one"}
    answers = [browser.post(edit(page), posted) for _ in range(3)]
    assert {(a.status_code, a["Location"]) for a in answers} == {(302, f"/journal/{page.pk}/")}
    assert texts(page) == ["I came home and it was gone.", "one"]
    new = save(text="A page sent twice.")
    answers = [browser.post("/journal/new/", new) for _ in range(2)]
    assert len({a["Location"] for a in answers}) == 1
    assert Entry.unscoped.count() == 2


def test_a_stale_tab_gets_both_texts_and_overwrites_nothing(browser: Client, page: Entry) -> None:
    stale = fields(browser.get(edit(page)))
    browser.post(edit(page), stale | {"text": "From the other tab."})
    sent = fields(browser.get(edit(page))) | stale
    response = browser.post(
        edit(page), sent | {"text": "From the stale tab.", "save_id": uuid.uuid4()}
    )
    assert response.status_code == 409
    assert text(page) == "From the other tab."
    assert "From the other tab." in words(response)
    assert "Not saved yet" in words(response), "yours is not what is kept"
    assert read(response).areas["text"] == "From the stale tab."
    assert texts(page)[-1] == "*From the stale tab."
    again = fields(response)
    assert again["base_version"] == "2"
    assert browser.post(edit(page), again).status_code == 302
    assert text(page) == "From the stale tab."
    assert texts(page) == [
        "I came home and it was gone.",
        "From the other tab.",
        "*From the stale tab.",
        "From the stale tab.",
    ]


def test_a_clash_that_is_sent_again_is_the_same_clash(browser: Client, page: Entry) -> None:
    stale = fields(browser.get(edit(page)))
    browser.post(edit(page), stale | {"text": "First."})
    late = stale | {"text": "Late.", "save_id": uuid.uuid4()}
    assert [browser.post(edit(page), late).status_code for _ in range(3)] == [409, 409, 409]
    assert texts(page) == ["I came home and it was gone.", "First.", "*Late."]


def test_other_words_under_a_spent_id_are_a_save_of_their_own(browser: Client, page: Entry) -> None:
    # What a browser sends that went back to an old page and kept its hidden fields.
    posted = fields(browser.get(edit(page)))
    browser.post(edit(page), posted | {"text": "First."})
    response = browser.post(edit(page), posted | {"text": "Second thoughts."})
    assert response.status_code == 409
    assert text(page) == "First."
    assert texts(page)[-1] == "*Second thoughts."


def test_a_page_deleted_meanwhile_comes_back_under_another_id(browser: Client, page: Entry) -> None:
    posted = fields(browser.get(edit(page))) | {"text": "Still here."}
    browser.post(f"/journal/{page.pk}/delete/")
    assert browser.post(edit(page), posted).status_code == 404
    response = browser.post("/journal/new/", posted)
    assert response.status_code == 302
    entry = Entry.unscoped.get()
    assert entry.pk != page.pk
    assert text(entry) == "Still here."


def test_a_taken_id_costs_nobody_their_words(
    browser: Client, stranger: Client, page: Entry, stan: Any
) -> None:
    response = stranger.post("/journal/new/", save(entry_id=page.pk, text="Not yours."))
    assert response.status_code == 302
    mine = Entry.objects.written_by(stan).get()
    assert mine.pk != page.pk
    assert text(mine) == "Not yours."
    assert text(page) == "I came home and it was gone."
    response = stranger.post(
        "/journal/new/", save(entry_id=page.pk, text="Nor this.", base_version=1)
    )
    assert response.status_code == 302
    assert text(page) == "I came home and it was gone."
    assert Entry.objects.written_by(stan).count() == 2


def test_a_page_of_one_kind_never_lands_in_an_entry_of_another(
    browser: Client, ana: Any, page: Entry
) -> None:
    url = "/path/communicate-openly/clear-ask/"
    posted = fields(browser.get(url)) | {"entry_id": page.pk, "base_version": 1}
    assert browser.post(url, posted | {"answer-wish": "x", "then": "later"}).status_code == 302
    assert text(page) == "I came home and it was gone."
    exercise = Entry.unscoped.exclude(pk=page.pk).get()
    new = save(entry_id=exercise.pk, base_version=1, text="A free page.")
    assert browser.post("/journal/new/", new).status_code == 302
    other = "/practice/self-care/feelings-words/"
    posted = fields(browser.get(other)) | {"entry_id": exercise.pk, "base_version": 1}
    assert browser.post(other, posted | {"answer-now": "y", "then": "later"}).status_code == 302
    assert Entry.unscoped.count() == 4
    exercise.refresh_from_db()
    assert exercise.body(Keyring.of(ana))["answers"] == {"wish": "x"}
    for entry in Entry.unscoped.all():
        assert browser.get(f"/journal/{entry.pk}/").status_code == 200
        assert browser.get(edit(entry)).status_code == 200


def test_a_stale_page_of_an_exercise_gets_both_texts_too(
    browser: Client, ana: Any, mending: Relationship
) -> None:
    url = "/path/communicate-openly/clear-ask/"
    first = fields(browser.get(url))
    browser.post(url, first | {"answer-wish": "One.", "then": "later"})
    stale = fields(browser.get(url))
    browser.post(url, stale | {"answer-wish": "Two.", "then": "later"})
    late = stale | {"answer-wish": "Late.", "save_id": uuid.uuid4(), "then": "finish"}
    response = browser.post(url, late)
    assert response.status_code == 409
    assert "Two." in words(response)
    assert read(response).areas["answer-wish"] == "Late."
    entry = Entry.unscoped.get()
    assert entry.body(Keyring.of(ana))["answers"] == {"wish": "Two."}
    assert entry.finished_at is None
    assert browser.post(url, fields(response) | {"then": "finish"}).status_code == 302
    said = [r.body(Keyring.of(ana))["answers"]["wish"] for r in Revision.objects.of(entry)]
    assert sorted(said) == ["Late.", "Late.", "One.", "Two."]


def test_different_questions_answered_in_two_tabs_clash_and_both_stay(
    browser: Client, ana: Any, mending: Relationship
) -> None:
    url = "/path/communicate-openly/clear-ask/"
    browser.post(url, fields(browser.get(url)) | {"answer-wish": "One.", "then": "later"})
    third = fields(browser.get(f"{url}?at=2"))
    browser.post(url, fields(browser.get(f"{url}?at=1")) | {"answer-hints": "Two."})
    response = browser.post(url, third | {"answer-need": "Three."})
    assert response.status_code == 409
    assert browser.post(url, fields(response)).status_code == 302
    kept = Entry.unscoped.get().body(Keyring.of(ana))["answers"]
    assert kept == {"wish": "One.", "hints": ["Two."], "need": "Three."}


def test_finishing_counts_although_the_words_were_saved_a_moment_before(
    browser: Client, mending: Relationship
) -> None:
    url = "/path/communicate-openly/clear-ask/"
    posted = fields(browser.get(url)) | {"answer-wish": "One."}
    browser.post(url, posted | {"then": "next"})
    assert browser.post(url, posted | {"then": "finish"}).status_code == 302
    assert Entry.unscoped.get().finished_at
    assert Revision.unscoped.count() == 1
