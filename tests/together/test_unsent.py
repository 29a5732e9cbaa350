"""Words for a room that were not sent: leaving quickly keeps them, and signing out gives them back.

They become a page of the writer's own and reach nobody.
"""

import uuid
from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from journal.entries.models import Entry
from journal.entries.writing import Draft, keep
from journal.relationships.models import Relationship
from journal.spaces.handing_over import remember
from journal.spaces.models import Post, Space
from journal.together import agreements, listening, plans, question
from journal.together.models import Agreement
from journal.vault.keyring import Keyring
from tests.journal.posting import fields, read, words
from tests.together.writing import at

pytestmark = pytest.mark.django_db

EXIT = "/exit/"
NEW = "I wanted to say, and did not."


@pytest.fixture
def strict(ana: Any, browser_of: Callable[..., Client]) -> Client:
    """Ana's browser, with the tokens of forms checked as in life."""
    return browser_of(ana, enforce_csrf_checks=True)


@pytest.fixture
def pages(ana: Any, space: Space, room: Any, mending: Relationship) -> dict[str, str]:
    """The pages with a form for words that go to the other: address and field."""
    here, entry = room("ana"), keep(
        ana, Keyring.of(ana), Draft(uuid.uuid4(), uuid.uuid4(), 0, text="The page itself.")
    ).entry  # fmt: skip
    asked = question.question_of_the_week(space)
    question.answer(here, asked.pk, "Soup.", 0, uuid.uuid4())
    promise = agreements.propose(here, Agreement.PROMISE, "Post.", uuid.uuid4())
    agreements.propose(here, Agreement.FULL_JAR, "Whitby.", uuid.uuid4())
    when = plans.When(timezone.localdate() + timedelta(days=3), time(19), "UTC")
    plan = plans.propose(here, "A walk", when, "", uuid.uuid4())
    talk = listening.begin(here, False, uuid.uuid4())
    note = here.write(Post.NOTE, {"title": "", "text": "Back at six."})
    part = {"ask": "", "words": "The page itself."}
    copy = here.write(Post.COPY, {"title": "A page", "parts": [part], "text": ""})
    remember(ana, Keyring.of(ana), entry, here, copy)
    return {
        "/together/create/": "note",
        at(space): "text",
        at(space, "note/"): "text",
        at(space, f"posts/{note.pk}/"): "text",
        at(space, "agreements/new/"): "text",
        at(space, f"agreements/{promise.pk}/"): "text",
        at(space, "full/"): "text",
        at(space, f"question/{asked.pk}/"): "text",
        at(space, "plans/new/"): "what",
        at(space, f"plans/{plan.pk}/move/"): "what",
        at(space, f"talks/{talk.pk}/"): "text",
        f"/journal/{entry.pk}/hand-over/{space.pk}/": "words_0",
        f"/journal/{entry.pk}/copies/{copy.pk}/": "words_0",
    }


def journal_of(person: Any) -> list[str]:
    keyring = Keyring.of(person)
    return [row.body(keyring)["text"] for row in Entry.objects.written_by(person)]


def test_leaving_quickly_keeps_what_was_not_sent_and_hands_it_to_nobody(
    strict: Client, ana: Any, ben: Any, pages: dict[str, str]
) -> None:
    posts = Post.unscoped.count()
    for number, (path, name) in enumerate(pages.items()):
        shown = strict.get(path)
        assert 'form="writing" formaction="/exit/"' in shown.text, path
        strict.post(EXIT, {**fields(shown), name: f"{NEW} {number}"})
        assert any(f"{NEW} {number}" in text for text in journal_of(ana)), path
        strict.force_login(ana)
    assert Post.unscoped.count() == posts
    assert journal_of(ben) == []


def test_leaving_quickly_keeps_nothing_that_nobody_changed(
    strict: Client, ana: Any, pages: dict[str, str]
) -> None:
    before = sorted(journal_of(ana))
    for path in pages:
        strict.post(EXIT, fields(strict.get(path)))
        assert sorted(journal_of(ana)) == before, path
        strict.force_login(ana)


def test_the_words_of_a_page_s_other_forms_come_along(
    strict: Client, ana: Any, space: Space
) -> None:
    form = fields(strict.get(at(space)))
    strict.post(EXIT, {**form, "text": "A note.", "unsent": ["You rang me.", " "]})
    assert journal_of(ana) == ["A note.\n\nYou rang me."]


def test_words_that_a_form_gave_back_are_kept_as_new(
    strict: Client, ana: Any, space: Space
) -> None:
    form = fields(strict.get(at(space, "agreements/new/")))
    shown = strict.post(at(space, "agreements/new/"), {**form, "text": "x" * 2_001})
    assert shown.status_code == 422
    assert "data-unsent" in shown.text
    strict.post(EXIT, fields(shown))
    assert journal_of(ana) == ["x" * 2_001]


def test_on_one_device_the_other_s_words_are_not_kept_for_whoever_is_signed_in(
    strict: Client, ana: Any, space: Space, room: Any
) -> None:
    talk = listening.begin(room("ana"), True, uuid.uuid4())
    listening.take_turn(room("ana"), talk.pk, "say", "The stairs.", 1, uuid.uuid4())
    shown = strict.get(at(space, f"talks/{talk.pk}/?turn=2"))
    assert 'formaction="/exit/"' not in shown.text
    assert "data-not-mine" in shown.text
    strict.post(EXIT, {**fields(shown), "text": "Ben’s words."})
    assert journal_of(ana) == []


def test_whoever_was_signed_out_meanwhile_finds_their_words_on_the_next_page(
    strict: Client, ana: Any, pages: dict[str, str]
) -> None:
    for path, name in pages.items():
        strict.force_login(ana)
        shown = strict.get(path)
        page = read(shown)
        action = page.actions[page.named["writing"]] or path
        form = {**fields(shown), name: NEW}
        strict.logout()
        answer = strict.post(action, form)
        assert answer.status_code == 403, path
        assert NEW in words(answer), path
