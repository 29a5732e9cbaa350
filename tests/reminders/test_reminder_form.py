"""/reminders/new/ and /reminders/<uuid>/: setting up and changing, with a look before keeping."""

from itertools import pairwise
from typing import Any

import pytest
import time_machine

from steps.reminders.letters import letter_for
from steps.reminders.models import Delivery, Reminder, ReminderSettings
from tests.conftest import Browser
from tests.journal.posting import fields, fill, words

from .conftest import NOON, run
from .sink import Sink

NEW = "/reminders/new/"
SAID = {"kind": "checkin", "days": ["0", "3"], "local_time": "19:30", "channel": "both"}


@pytest.fixture(autouse=True)
def monday_noon() -> Any:
    with time_machine.travel(NOON):
        yield


def test_a_schedule_is_set_up_without_a_script(browser: Browser, ana: Any) -> None:
    answer = fill(browser, NEW, {**SAID, "then": "keep"}, "reminder")
    assert (answer.status_code, answer.url) == (302, "/reminders/")
    kept = Reminder.objects.of(ana).get()
    assert (kept.kind, kept.days, f"{kept.local_time:%H:%M}") == ("checkin", "03", "19:30")
    assert (kept.channel, kept.zone) == ("both", "Europe/London")
    assert kept.next_at == NOON.replace(hour=19, minute=30)


def test_looking_first_keeps_nothing_and_shows_five_dates(browser: Browser, ana: Any) -> None:
    answer = fill(browser, NEW, {**SAID, "then": "look"}, "reminder")
    assert answer.status_code == 200
    assert not Reminder.objects.of(ana).exists()
    page = words(answer)
    for date in ("Monday 2", "Thursday 5", "Monday 9", "Thursday 12", "Monday 16"):
        assert f"{date} November at 19:30" in page
    assert "Thursday 19 November" not in page
    assert fields(answer, "reminder").items() >= SAID.items(), "everything stays filled in"


@pytest.mark.parametrize("kind", ["checkin", "gratitude", "step", "reappraisal"])
@pytest.mark.parametrize("days", [["0"], ["0", "1", "2", "3", "4", "5", "6"], ["1", "4"]])
def test_the_note_looked_at_is_the_note_that_comes(
    sink: Sink, browser: Browser, ana: Any, kind: str, days: list[str]
) -> None:
    said = {**SAID, "kind": kind, "days": days, "channel": "mail"}
    looked = words(fill(browser, NEW, {**said, "then": "look"}, "reminder"))
    fill(browser, NEW, {**said, "then": "keep"}, "reminder")
    when = Reminder.objects.of(ana).get().next_at
    assert when
    with time_machine.travel(when):
        run(when)
    [mail] = sink.mails
    assert mail["Subject"] in looked
    plain = mail.get_body(preferencelist=("plain",))
    assert plain
    for line in plain.get_content().split("\n\n"):
        assert "http" in line or " ".join(line.split()) in looked


def test_every_four_months_begins_tomorrow_and_needs_no_days(browser: Browser, ana: Any) -> None:
    said = {**SAID, "kind": "reappraisal", "days": [], "then": "keep"}
    assert fill(browser, NEW, said, "reminder").status_code == 302
    kept = Reminder.objects.of(ana).get()
    dates = [f"{one.local_date:%Y-%m-%d}" for one in kept.next_dates(3)]
    assert dates == ["2026-11-03", "2027-03-03", "2027-07-03"]
    assert "Every four months at 19:30" in words(browser.get("/reminders/"))
    own = f"/reminders/{kept.pk}/"
    with time_machine.travel(NOON.replace(month=12)):
        browser.force_login(ana)
        fill(browser, own, {"local_time": "18:00", "then": "keep"}, "reminder")
    kept.refresh_from_db()
    assert f"{kept.first_on:%Y-%m-%d}" == "2026-11-03", "another hour moves no date"


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("local_time", "25:00", "There is no such time"),
        ("local_time", "24:00", "There is no such time"),
        ("local_time", "12:60", "There is no such time"),
        ("local_time", "half past", "There is no such time"),
        ("local_time", "", "Say at what time"),
        ("local_time", "22:30", "22:30 is in your quiet hours, 21:00 to 08:00"),
        ("local_time", "07:59", "is in your quiet hours"),
        ("days", [], "Choose at least one day"),
        ("days", ["0", "9"], "Choose among the days of the week"),
        ("days", ["Monday"], "Choose among the days of the week"),
        ("kind", "plan", "Choose one of these"),
        ("kind", "", "Choose what the note is for"),
        ("channel", "pigeon", "Choose one of these"),
        ("channel", "", "Choose where the note should come"),
    ],
)
@pytest.mark.parametrize("then", ["look", "keep"])
def test_what_cannot_be_is_said_beside_its_field_and_the_rest_is_kept(
    browser: Browser, ana: Any, field: str, value: Any, told: str, then: str
) -> None:
    answer = browser.post(NEW, {**SAID, field: value, "then": then})
    assert answer.status_code == 422
    before, _, after = answer.text.partition(f'name="{field}"')
    beside = words_around(before, after)
    assert told in beside
    kept = fields(answer, "reminder")
    assert all(kept[name] == said for name, said in SAID.items() if name != field)
    assert not Reminder.objects.of(ana).exists()


