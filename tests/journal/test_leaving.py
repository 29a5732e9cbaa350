"""Leave quickly: unsent words kept, session ended, somewhere else, whatever happens."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from journal.entries.models import Entry, Revision
from journal.relationships import guests
from journal.relationships.models import PathStep, Relationship
from journal.spaces.models import Post
from journal.vault.keyring import Keyring
from tests.rooms import a_room

from .posting import fields, save
from .test_begin_pages import answer

pytestmark = pytest.mark.django_db

EXIT = "/exit/"
ASK = "/path/communicate-openly/clear-ask/"


@pytest.fixture
def strict(ana: Any, browser_of: Callable[..., Client]) -> Client:
    """Ana's browser, with the tokens of forms checked as in life."""
    return browser_of(ana, enforce_csrf_checks=True)


def left(browser: Client, response: Any, settings: Any) -> None:
    """Check that the browser is elsewhere and signed out."""
    assert (response.status_code, response["Refresh"]) == (200, f"0; url={settings.EXIT_URL}")
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert b"<script" not in response.content
    assert b"<form" not in response.content
    assert browser.get("/journal/")["Location"].startswith("/accounts/login/")
    assert not Session.objects.exists()


def text() -> str:
    entry = Entry.unscoped.get()
    return str(entry.body(Keyring.of(entry.author))["text"])


def answers(entry: Entry | None = None) -> dict[str, Any]:
    entry = entry or Entry.unscoped.get()
    return dict(entry.body(Keyring.of(entry.author))["answers"])


def test_it_leads_away_from_any_page_and_signs_out(strict: Client, settings: Any) -> None:
    strict.get("/")
    left(strict, strict.post(EXIT), settings)


def test_it_works_for_nobody_too(nobody: Client, settings: Any) -> None:
    left(nobody, nobody.post(EXIT), settings)


def test_it_leads_where_the_host_says(browser: Client, settings: Any) -> None:
    settings.EXIT_URL = "https://weather.example.org/"
    assert browser.post(EXIT)["Refresh"] == "0; url=https://weather.example.org/"


@pytest.mark.parametrize("method", ["get", "put", "delete", "head"])
def test_no_link_or_picture_can_throw_anybody_out(browser: Client, method: str) -> None:
    assert getattr(browser, method)(EXIT).status_code == 405
    assert browser.get("/journal/").status_code == 200


def test_unsent_words_of_a_new_page_are_kept(
    strict: Client, settings: Any, mending: Relationship
) -> None:
    typed = {"title": "Rain", "text": "In the middle of a sen", "feelings": ["sad"]}
    sent = fields(strict.get("/journal/new/")) | typed
    left(strict, strict.post(EXIT, sent), settings)
    assert text() == "In the middle of a sen"
    entry = Entry.unscoped.get()
    assert entry.head(Keyring.of(entry.author))["title"] == "Rain"
    assert entry.relationship == mending


def test_unsent_changes_of_a_page_are_kept_as_its_next_version(
    strict: Client, settings: Any, page: Entry
) -> None:
    sent = fields(strict.get(f"/journal/{page.pk}/edit/")) | {"text": "Changed, unsa"}
    left(strict, strict.post(EXIT, sent), settings)
    assert text() == "Changed, unsa"
    assert Revision.unscoped.count() == 2


def test_unsent_changes_of_a_stale_page_are_kept_beside_it(
    strict: Client, settings: Any, page: Entry
) -> None:
    url = f"/journal/{page.pk}/edit/"
    stale = fields(strict.get(url))
    strict.post(url, stale | {"text": "Other tab."})
    late = stale | {"text": "Stale tab.", "save_id": uuid.uuid4()}
    left(strict, strict.post(EXIT, late), settings)
    assert text() == "Other tab."
    assert Revision.unscoped.get(beside=True).body(Keyring.of(page.author))["text"] == "Stale tab."


