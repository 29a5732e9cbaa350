"""Two accounts in one browser: what one types is never kept by the other."""

import html
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from journal.entries.models import Entry
from tests.conftest import Browser
from tests.security.conftest import owner_of, token_of

WORDS = "What I would never say in front of you."
Strict = Callable[..., Browser]


def page(text: str) -> dict[str, str]:
    """Return a filled free page, with what its own form carries."""
    ids = {"entry_id": str(uuid.uuid4()), "save_id": str(uuid.uuid4()), "base_version": "0"}
    return {**ids, "text": WORDS, "owner": owner_of(text), "csrfmiddlewaretoken": token_of(text)}


def given_back(text: str) -> dict[str, str]:
    """Return the fields of the form in which words were given back."""
    form = text[text.rindex('<form method="post"') :]
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)
    areas = re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL)
    return {name: html.unescape(value) for name, value in [*hidden, *areas]}


@pytest.fixture
def left_open(strict: Strict, ana: Any, stan: Any) -> tuple[Browser, dict[str, str]]:
    """Ana's page stayed open; Stan has signed in since, in the same browser."""
    browser = strict(ana)
    typed = page(browser.get("/journal/new/").text)
    browser.force_login(stan)
    return browser, typed


def test_a_page_left_open_is_not_saved_into_the_next_persons_journal(
    left_open: tuple[Browser, dict[str, str]], ana: Any, stan: Any
) -> None:
    browser, typed = left_open
    answer = browser.post("/journal/new/", typed)
    assert answer.status_code == 409
    assert "Somebody else is signed in" in answer.text
    again = given_back(answer.text)
    assert again["text"] == WORDS
    assert browser.post("/journal/new/", again).status_code == 409
    fresh = token_of(browser.get("/journal/new/").text)
    assert browser.post("/journal/new/", {**again, "csrfmiddlewaretoken": fresh}).status_code == 409
    for person in (ana, stan):
        assert not Entry.objects.written_by(person).exists()


def test_the_words_are_kept_once_their_writer_is_back(
    left_open: tuple[Browser, dict[str, str]], ana: Any
) -> None:
    browser, typed = left_open
    again = given_back(browser.post("/journal/new/", typed).text)
    browser.force_login(ana)
    again = given_back(browser.post("/journal/new/", again).text)
    assert browser.post("/journal/new/", again).status_code == 302
    assert Entry.objects.written_by(ana).get()


def test_autosave_tells_the_page_in_its_own_language(
    left_open: tuple[Browser, dict[str, str]], stan: Any
) -> None:
    browser, typed = left_open
    asked = {"Accept": "application/json"}
    known = browser.get("/journal/token/", headers=asked).json()
    assert known["owner"] != typed["owner"]
    typed["csrfmiddlewaretoken"] = known["token"]
    answer = browser.post("/journal/autosave/", typed, headers=asked)
    assert (answer.status_code, answer.json()) == (409, {"why": "somebody-else"})
    assert not Entry.objects.written_by(stan).exists()


def test_leaving_quickly_keeps_nothing_in_the_wrong_journal(
    left_open: tuple[Browser, dict[str, str]], stan: Any
) -> None:
    browser, typed = left_open
    typed["csrfmiddlewaretoken"] = token_of(browser.get("/journal/new/").text)
    assert browser.post("/exit/", typed).status_code == 200
    assert not Entry.objects.written_by(stan).exists()
    assert browser.get("/journal/").status_code == 302


@pytest.mark.parametrize(
    "address",
    ["/", "/journal/new/", "/journal/letter/", "/journal/back/month/", "/journal/jar/",
     "/path/communicate-openly/clear-ask/", "{page}edit/",
     "/you/relationships/{mending}/", "/coaching/new/"],
)  # fmt: skip
def test_every_form_for_words_says_whose_it_is(
    browser: Browser, ana: Any, page: Any, mending: Any, address: str
) -> None:
    address = address.format(page=f"/journal/{page.pk}/", mending=mending.pk)
    text = browser.get(address).text
    forms = re.findall(r'<form[^>]*method="post".*?</form>', text, re.DOTALL)
    writing = [form for form in forms if "<textarea" in form or 'name="text"' in form]
    assert writing
    for form in writing:
        assert owner_of(form)


def test_the_mark_names_nobody_and_outlives_a_change_of_the_secret_key(
    browser: Browser, ana: Any, settings: Any
) -> None:
    text = browser.get("/journal/new/").text
    assert str(ana.pk) != owner_of(text)
    typed = page(text)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another one altogether, and long enough"
    browser.force_login(ana)
    assert browser.post("/journal/new/", typed).status_code == 302