def words_around(before: str, after: str) -> str:
    """Return the page from the beginning of a field's row to the end of it."""
    start = before[before.rindex('class="row') :]
    return " ".join((start + after[: after.index('class="acts"')]).split())


def test_in_quiet_hours_a_note_may_wait_on_today(browser: Browser, ana: Any) -> None:
    said = {**SAID, "local_time": "22:30", "channel": "app", "then": "keep"}
    assert fill(browser, NEW, said, "reminder").status_code == 302
    assert Reminder.objects.of(ana).get().channel == "app"


def test_a_zone_or_a_person_posted_along_is_nobodys_business(
    browser: Browser, ana: Any, stan: Any
) -> None:
    forged = {"zone": "Mars/Olympus", "person": stan.pk, "next_at": "1999-01-01"}
    browser.post(NEW, {**SAID, **forged, "then": "keep"})
    assert Reminder.objects.of(ana).get().zone == "Europe/London"
    assert not Reminder.objects.of(stan).exists()


def test_keeping_twice_keeps_one(browser: Browser, ana: Any) -> None:
    for _ in range(2):
        assert browser.post(NEW, {**SAID, "then": "keep"}).status_code == 302
    assert Reminder.objects.of(ana).count() == 1


def test_a_schedule_is_changed_and_what_was_under_way_is_taken_back(
    browser: Browser, ana: Any
) -> None:
    browser.post(NEW, {**SAID, "then": "keep"})
    kept = Reminder.objects.of(ana).get()
    note = Delivery.objects.create(
        person=ana, reminder=kept, kind="checkin", local_date=NOON.date(), due_at=NOON, free_at=NOON
    )
    changed = {"kind": "gratitude", "days": ["6"], "local_time": "10:00", "then": "keep"}
    assert fill(browser, f"/reminders/{kept.pk}/", changed, "reminder").status_code == 302
    kept.refresh_from_db()
    assert (kept.kind, kept.days, kept.channel) == ("gratitude", "6", "both")
    assert not Delivery.objects.filter(pk=note.pk).exists(), "Mondays were taken out"


def test_another_persons_schedule_is_no_page(browser: Browser, stranger: Browser, ana: Any) -> None:
    browser.post(NEW, {**SAID, "then": "keep"})
    own = f"/reminders/{Reminder.objects.of(ana).get().pk}/"
    assert browser.get(own).status_code == 200
    for address in (own, f"{own}pause/", f"{own}delete/"):
        said = {**SAID, "for": "good", "then": "keep", "local_time": "10:00"}
        assert stranger.post(address, said).status_code == 404
    kept = Reminder.objects.of(ana).get()
    assert kept.is_on and f"{kept.local_time:%H:%M}" == "19:30"


def test_setting_one_up_answers_the_offer(browser: Browser, ana: Any) -> None:
    assert ReminderSettings.objects.may_offer(ana)
    browser.post(NEW, {**SAID, "then": "keep"})
    assert not ReminderSettings.objects.may_offer(ana)


def test_moving_house_moves_the_schedules(browser: Browser, ana: Any) -> None:
    browser.post(NEW, {**SAID, "then": "keep"})
    browser.post("/you/", {"display_name": "Ana", "time_zone": "Asia/Kolkata"})
    kept = Reminder.objects.of(ana).get()
    assert kept.zone == "Asia/Kolkata"
    assert kept.next_at and f"{kept.next_at:%H:%M}" == "14:00", "half past seven in the evening"


def test_no_two_notes_in_a_row_are_alike(ana: Any) -> None:
    for kind, days in (("checkin", "0123456"), ("gratitude", "03"), ("step", "6")):
        local_time = NOON.time()
        reminder = Reminder.objects.begin(ana, kind=kind, days=days, local_time=local_time)
        subjects = [
            letter_for(
                Delivery(person=ana, reminder=reminder, kind=kind, local_date=one.local_date)
            ).subject
            for one in reminder.next_dates(60)
        ]
        assert all(one != other for one, other in pairwise(subjects))
