"""A page of one's own: written, changed, about somebody or nobody."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from journal.entries.models import Entry, Revision
from journal.relationships.models import Relationship
from journal.vault.keyring import Keyring

from .conftest import original
from .posting import body, fields, fill, read, save, words

pytestmark = pytest.mark.django_db

NEW = "/journal/new/"


def edit(entry: Entry) -> str:
    return f"/journal/{entry.pk}/edit/"


def opened(entry: Entry) -> dict[str, Any]:
    keyring = Keyring.of(entry.author)
    entry.refresh_from_db()
    return {**entry.head(keyring), **entry.body(keyring)}


def test_a_page_is_kept_with_title_words_and_feelings(
    browser: Client, ana: Any, mending: Relationship
) -> None:
    said = {"title": "Rain", "text": "It rained.\r\nAll day.", "feelings": ["sad", "calm"]}
    response = fill(browser, NEW, said)
    entry = Entry.objects.written_by(ana).get()
    assert (response.status_code, response["Location"]) == (302, f"/journal/{entry.pk}/")
    kept = opened(entry)
    assert kept["title"] == "Rain"
    assert kept["text"] == "It rained.\nAll day."
    assert kept["feelings"] == ["sad", "calm"]
    assert (entry.kind, entry.version, entry.relationship) == (Entry.FREE, 1, mending)
    for word in (b"Rain", b"rained", b"sad"):
        assert word not in bytes(entry.sealed_head) + bytes(entry.sealed_body)


def test_one_line_is_enough_and_so_is_a_title_or_a_feeling(browser: Client) -> None:
    for said in ({"text": "x"}, {"title": "x"}, {"feelings": ["sad"]}):
        assert browser.post(NEW, save(**said)).status_code == 302
    assert "sad" in words(browser.get("/journal/"))


def test_a_page_emptied_later_keeps_what_was_there_and_says_so(
    browser: Client, page: Entry
) -> None:
    response = fill(browser, edit(page), {"title": "", "text": " ", "feelings": []})
    assert response.status_code == 422
    said = words(response)
    assert "Not saved yet" in said
    assert "what you wrote here before still is. If it should go, delete the page" in said
    assert opened(page)["text"]


@pytest.mark.parametrize("said", [{}, {"text": " \n\t "}, {"title": "  ", "text": ""}])
def test_an_empty_page_is_not_kept(browser: Client, said: dict[str, str]) -> None:
    response = browser.post(NEW, save(**said))
    assert response.status_code == 422
    assert "There is nothing to keep yet" in words(response)
    assert not Entry.unscoped.exists()


def test_a_page_may_be_about_anyone_or_no_one(
    browser: Client, mending: Relationship, story_of: Callable[..., Relationship]
) -> None:
    other = story_of(name="Mo", kind="friend")
    assert fields(browser.get(NEW))["about"] == str(other.pk)
    for about, expected in (("", None), (mending.pk, mending), (other.pk, other)):
        response = browser.post(NEW, save(text="x", about=about))
        entry = Entry.unscoped.get(pk=response["Location"].split("/")[2])
        assert entry.relationship == expected
    browser.post(edit(entry), fields(browser.get(edit(entry))) | {"about": ""})
    assert Entry.unscoped.get(pk=entry.pk).relationship is None


@pytest.mark.parametrize("about", [uuid.uuid4(), "x", "0"])
def test_a_page_is_never_about_somebody_elses_person(
    browser: Client, stranger: Client, mending: Relationship, about: Any
) -> None:
    response = browser.post(NEW, save(text="still here", about=about))
    assert response.status_code == 422
    assert read(response).areas["text"] == "still here"
    response = stranger.post(NEW, save(text="still here", about=mending.pk))
    assert response.status_code == 422
    assert not Entry.unscoped.exists()


def test_changing_a_page_shows_it_as_it_was_written(browser: Client, page: Entry) -> None:
    shown = browser.get(edit(page))
    posted = fields(shown)
    assert posted["title"] == "The piano"
    assert read(shown).areas["text"] == "I came home and it was gone."
    assert posted["feelings"] == "sad"
    assert posted["about"] == str(page.relationship_id)
    assert posted["base_version"] == "1"
    assert "Saved" in words(shown)
    browser.post(edit(page), posted | {"title": "", "text": "Gone.", "feelings": []})
    assert opened(page)["text"] == "Gone."
    assert opened(page)["title"] == ""
    assert opened(page)["feelings"] == []


def test_the_first_line_feed_of_a_page_is_not_lost_in_the_form(browser: Client) -> None:
    response = browser.post(NEW, save(text="\r\n\r\nlate"))
    entry = Entry.unscoped.get()
    assert opened(entry)["text"] == "\n\nlate"
    assert read(browser.get(edit(entry))).areas["text"] == "\n\nlate"
    assert browser.get(response["Location"]).status_code == 200


def test_a_feeling_the_guide_gave_up_stays_with_the_page(
    browser: Client, page: Entry, edition: Callable[[str, str], None]
) -> None:
    edition("feelings.toml", original("feelings.toml").replace('"sad"', '"sorrowful-new"'))
    assert fields(browser.get(edit(page)))["feelings"] == "sad"
    assert fill(browser, edit(page), {"text": "Changed."}).status_code == 302
    assert opened(page)["feelings"] == ["sad"]


def test_a_line_of_thanks_is_changed_as_a_page_and_moves_with_its_person(
    browser: Client, mending: Relationship, story_of: Callable[..., Relationship]
) -> None:
    browser.post("/journal/gratitude/", save(text="Soup"))
    other = story_of(name="Mo")
    browser.post("/journal/gratitude/", save(text="A bus that came"))
    soup = Entry.unscoped.get(relationship=mending)
    assert soup.marble == 1
    assert (
        fill(browser, edit(soup), {"about": str(other.pk), "text": "Two soups"}).status_code == 302
    )
    soup.refresh_from_db()
    assert (soup.kind, soup.relationship, soup.marble) == (Entry.GRATITUDE, other, 2)
    fill(browser, edit(soup), {"about": ""})
    soup.refresh_from_db()
    assert (soup.relationship, soup.marble) == (None, None)


def test_words_look_the_same_to_the_one_who_wrote_them_and_run_nowhere(browser: Client) -> None:
    nasty = "<script>alert(1)</script> & \"quotes\" 'single' </textarea><b>{{ x }}{% y %}"
    response = browser.post(NEW, save(title=nasty, text=nasty))
    entry = Entry.unscoped.get()
    for url in (response["Location"], edit(entry), "/journal/", f"/journal/{entry.pk}/history/"):
        assert "<script>alert" not in browser.get(url).content.decode()
    assert read(browser.get(edit(entry))).areas["text"] == nasty
    assert nasty in words(browser.get(response["Location"]))


def test_a_stranger_gets_what_they_would_get_for_a_page_that_is_not_there(
    stranger: Client, nobody: Client, page: Entry
) -> None:
    nowhere = f"/journal/{uuid.uuid4()}/edit/"
    assert stranger.get(edit(page)).status_code == 404
    assert body(stranger.get(edit(page))) == body(stranger.get(nowhere))
    said = save(text="Mine now.", entry_id=page.pk, base_version=1)
    theirs, missing = stranger.post(edit(page), said), stranger.post(nowhere, said)
    assert theirs.status_code == 404
    assert body(theirs) == body(missing)
    assert opened(page)["text"] == "I came home and it was gone."
    assert Revision.unscoped.count() == 1
    assert nobody.get(edit(page))["Location"].startswith("/accounts/login/")
    assert nobody.get(NEW)["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(browser: Client, page: Entry, method: str) -> None:
    assert getattr(browser, method)(NEW).status_code == 405
    assert getattr(browser, method)(edit(page)).status_code == 405
