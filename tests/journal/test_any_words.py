"""Any text at all comes back as it was typed, but for line breaks and what nobody can see."""

from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journal.entries.models import Entry
from journal.vault.keyring import Keyring
from journal.vault.words import INVISIBLE

from .posting import fields, read, save

pytestmark = pytest.mark.django_db

ANY = st.text(max_size=400)
KEEPABLE = ANY.map(lambda text: INVISIBLE.sub("", text.replace("\r", "\n")))
often = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def lf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@often
@given(said=KEEPABLE, title=KEEPABLE.map(lambda text: text.replace("\n", " ")[:200]))
def test_a_page_comes_back_as_it_was_typed(browser: Client, said: str, title: str) -> None:
    Entry.unscoped.all().delete()
    response = browser.post("/journal/new/", save(text=said, title=title))
    if not (said.strip() or title.strip()):
        assert response.status_code == 422
        return
    assert response.status_code == 302
    entry = Entry.unscoped.get()
    keyring = Keyring.of(entry.author)
    assert entry.body(keyring)["text"] == said
    assert entry.head(keyring)["title"] == title
    shown = browser.get(f"/journal/{entry.pk}/edit/")
    assert read(shown).areas["text"] == said
    assert fields(shown)["title"] == title
    assert browser.get(f"/journal/{entry.pk}/").status_code == 200
    # Sent back untouched it is the same again.
    assert browser.post(f"/journal/{entry.pk}/edit/", fields(shown)).status_code == 302
    entry.refresh_from_db()
    assert entry.body(keyring)["text"] == said


@often
@given(said=ANY)
def test_whatever_is_typed_is_kept_at_the_second_try_at_the_latest(
    browser: Client, said: str
) -> None:
    Entry.unscoped.all().delete()
    sendable = said.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    response = browser.post("/journal/new/", save(title="t", text=sendable))
    if response.status_code == 422:
        assert INVISIBLE.search(lf(sendable))
        response = browser.post("/journal/new/", fields(response))
    assert response.status_code == 302
    entry = Entry.unscoped.get()
    kept = entry.body(Keyring.of(entry.author))["text"]
    assert kept == INVISIBLE.sub("", lf(sendable))


@often
@given(said=st.lists(KEEPABLE, min_size=3, max_size=3))
def test_answers_come_back_as_they_were_typed(
    browser: Client, ana: Any, mending: Any, said: list[str]
) -> None:
    Entry.unscoped.all().delete()
    ana.whole_sheet = True
    ana.save()
    url = "/path/communicate-openly/clear-ask/"
    wish, hints, need = said[0], said[1], said[2].replace("\n", " ")
    sent = fields(browser.get(url))
    sent |= {"answer-wish": wish, "answer-hints": hints, "answer-need": need, "then": "later"}
    assert browser.post(url, sent).status_code == 302
    kept_lines = [line for line in hints.split("\n") if line.strip()]
    if not Entry.unscoped.exists():
        assert not (wish or kept_lines or need)
        return
    answers = Entry.unscoped.get().body(Keyring.of(ana))["answers"]
    assert answers["wish"] == wish
    assert answers["hints"] == kept_lines
    assert answers["need"] == need
    shown = fields(browser.get(url))
    assert shown["answer-wish"] == wish
    assert shown["answer-need"] == need
