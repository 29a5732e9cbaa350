"""Autosave: answered in a few words, never over another text, never in somebody else's journal."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from journal.entries.models import Entry, Revision
from journal.tasks import thin_history
from journal.vault.keyring import Keyring

from .posting import fields, read

pytestmark = pytest.mark.django_db
ADDRESS = "/journal/autosave/"
LONG = "The kitchen light was on. " * 4_000


def edit(entry: Entry) -> str:
    return f"/journal/{entry.pk}/edit/"


def typed(browser: Client, address: str, **said: Any) -> dict[str, Any]:
    """Return what a page would send by itself, with an id of its own for this save."""
    return {**fields(browser.get(address)), **said, "save_id": str(uuid.uuid4())}


def text(entry: Entry) -> str:
    fresh = Entry.objects.written_by(entry.author).get(pk=entry.pk)
    return str(fresh.body(Keyring.of(entry.author))["text"])


def test_words_are_kept_without_a_button_and_the_page_hears_the_version_and_the_time(
    browser: Client, page: Entry
) -> None:
    answer = browser.post(ADDRESS, typed(browser, edit(page), text="And then"))
    assert answer.status_code == 200
    told = answer.json()
    assert (told["entry_id"], told["version"]) == (str(page.pk), 2)
    assert len(told["saved"]) == len("12:04")
    assert text(page) == "And then"


def test_a_new_page_becomes_an_entry_with_its_first_words(browser: Client) -> None:
    sent = typed(browser, "/journal/new/", text="First")
    told = browser.post(ADDRESS, sent).json()
    assert told["entry_id"] == sent["entry_id"]
    sent |= {"base_version": "1", "text": "First and second", "save_id": str(uuid.uuid4())}
    assert browser.post(ADDRESS, sent).json()["version"] == 2
    assert Entry.unscoped.count() == 1


def test_the_button_after_an_autosave_keeps_one_entry(browser: Client) -> None:
    sent = typed(browser, "/journal/new/", text="First")
    browser.post(ADDRESS, sent)
    pressed = sent | {"base_version": "1", "save_id": str(uuid.uuid4()), "then": "keep"}
    assert browser.post("/journal/new/", pressed).status_code == 302
    assert Entry.unscoped.count() == 1


def test_an_empty_page_is_not_kept(browser: Client) -> None:
    answer = browser.post(ADDRESS, typed(browser, "/journal/new/", text="  "))
    assert (answer.status_code, answer.json()) == (200, {"saved": ""})
    assert not Entry.unscoped.exists()


def test_a_save_sent_twice_is_kept_once(browser: Client, page: Entry) -> None:
    sent = typed(browser, edit(page), text="once")
    answers = [browser.post(ADDRESS, sent).json() for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert Revision.objects.of(page).count() == 2


def test_a_save_sent_twice_is_kept_once_even_when_only_its_receipt_is_left(
    browser: Client, page: Entry
) -> None:
    first = typed(browser, edit(page), text="one")
    browser.post(ADDRESS, first)
    browser.post(ADDRESS, typed(browser, edit(page), text="two"))
    assert browser.post(ADDRESS, first).json()["version"] == 2
    assert text(page) == "two"


def test_a_tab_whose_answer_was_lost_does_not_write_over_what_came_after(
    browser: Client, page: Entry
) -> None:
    first = typed(browser, edit(page), text="one")
    browser.post(ADDRESS, first)
    browser.post(ADDRESS, typed(browser, edit(page), text="one two"))
    told = browser.post(ADDRESS, first).json()
    newer = first | {"base_version": told["version"], "text": "one three"}
    assert browser.post(ADDRESS, newer | {"save_id": str(uuid.uuid4())}).status_code == 409
    assert text(page) == "one two"


def test_another_text_that_stands_there_is_not_overwritten_and_both_are_kept(
    browser: Client, page: Entry
) -> None:
    mine, other = (typed(browser, edit(page), text=said) for said in ("mine", "other"))
    browser.post(ADDRESS, other)
    answer = browser.post(ADDRESS, mine)
    assert answer.status_code == 409
    told = answer.json()
    assert told == {
        "why": "clash", "version": 2, "fields": {"title": "The piano", "text": "other"},
    }  # fmt: skip
    assert text(page) == "other"
    beside = Revision.objects.of(page).get(beside=True)
    assert beside.body(Keyring.of(page.author))["text"] == "mine"


def test_one_answer_of_an_exercise_is_kept_and_opens_its_step(
    browser: Client, mending: Any
) -> None:
    address = "/path/communicate-openly/softened-start/"
    name = next(n for n in fields(browser.get(address)) if n.startswith("answer-"))
    told = browser.post(ADDRESS, typed(browser, address, **{name: "The hot version"})).json()
    entry = Entry.unscoped.get()
    assert str(entry.pk) == told["entry_id"]
    assert entry.finished_at is None
    assert "The hot version" in browser.get(address).text
    assert b"Enough for now" in browser.get("/path/communicate-openly/").content


def test_an_ended_session_is_told_so(browser: Client, page: Entry) -> None:
    sent = typed(browser, edit(page), text="after")
    browser.logout()
    answer = browser.post(ADDRESS, sent)
    assert (answer.status_code, answer.json()) == (401, {"why": "signed-out"})
    assert browser.get("/journal/token/").status_code == 401
    assert text(page) == "I came home and it was gone."


def test_an_old_token_is_refused_and_a_new_one_is_to_be_had(
    ana: Any, page: Entry, browser_of: Any
) -> None:
    strict = browser_of(ana, enforce_csrf_checks=True)
    sent = {**typed(strict, edit(page), text="after"), "csrfmiddlewaretoken": "old"}
    assert strict.post(ADDRESS, sent).status_code == 403
    fresh = strict.get("/journal/token/").json()["token"]
    assert strict.post(ADDRESS, {**sent, "csrfmiddlewaretoken": fresh}).status_code == 200
    assert text(page) == "after"


def test_somebody_else_who_signed_in_meanwhile_keeps_nothing_of_it(
    browser: Client, page: Entry, stan: Any
) -> None:
    sent = typed(browser, edit(page), text="not for him")
    browser.force_login(stan)
    answer = browser.post(ADDRESS, sent, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()) == (409, {"why": "somebody-else"})
    assert not Entry.objects.written_by(stan).exists()


def test_a_strangers_page_is_never_written_to(stranger: Client, page: Entry) -> None:
    sent = typed(stranger, "/journal/new/", text="mine now", entry_id=str(page.pk))
    told = stranger.post(ADDRESS, sent).json()
    assert told["entry_id"] != str(page.pk)
    assert text(page) == "I came home and it was gone."


def test_words_past_the_limit_are_refused_with_both_numbers(browser: Client, page: Entry) -> None:
    answer = browser.post(ADDRESS, typed(browser, edit(page), text="a" * 200_001))
    assert answer.status_code == 422
    assert "200,001" in answer.json()["words"]
    assert text(page) == "I came home and it was gone."


def spliced(sent: dict[str, Any], start: int, end: int, put: str) -> dict[str, Any]:
    delta = {"splice_field": "text", "splice_start": str(start), "splice_end": str(end)}
    return {**{k: v for k, v in sent.items() if k != "text"}, **delta, "splice_text": put}


@pytest.mark.parametrize(
    ("start", "end", "put"),
    [(len(LONG), len(LONG), "The end."), (0, 0, "Before. "), (4, 11, "garden 🌿"), (10, 5_000, "")],
)
def test_a_closing_page_sends_only_what_changed(
    browser: Client, page: Entry, start: int, end: int, put: str
) -> None:
    browser.post(ADDRESS, typed(browser, edit(page), text=LONG))
    sent = spliced(typed(browser, edit(page)), start, end, put)
    assert browser.post(ADDRESS, sent).status_code == 200
    assert text(page) == LONG[:start] + put + LONG[end:]


def test_a_delta_from_an_older_version_is_put_together_there_and_kept_beside(
    browser: Client, page: Entry
) -> None:
    older = typed(browser, edit(page))
    browser.post(ADDRESS, typed(browser, edit(page), text="other"))
    answer = browser.post(ADDRESS, spliced(older, 0, 1, "Then I"))
    assert answer.status_code == 409
    beside = Revision.objects.of(page).get(beside=True)
    assert beside.body(Keyring.of(page.author))["text"] == "Then I came home and it was gone."


def test_two_long_answers_send_what_changed_in_each(
    browser: Client, ana: Any, mending: Any
) -> None:
    ana.whole_sheet = True
    ana.save()
    address = "/path/communicate-openly/softened-start/"
    names = list(read(browser.get(address)).areas)[:2]
    sent = typed(browser, address, **dict.fromkeys(names, "One. Two."))
    browser.post(ADDRESS, sent)
    kept = {k: v for k, v in sent.items() if k not in names}
    delta = {
        "splice_field": names, "splice_start": ["4", "9"], "splice_end": ["4", "9"],
        "splice_text": [" And a half.", " Three."], "base_version": "1", "save_id": uuid.uuid4(),
    }  # fmt: skip
    assert browser.post(ADDRESS, kept | delta).status_code == 200
    entry = Entry.unscoped.get()
    answers = entry.body(Keyring.of(entry.author))["answers"]
    said = [answers[name.removeprefix("answer-")] for name in names]
    assert said == ["One. And a half. Two.", "One. Two. Three."]


def closing(sent: dict[str, Any], before: dict[str, Any], words: str) -> dict[str, Any]:
    """Return what a page sends that closes while it is saving `before`, with words typed since."""
    after = {
        "after": before["save_id"], "after_field": "text", "after_text": words,
        "after_start": str(len(before["text"])), "after_end": str(len(before["text"])),
    }  # fmt: skip
    since = {"base_version": before["base_version"], "save_id": str(uuid.uuid4())}
    tail = before["text"].removeprefix(LONG) + words
    return {**spliced(sent, len(LONG), len(LONG), tail), **after, **since}


@pytest.mark.parametrize("arrived", [True, False])
def test_words_typed_while_a_long_save_was_under_way_are_kept_whether_that_one_arrived_or_not(
    browser: Client, page: Entry, arrived: bool
) -> None:
    browser.post(ADDRESS, typed(browser, edit(page), text=LONG))
    first = typed(browser, edit(page), text=LONG + "And then")
    if arrived:
        browser.post(ADDRESS, first)
    answer = browser.post(ADDRESS, closing(first, first, " the end."))
    assert answer.status_code == 200, answer.json()
    assert text(page) == LONG + "And then the end."


def test_words_typed_while_a_save_was_under_way_that_clashed_are_kept_beside_with_it(
    browser: Client, page: Entry
) -> None:
    browser.post(ADDRESS, typed(browser, edit(page), text=LONG))
    first = typed(browser, edit(page), text=LONG + "And then")
    browser.post(ADDRESS, typed(browser, edit(page), text="other"))
    browser.post(ADDRESS, first)
    assert browser.post(ADDRESS, closing(first, first, " the end.")).status_code == 409
    assert text(page) == "other"
    beside = [row.body(Keyring.of(page.author))["text"] for row in Revision.objects.of(page)
              if row.beside]  # fmt: skip
    assert LONG + "And then the end." in beside


def test_a_whole_page_sent_behind_a_save_under_way_lands_on_it_or_stands_for_itself(
    browser: Client, page: Entry
) -> None:
    for number, arrived in enumerate([True, False]):
        first = typed(browser, edit(page), text=f"{number} one")
        if arrived:
            browser.post(ADDRESS, first)
        behind = {"after": first["save_id"], "save_id": str(uuid.uuid4()), "text": f"{number} two"}
        assert browser.post(ADDRESS, first | behind).status_code == 200
        assert text(page) == f"{number} two"


@pytest.mark.parametrize("place", ["", "x", "-1", "9" * 400])
def test_a_broken_delta_keeps_nothing_and_breaks_nothing(
    browser: Client, page: Entry, place: str
) -> None:
    sent = spliced(typed(browser, edit(page)), 0, 1, "Z") | {"splice_start": place}
    assert browser.post(ADDRESS, sent).status_code < 500
    assert text(page).endswith("came home and it was gone.")


def test_one_autosave_of_five_minutes_stays_in_the_history(browser: Client, page: Entry) -> None:
    with time_machine.travel("2026-11-22 12:00:01+00:00", tick=False) as clock:
        for minute in range(11):
            browser.post(ADDRESS, typed(browser, edit(page), text=f"minute {minute}"))
            clock.shift(timedelta(minutes=1))
    kept = Revision.objects.of(page).filter(auto=True).with_words()
    opened = [row.body(Keyring.of(page.author))["text"] for row in kept]
    assert opened == ["minute 10", "minute 9", "minute 4"]
    assert Revision.objects.of(page).filter(auto=True).count() == 11


def test_history_forgets_receipts_after_a_day_and_words_after_ninety(
    browser: Client, page: Entry
) -> None:
    for said in ("one", "two"):
        browser.post(ADDRESS, typed(browser, edit(page), text=said))
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        thin_history()
    left = Revision.objects.of(page)
    assert left.count() == left.with_words().count() == 2
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        thin_history()
    assert not Revision.objects.of(page).exists()
    assert text(page) == "two"
