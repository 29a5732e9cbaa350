"""/reminders/answer/<uuid>/: from a note's link to one screen, and into the journal."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from journal.entries.models import Entry
from journal.vault.keyring import Keyring
from steps.reminders.models import Delivery, Done, Reminder, ReminderSettings
from tests.conftest import Browser
from tests.journal.posting import fields, fill, words

DIALS = {
    "answer-safety": "5", "answer-follow_through": "6", "answer-openness": "3",
    "answer-connection": "4", "answer-line": "I rang at seven.", "then": "finish",
}  # fmt: skip
Noted = Callable[..., Delivery]


@pytest.fixture
def noted(ana: Any) -> Noted:
    """Return a function that makes a note of Ana's, due some days ago."""

    def make(kind: str = "checkin", days: int = 0) -> Delivery:
        due = timezone.now() - timedelta(days=days)
        return Delivery.objects.create(
            person=ana, kind=kind, local_date=timezone.localdate(due, ana.zone),
            due_at=due, free_at=due, state=Delivery.SENT, card=True,
        )  # fmt: skip

    return make


def link(note: Delivery) -> str:
    return f"/reminders/answer/{note.pk}/"


def answered(note: Delivery) -> bool:
    note.refresh_from_db()
    return note.answered_at is not None


def test_it_asks_to_sign_in_and_comes_back(nobody: Browser, noted: Noted) -> None:
    note = noted()
    answer = nobody.get(link(note))
    assert (answer.status_code, answer.url) == (302, f"/accounts/login/?next={link(note)}")


@pytest.mark.parametrize("at_once", [True, False])
def test_a_check_in_is_one_screen_and_becomes_a_page_of_the_journal(
    browser: Browser, ana: Any, mending: Any, noted: Noted, at_once: bool
) -> None:
    ana.whole_sheet = at_once
    ana.save()
    note = noted()
    page = words(browser.get(link(note)))
    assert page.count("not safe at all") == page.count("One line about today") == 1
    assert "One question at a time" not in page
    answer = fill(browser, link(note), DIALS)
    entry = Entry.objects.written_by(ana).get()
    assert (answer.status_code, answer.url) == (302, f"/journal/{entry.pk}/")
    assert entry.exercise.key == "daily-check-in" and entry.finished_at
    assert entry.relationship == mending
    said = entry.body(Keyring.of(ana))["answers"]
    assert (said["safety"], said["connection"], said["line"]) == (5, 4, "I rang at seven.")
    assert answered(note)
    assert Done.objects.filter(person=ana, kind="checkin").count() == 1
    assert not Delivery.objects.cards(ana).exists()


def test_it_works_with_nobody_in_mind(browser: Browser, ana: Any, noted: Noted) -> None:
    fill(browser, link(noted()), DIALS)
    assert Entry.objects.written_by(ana).get().relationship is None


def test_a_line_of_thanks_lands_in_the_jar(
    browser: Browser, ana: Any, mending: Any, noted: Noted
) -> None:
    note = noted("gratitude")
    page = browser.get(link(note))
    sent = {**fields(page, -1), "text": "Two mugs were out."}
    assert sent["owner"]
    browser.post(link(note), sent)
    entry = Entry.objects.in_jar_of(mending).get()
    assert entry.body(Keyring.of(ana))["text"] == "Two mugs were out."
    assert answered(note)
    browser.post(link(note), sent)
    assert Entry.objects.written_by(ana).count() == 1, "sent twice is kept once"


def test_an_empty_line_is_said_and_leaves_the_note_open(
    browser: Browser, ana: Any, noted: Noted
) -> None:
    note = noted("gratitude")
    answer = browser.post(link(note), {**fields(browser.get(link(note)), -1), "text": "  "})
    assert answer.status_code == 422
    assert not answered(note)


def test_words_stay_on_the_page_when_something_is_wrong(
    browser: Browser, ana: Any, noted: Noted
) -> None:
    note = noted()
    answer = fill(browser, link(note), {**DIALS, "answer-line": "x" * 501})
    assert answer.status_code == 422
    kept = fields(answer)
    assert kept["answer-line"] == "x" * 501
    assert kept["answer-safety"] == "5"
    assert not answered(note)
    assert not Entry.objects.written_by(ana).exists()


def test_nothing_at_all_is_not_a_check_in(browser: Browser, ana: Any, noted: Noted) -> None:
    note = noted()
    assert fill(browser, link(note), {"then": "finish"}).status_code == 422
    assert fill(browser, link(note), {"then": "later"}).status_code == 302
    assert not answered(note)
    assert not Entry.objects.written_by(ana).exists()