def test_unsent_answers_of_a_new_exercise_are_kept(
    strict: Client, settings: Any, mending: Relationship
) -> None:
    sent = fields(strict.get(ASK)) | {"answer-wish": "An hour with"}
    left(strict, strict.post(EXIT, sent), settings)
    assert answers() == {"wish": "An hour with"}
    entry = Entry.unscoped.get()
    assert (entry.relationship, entry.finished_at) == (mending, None)
    assert entry.questions(Keyring.of(entry.author))[0]["key"] == "wish"


def test_unsent_answers_of_a_later_page_join_those_kept_before(
    strict: Client, settings: Any, mending: Relationship
) -> None:
    strict.post(ASK, fields(strict.get(ASK)) | {"answer-wish": "One.", "then": "next"})
    sent = fields(strict.get(f"{ASK}?at=2")) | {"answer-need": "Two."}
    left(strict, strict.post(EXIT, sent), settings)
    assert answers() == {"wish": "One.", "need": "Two."}


def test_words_begun_for_a_room_go_to_nobody_and_are_a_page_of_ones_own(
    strict: Client, ana: Any, people: dict[str, Any], settings: Any
) -> None:
    space = a_room(ana, people["ben"])
    for page in ("note/", "agreements/new/"):
        form = fields(strict.get(f"/together/{space.pk}/{page}"))
        assert form["base"] == "0"
    left(strict, strict.post(EXIT, {**form, "text": "I wanted to say"}), settings)
    assert text() == "I wanted to say"
    assert not Post.unscoped.exists()


def test_an_untouched_page_leaves_nothing_behind(
    strict: Client, settings: Any, mending: Relationship
) -> None:
    for url in ("/journal/new/", ASK, f"{ASK}?at=3"):
        strict.post(EXIT, fields(strict.get(url)))
        strict.force_login(mending.owner)
    assert not Entry.unscoped.exists()
    assert not PathStep.unscoped.exists()


def test_a_page_whose_words_are_all_kept_gets_no_version_more(
    strict: Client, settings: Any, mending: Relationship
) -> None:
    strict.post(ASK, fields(strict.get(ASK)) | {"answer-wish": "One.", "then": "next"})
    left(strict, strict.post(EXIT, fields(strict.get(ASK))), settings)
    assert Revision.unscoped.count() == 1


@pytest.mark.parametrize("token", ["", "x" * 64, None])
def test_without_our_token_nothing_is_kept_and_the_session_still_ends(
    strict: Client, settings: Any, token: str | None
) -> None:
    sent = fields(strict.get("/journal/new/")) | {"text": "Not from our page."}
    sent.pop("csrfmiddlewaretoken")
    if token is not None:
        sent["csrfmiddlewaretoken"] = token
    left(strict, strict.post(EXIT, sent), settings)
    assert not Entry.unscoped.exists()


def test_words_of_nobody_are_not_kept(nobody: Client, settings: Any) -> None:
    left(nobody, nobody.post(EXIT, save(text="Whose?")), settings)
    assert not Entry.unscoped.exists()


def test_a_guests_key_is_taken_out_of_the_browser(nobody: Client, settings: Any) -> None:
    answer(nobody)
    response = nobody.post(EXIT)
    assert response.cookies[guests.COOKIE].value == ""
    assert response.cookies[guests.COOKIE]["max-age"] == 0
    assert nobody.get("/begin/path/")["Location"] == "/begin/"


def test_words_a_form_would_refuse_are_kept_as_far_as_they_can_be(
    strict: Client, ana: Any, settings: Any
) -> None:
    long = "l" * 200_001
    for typed, kept in (("a\x00b\x1bc", "abc"), (long, long)):
        sent = fields(strict.get("/journal/new/")) | {"text": typed}
        left(strict, strict.post(EXIT, sent), settings)
        assert text() == kept
        Entry.unscoped.all().delete()
        strict.force_login(ana)


