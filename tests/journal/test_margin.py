"""The margin: it speaks beside words meant for somebody else, and nowhere else."""

import logging
import uuid
from typing import Any

import pytest
from django.test import Client

from journal.entries.margin import MOST_KEPT, READ, margin_notes, phrases, spoken
from journal.entries.models import Entry
from journal.vault.keyring import Keyring
from steps import catalogue
from trustrepair.privacy.records import body_of, of_entry

from .posting import fields, fill, words

pytestmark = pytest.mark.django_db
ADDRESS = "/journal/margin/"
AUTOSAVE = "/journal/autosave/"
SOFT = "/path/communicate-openly/softened-start/"
APOLOGY = "/path/own-your-mistakes/apology-builder/"
TRUTH = "/path/share-hard-truths/hard-truth/"
BLAME = "It was late. You never call me when it matters."


def asked(browser: Client, text: str, *kept: str) -> list[dict[str, Any]]:
    answer = browser.post(ADDRESS, {"text": text, "kept_phrases": list(kept)})
    assert answer.status_code == 200
    return list(answer.json()["notes"])


def begin(browser: Client, address: str, **said: str) -> Entry:
    """Write some answers of an exercise at once, all on one sheet, and finish it."""
    browser.post(address, {**fields(browser.get(address)), "then": "whole"})
    sent = {f"answer-{key}": words for key, words in said.items()}
    browser.post(address, {**fields(browser.get(address)), **sent, "then": "finish"})
    return Entry.unscoped.get()


def test_a_blaming_start_is_met_with_its_place_a_reason_and_a_beginning(browser: Client) -> None:
    (note,) = asked(browser, BLAME)
    assert BLAME[note["start"] : note["end"]] == note["phrase"] == "You never"
    assert note["key"] == "you-never"
    assert note["reason"] and note["instead"]


def test_places_count_characters_and_not_halves_of_them(browser: Client) -> None:
    text = "🌿🌿 " + BLAME
    (note,) = asked(browser, text)
    assert text[note["start"] : note["end"]] == "You never"


def test_a_phrase_one_keeps_is_not_spoken_of_again_whatever_its_case(browser: Client) -> None:
    assert asked(browser, BLAME, "you  NEVER") == []
    assert asked(browser, BLAME, "you always") != []


def test_words_of_thanks_are_left_in_peace(browser: Client) -> None:
    assert asked(browser, "Thank you for the soup. You never forget what I like.") == []


def test_a_long_text_costs_no_more_than_a_short_one(browser: Client) -> None:
    assert asked(browser, "a " * READ + BLAME) == []
    assert len(asked(browser, f"{BLAME} " * 400)) == 20


def test_who_is_signed_out_hears_so(nobody: Client) -> None:
    answer = nobody.post(ADDRESS, {"text": BLAME})
    assert (answer.status_code, answer.json()) == (401, {"why": "signed-out"})


def test_nothing_of_the_text_is_written_down(
    browser: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        asked(browser, f"gooseberry {BLAME}")
    assert "gooseberry" not in caplog.text
    assert not Entry.unscoped.exists()


def test_a_page_of_ones_own_is_never_looked_at(browser: Client, page: Entry) -> None:
    for address in ("/journal/new/", f"/journal/{page.pk}/edit/"):
        assert "data-spoken" not in browser.get(address).text
        assert "js/margin." not in browser.get(address).text


def test_only_exercises_meant_to_be_shared_are_looked_at(browser: Client, mending: Any) -> None:
    browser.post(SOFT, {**fields(browser.get(SOFT)), "then": "whole"})
    looked_at = set()
    for key, exercise in catalogue.get().exercises.items():
        where = {"step": "path", "tool": "practice"}[exercise.home_kind]
        text = browser.get(f"/{where}/{exercise.home}/{key}/").text
        assert ("data-spoken" in text) == ("js/margin." in text) == exercise.for_sharing, key
        looked_at |= {key} if exercise.for_sharing else set()
    assert looked_at >= {"apology-builder", "clear-ask", "softened-start", "boundary-card"}


def test_the_hot_version_of_a_soft_start_stays_raw(browser: Client, mending: Any) -> None:
    assert "data-spoken" not in browser.get(SOFT).text
    assert "data-spoken" in browser.get(f"{SOFT}?at=2").text


def test_a_hard_truth_is_looked_at_once_it_is_meant_to_be_shared() -> None:
    truth = catalogue.get().exercises["hard-truth"]
    assert spoken(truth, {"where": "only_me"}) == set()
    assert {"truth"} <= spoken(truth, {"where": "later"})
    assert not {"if_told", "if_kept", "how"} & spoken(truth, {"where": "later"})


def test_choosing_to_share_a_hard_truth_brings_the_margin_to_its_page(
    browser: Client, mending: Any
) -> None:
    entry = begin(browser, TRUTH, truth=BLAME, where="only_me")
    assert "in the margin" not in browser.get(f"/journal/{entry.pk}/").text
    fill(browser, f"/journal/{entry.pk}/edit/", {"answer-where": "later", "then": "finish"})
    assert "“You never”" in words(browser.get(f"/journal/{entry.pk}/"))


def test_without_scripts_the_notes_stand_on_the_page_once_it_is_read(
    browser: Client, mending: Any
) -> None:
    entry = begin(browser, SOFT, opening=BLAME, raw="You always do this.")
    shown = words(browser.get(f"/journal/{entry.pk}/"))
    assert "One note in the margin" in shown
    assert "“You never”" in shown
    assert "“You always”" not in shown


def test_keep_mine_is_sealed_with_the_entry_and_outlives_other_saves(
    browser: Client, ana: Any, mending: Any
) -> None:
    entry = begin(browser, SOFT, opening=BLAME)
    edit = f"/journal/{entry.pk}/edit/"
    sent = {**fields(browser.get(edit)), "save_id": str(uuid.uuid4()), "kept_phrases": "You never"}
    assert browser.post(AUTOSAVE, sent).json()["version"] == entry.version + 1
    fill(browser, edit, {"answer-event": "On Sunday", "then": "finish"})
    body = Entry.unscoped.get().body(Keyring.of(ana))
    assert body["kept_phrases"] == ["you never"]
    assert (body["part"], body["kind"]) == ("hurt", "family")
    assert "in the margin" not in browser.get(f"/journal/{entry.pk}/").text
    assert 'name="kept_phrases" value="you never"' in browser.get(edit).text
    record = of_entry(Entry.objects.one_of(ana, entry.pk), Keyring.of(ana))
    assert body_of(record) == body


def test_nothing_is_kept_of_an_exercise_but_what_was_chosen_in_the_margin(
    browser: Client, mending: Any
) -> None:
    sent = {**fields(browser.get(f"{SOFT}?at=2")), "kept_phrases": "you never"}
    assert browser.post(AUTOSAVE, sent).json() == {"saved": ""}
    assert not Entry.unscoped.exists()


def test_kept_phrases_are_few_short_and_each_there_once() -> None:
    assert phrases(["You  Never", "you never"], ["", " ", "you\x00 never"]) == ["you never"]
    assert len(phrases(f"phrase {n}" for n in range(1000))) == MOST_KEPT
    assert all(len(one) <= 200 for one in phrases(["a" * 5000]))


def test_whoever_hands_words_over_reads_them_by_the_same_rules() -> None:
    (note,) = margin_notes(BLAME)
    assert note.phrase == "You never"
    assert margin_notes(BLAME, ["You never"]) == []