def test_a_form_of_somebody_elses_is_not_kept(
    stranger: Browser, browser: Browser, stan: Any, ana: Any, noted: Noted
) -> None:
    note = noted()
    sent = {**fields(browser.get(link(note))), **DIALS}
    browser.force_login(stan)
    assert browser.post(link(note), sent).status_code == 409
    for person in (ana, stan):
        assert not Entry.objects.written_by(person).exists()


def test_another_persons_note_is_no_page(stranger: Browser, stan: Any, noted: Noted) -> None:
    for kind in ("checkin", "gratitude", "stuck", "step"):
        note = noted(kind)
        absent = stranger.get(link(Delivery(id=uuid.uuid4())))
        for answer in (stranger.get(link(note)), stranger.post(link(note), DIALS)):
            assert (answer.status_code, len(answer.content)) == (404, len(absent.content))
    assert not Entry.objects.written_by(stan).exists()


def test_what_was_begun_today_goes_on_and_what_was_begun_before_does_not(
    browser: Browser, ana: Any, noted: Noted
) -> None:
    note = noted()
    fill(browser, link(note), {**DIALS, "then": "later"})
    entry = Entry.objects.written_by(ana).get()
    note.answered_at = None
    note.save()
    assert fields(browser.get(link(note)))["entry_id"] == str(entry.pk)
    Entry.objects.written_by(ana).update(created_at=timezone.now() - timedelta(days=2))
    assert fields(browser.get(link(note)))["entry_id"] != str(entry.pk)


def test_answered_once_the_link_leads_to_today(browser: Browser, noted: Noted) -> None:
    note = noted()
    fill(browser, link(note), DIALS)
    answer = browser.get(link(note), follow=True)
    assert answer.redirect_chain == [("/", 302)]
    assert "You have answered that one already" in words(answer)


def test_an_older_note_can_be_answered_today(browser: Browser, noted: Noted) -> None:
    note = noted(days=1)
    fill(browser, link(note), DIALS)
    assert answered(note)


@pytest.mark.parametrize(
    ("kind", "to"),
    [
        ("step", "/path/"), ("step-finished", "/path/"), ("first-week", "/"), ("plan", "/"),
        ("reappraisal", "/path/communicate-openly/caring-third-person/"),
    ],
)  # fmt: skip
def test_other_notes_lead_where_they_speak_of(
    browser: Browser, noted: Noted, kind: str, to: str
) -> None:
    note = noted(kind)
    answer = browser.get(link(note))
    assert (answer.status_code, answer.url) == (302, to)
    assert answered(note)


def test_after_two_quiet_weeks_one_is_asked_whether_to_be_left_alone(
    browser: Browser, ana: Any, noted: Noted
) -> None:
    Reminder.objects.begin(ana, kind="checkin", days="0", local_time=timezone.now().time())
    page = browser.get(link(noted("stuck")))
    assert "Stop all notes" in words(page)
    browser.post("/reminders/pause/", {"for": "good"})
    assert not Reminder.objects.of(ana).get().is_on


# --- done today, by any way -----------------------------------------------------------------------
def done(person: Any) -> set[str]:
    return set(Done.objects.filter(person=person).values_list("kind", flat=True))


def test_thanks_kept_on_today_are_not_asked_for_again(
    browser: Browser, ana: Any, noted: Noted
) -> None:
    note = noted("gratitude")
    form = fields(browser.get("/journal/gratitude/"), -1)
    browser.post("/journal/gratitude/", {**form, "text": "Soup."})
    assert done(ana) == {"gratitude"}
    assert answered(note)


def test_a_check_in_on_its_own_page_counts(browser: Browser, ana: Any) -> None:
    page = "/practice/communication-skills/daily-check-in/"
    fill(browser, page, {"answer-safety": "4", "then": "next"})
    assert done(ana) == {"checkin"}


def test_a_page_of_a_step_counts(browser: Browser, ana: Any, mending: Any) -> None:
    page = "/path/communicate-openly/clear-ask/"
    fill(browser, page, {"answer-wish": "Rest.", "then": "later"})
    assert done(ana) == {"step"}


def test_a_free_page_is_no_check_in(browser: Browser, ana: Any) -> None:
    fill(browser, "/journal/new/", {"text": "Only this."})
    assert done(ana) == set()
    assert not ReminderSettings.objects.filter(person=ana, offer_answered_at=None).exists()