def test_wrong_choices_and_days_keep_the_words_beside_them(
    strict: Client, ana: Any, settings: Any, mending: Relationship
) -> None:
    ana.whole_sheet = True
    ana.save()
    url = "/path/own-your-mistakes/promise-small/"
    sent = fields(strict.get(url))
    sent |= {"answer-can": "9", "answer-look_again": "soon", "base_version": "x", "save_id": "x"}
    own = next(name for name in sent if name.startswith("answer-") and sent[name] == "")
    left(strict, strict.post(EXIT, sent | {own: "My words."}), settings)
    said = answers()
    assert said[own.removeprefix("answer-")] == "My words."
    assert (said["can"], said["look_again"]) == (None, "soon")
    entry = Entry.unscoped.get()
    strict.force_login(ana)
    assert strict.get(f"/journal/{entry.pk}/").status_code == 200
    assert strict.get(f"/journal/{entry.pk}/edit/").status_code == 200


@pytest.mark.parametrize(
    "sent",
    [
        {"entry_id": "x", "text": "still kept"},
        {"entry_id": "x", "about": "x", "feelings": ["no such feeling"], "text": "still kept"},
        {"entry_id": "", "text": "from no writing page"},
        {"entry_id": "x", "exercise": "no-such-exercise", "answer-wish": "x"},
        {"entry_id": str(uuid.uuid4()), "at": "9999", "asked": ["x"], "exercise": "clear-ask"},
    ],
)
def test_whatever_is_posted_it_leaves(
    strict: Client, settings: Any, sent: dict[str, Any], mending: Relationship
) -> None:
    token = fields(strict.get("/journal/new/"))["csrfmiddlewaretoken"]
    left(strict, strict.post(EXIT, sent | {"csrfmiddlewaretoken": token}), settings)
    kept = [entry.body(Keyring.of(entry.author))["text"] for entry in Entry.unscoped.all()]
    assert kept == (["still kept"] if sent.get("text") == "still kept" else [])


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart"])
def test_a_post_that_is_too_large_to_read_still_signs_out(
    strict: Client, nobody: Client, settings: Any, content_type: str
) -> None:
    huge = "x" * (17 * 1024 * 1024)
    for browser in (strict, nobody):
        if content_type == "multipart":
            response = browser.post(EXIT, {"text": huge})
        else:
            response = browser.post(EXIT, f"text={huge}", content_type=content_type)
        left(browser, response, settings)


def test_words_that_cannot_be_sealed_hold_nobody_back(
    strict: Client, settings: Any, page: Entry
) -> None:
    sent = fields(strict.get("/journal/new/")) | {"text": "Lost with the host's key."}
    settings.JOURNAL_KEYS = "other:QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="
    left(strict, strict.post(EXIT, sent), settings)
    assert Entry.unscoped.count() == 1


def test_somebody_elses_page_in_this_browser_is_left_alone(strict: Client, stan: Any) -> None:
    sent = fields(strict.get("/journal/new/")) | {"text": "Ana's words."}
    strict.force_login(stan)
    token = fields(strict.get("/journal/new/"))["csrfmiddlewaretoken"]
    assert strict.post(EXIT, sent | {"csrfmiddlewaretoken": token}).status_code == 200
    assert strict.get("/journal/").status_code == 302
    assert not Entry.objects.written_by(stan).exists()


def test_the_exit_stands_first_on_every_page_and_enter_does_not_press_it(
    browser: Client, mending: Relationship, page: Entry
) -> None:
    for url in ("/", "/journal/", "/journal/new/", ASK, f"/journal/{page.pk}/edit/", "/begin/"):
        html = browser.get(url).content.decode()
        body = html[html.index("<body") :]
        pressable = [
            tag for tag in body.split("<") if tag.startswith(("a ", "button", "input class"))
        ]
        seen = [tag for tag in pressable if " hidden" not in tag]
        assert 'class="leave"' in seen[0], url
        if 'form="writing"' in seen[0]:
            # The first button of a form is the one that Enter presses.
            assert 'form="writing"' in pressable[0]
            assert "formaction" not in pressable[0]
