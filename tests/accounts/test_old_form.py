"""A form that has grown old gives its words back, to be sent again."""

import html
import re
import uuid
from typing import Any

import pytest
from django.conf import settings

from journal.entries.models import Entry
from tests.conftest import Browser

WORDS = 'I wrote this over\ntwo lines, <b>slowly</b> & with "care".'


@pytest.fixture
def strict(ana: Any) -> Browser:
    """Ana's browser, with tokens checked as in life."""
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(ana)
    return browser


def page() -> dict[str, Any]:
    return {"entry_id": uuid.uuid4(), "save_id": uuid.uuid4(), "base_version": 0, "text": WORDS}


def given_back(text: str) -> dict[str, str]:
    """Return the fields of the page's own form, as a browser would send them again."""
    form = text[text.index('<form method="post" action="/journal/') :]
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)
    areas = re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL)
    return {name: html.unescape(value) for name, value in [*hidden, *areas]}


def test_the_words_can_be_sent_again_as_they_were(strict: Browser, ana: Any) -> None:
    answer = strict.post("/journal/new/", page())
    assert answer.status_code == 403
    assert Entry.objects.written_by(ana).count() == 0
    again = given_back(answer.text)
    assert again["text"] == WORDS
    assert strict.post("/journal/new/", again).status_code == 302
    assert Entry.objects.written_by(ana).count() == 1


def test_somebody_signed_out_meanwhile_loses_nothing_however_often_they_send(
    strict: Browser, ana: Any
) -> None:
    out = Browser(enforce_csrf_checks=True)
    first = out.post("/journal/new/", page())
    assert "signed out meanwhile" in first.text
    again = given_back(first.text)
    assert "csrfmiddlewaretoken" not in again
    second = out.post("/journal/new/", again)
    assert given_back(second.text)["text"] == WORDS
    out.force_login(ana)
    third = out.post("/journal/new/", given_back(second.text))
    assert out.post("/journal/new/", given_back(third.text)).status_code == 302
    assert Entry.objects.written_by(ana).count() == 1


def test_a_password_is_never_given_back(db: None) -> None:
    browser = Browser(enforce_csrf_checks=True)
    data = {"login": "ana@example.org", "password": "a sentence that is secret"}
    answer = browser.post("/accounts/login/", data)
    assert answer.status_code == 403
    assert "secret" not in answer.text
    assert settings.DEBUG is False
