"""The versions of an entry: read, compared with now, brought back."""

import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from journal.entries.comparing import CAME, GONE, SAME, compare
from journal.entries.models import Entry, Revision
from journal.vault.keyring import Keyring

from .posting import fields, words


def edit(entry: Entry) -> str:
    return f"/journal/{entry.pk}/edit/"


def change(browser: Client, entry: Entry, **said: Any) -> None:
    sent = {**fields(browser.get(edit(entry))), **said, "save_id": str(uuid.uuid4())}
    assert browser.post(edit(entry), sent).status_code == 302


def first_version(entry: Entry) -> Revision:
    return Revision.objects.of(entry).get(version=1)


@pytest.mark.django_db
def test_an_earlier_version_is_compared_with_now_by_words(browser: Client, page: Entry) -> None:
    change(browser, page, text="I came home and the piano was gone.")
    address = f"/journal/{page.pk}/history/{first_version(page).pk}/"
    html = browser.get(f"{address}?compare").text
    assert "<del>it</del><ins>the piano</ins>" in html
    assert "<del>" not in browser.get(address).text


@pytest.mark.django_db
def test_any_two_versions_are_compared_the_older_first(browser: Client, page: Entry) -> None:
    change(browser, page, text="I came home and the piano was gone.", title="Gone")
    change(browser, page, text="I came home and everything was gone.", title="Gone")
    one, two = (Revision.objects.of(page).get(version=number) for number in (1, 2))
    address = f"/journal/{page.pk}/history/"
    forward = browser.get(f"{address}{one.pk}/?compare={two.pk}").text
    assert "<del>it</del><ins>the piano</ins>" in forward
    assert "<del>The piano</del><ins>Gone</ins>" in forward, "the title is compared, too"
    assert f'<option value="{two.pk}" selected>' in forward
    assert "everything" not in forward
    back = browser.get(f"{address}{two.pk}/?compare={one.pk}").text
    assert "<del>it</del><ins>the piano</ins>" in back
    assert f'<option value="{two.pk}"' not in back, "nothing is compared with itself"


@pytest.mark.django_db
def test_a_version_is_compared_with_versions_of_its_own_page_alone(
    browser: Client, stranger: Client, page: Entry
) -> None:
    change(browser, page, text="Another text")
    address = f"/journal/{page.pk}/history/{first_version(page).pk}/"
    stranger.post("/journal/new/", {**fields(stranger.get("/journal/new/")), "text": "Theirs."})
    theirs = Revision.unscoped.exclude(entry=page).get()
    for other in (theirs.pk, uuid.uuid4(), "now", "0"):
        assert browser.get(f"{address}?compare={other}").status_code == 404
    assert stranger.get(f"{address}?compare").status_code == 404


@pytest.mark.django_db
def test_versions_of_one_minute_are_told_apart(browser: Client, page: Entry) -> None:
    moment = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    for second, text in ((3, "Second"), (41, "Third"), (90, "Fourth")):
        with time_machine.travel(moment + timedelta(seconds=second), tick=False):
            browser.force_login(page.author)
            change(browser, page, text=text)
            shown = words(browser.get(f"/journal/{page.pk}/history/"))
    assert "at 12:00:03" in shown and "at 12:00:41" in shown
    assert "at 12:01 " in shown and "12:01:" not in shown


@pytest.mark.django_db
def test_bringing_a_version_back_loses_nothing(browser: Client, page: Entry) -> None:
    change(browser, page, text="Another text", title="Another title", feelings=["angry"])
    address = f"/journal/{page.pk}/history/{first_version(page).pk}/restore/"
    assert browser.post(address)["Location"] == f"/journal/{page.pk}/"
    read = words(browser.get(f"/journal/{page.pk}/"))
    assert "The piano" in read and "I came home and it was gone." in read and "sad" in read
    keyring = Keyring.of(page.author)
    texts = [row.body(keyring)["text"] for row in Revision.objects.of(page)]
    assert texts == ["I came home and it was gone.", "Another text", "I came home and it was gone."]


@pytest.mark.django_db
def test_bringing_back_an_exercise_takes_back_what_was_added_since(
    browser: Client, mending: Any
) -> None:
    address = "/path/communicate-openly/softened-start/"
    start = fields(browser.get(address))
    name = next(n for n in start if n.startswith("answer-"))
    browser.post(address, {**start, name: "First", "then": "next"})
    entry = Entry.unscoped.get()
    more = fields(browser.get(f"{address}?at=2"))
    other = next(n for n in more if n.startswith("answer-"))
    browser.post(address, {**more, other: "Added since", "then": "next"})
    assert "Added since" in words(browser.get(f"/journal/{entry.pk}/"))
    browser.post(f"/journal/{entry.pk}/history/{first_version(entry).pk}/restore/")
    read = words(browser.get(f"/journal/{entry.pk}/"))
    assert "First" in read and "Added since" not in read


@pytest.mark.django_db
def test_a_stranger_brings_nothing_back(browser: Client, stranger: Client, page: Entry) -> None:
    change(browser, page, text="Another text")
    address = f"/journal/{page.pk}/history/{first_version(page).pk}/restore/"
    assert stranger.post(address).status_code == 404
    assert "Another text" in browser.get(f"/journal/{page.pk}/").text


@given(st.text(max_size=400), st.text(max_size=400))
def test_a_comparison_holds_both_texts_whole(before: str, after: str) -> None:
    pieces = compare(before, after)
    assert "".join(p.text for p in pieces if p.kind in {SAME, GONE}) == before
    assert "".join(p.text for p in pieces if p.kind in {SAME, CAME}) == after


def test_very_long_texts_are_compared_in_reasonable_work() -> None:
    before = "\n".join(f"line {n} of a long page" for n in range(6_000))
    after = before.replace("line 3000 of", "line three thousand of")
    changed = [p for p in compare(before, after) if p.kind != SAME]
    assert [(p.kind, p.text) for p in changed] == [(GONE, "3000"), (CAME, "three thousand")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\n" * 100_000, "\n" * 50_000 + "a" + "\n" * 49_999),
        ("a\n" * 66_000, "a\nb\n" * 50_000),
        ("a a b\n" * 30_000, "a b b\n" * 30_000),
        (
            "\n".join("." * n for n in range(1300, 1430)),
            "\n".join("," * n for n in range(1300, 1430)),
        ),
        (
            "\n".join("." * n for n in range(1300, 1430)),
            "\n".join("." * n + "!" for n in range(1300, 1430)),
        ),
    ],
)
def test_texts_of_the_same_over_and_over_are_compared_in_reasonable_work(
    before: str, after: str
) -> None:
    began = time.process_time()
    pieces = compare(before, after)
    assert time.process_time() - began < 10, "pair by pair this would take minutes"
    assert "".join(p.text for p in pieces if p.kind in {SAME, GONE}) == before
    assert "".join(p.text for p in pieces if p.kind in {SAME, CAME}) == after
