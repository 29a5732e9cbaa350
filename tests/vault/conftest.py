"""People with something written, for the tests of the vault."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from journal.entries.models import Entry
from journal.relationships.models import Relationship
from journal.vault.keyring import Keyring

KEYS = {
    "k1": "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    "k2": "k2:QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=",
    "k3": "k3:ZmVkY2JhWllYV1ZVVFNSUVBPTk1MS0pJSEdGRURDQkE=",
}


@pytest.fixture(autouse=True)
def one_key(settings: Any) -> None:
    """The host has one key, k1."""
    settings.JOURNAL_KEYS = KEYS["k1"]


@pytest.fixture
def person(db: None) -> Callable[[str], Any]:
    """Make somebody with an account."""
    return new_person


def new_person(name: str) -> Any:
    return get_user_model().objects.create_user(email=f"{name}@example.org")


def new_relationship(who: Any, story: Any) -> Relationship:
    row = Relationship(owner=who)
    row.sealed_story = Keyring.of(who).seal(row, "story", story)
    row.save(force_insert=True)
    return row


def new_entry(who: Any, words: str) -> Entry:
    row = Entry(author=who, kind=Entry.FREE)
    keyring = Keyring.of(who)
    row.sealed_head = keyring.seal(row, "head", {"title": words[:20]})
    row.sealed_body = keyring.seal(row, "body", {"text": words})
    row.save(force_insert=True)
    return row


def again(row: Any) -> Any:
    """Return the row as it is stored now."""
    return type(row).unscoped.get(pk=row.pk)
