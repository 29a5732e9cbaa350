"""Searching one's own words, packed or not."""

import uuid
from typing import Any

import pytest

from journal.entries import segments
from journal.entries.models import Entry
from journal.entries.segment_models import SearchSegment
from journal.entries.writing import Draft, keep
from journal.vault.keyring import Keyring

from .posting import words

pytestmark = pytest.mark.django_db
PLACE = "/journal/search/"


def write(person: Any, text: str, title: str = "") -> Entry:
    draft = Draft(uuid.uuid4(), uuid.uuid4(), 0, title=title, text=text)
    return keep(person, Keyring.of(person), draft).entry


def test_smoke(browser, ana, monkeypatch):
    monkeypatch.setattr(segments, "FULL", 4)
    for n in range(10):
        write(ana, f"Nothing much, number {n}.")
    write(ana, "We found the pianó\n in <b>Zürich</b>, “at last”.", "Café")
    assert "the <mark>pianó" in browser.post(PLACE, {"query": "PIANO"}).content.decode()
    print(segments.pack(ana, Keyring.of(ana)), SearchSegment.objects.of(ana).count())
    for q in ("zurich", '"piano in"', "cafe", "piano cafe", '"at last"'):
        r = browser.post(PLACE, {"query": q})
        assert "<mark>" in r.content.decode(), q
    print(r.content.decode())
    assert "No page has" in words(browser.post(PLACE, {"query": "walrus"}))
    r = browser.post(PLACE, {"query": "walrus", "since": "xx"})
    assert r.status_code == 422
    r = browser.post(PLACE, {"query": "nothing"})
    print(words(r))
