"""/reminders/: schedules in words, rests, quiet hours, the calendar's address."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from steps.reminders.changing import keep
from steps.reminders.models import LIMIT, Delivery, Reminder, ReminderSettings, TooMany
from steps.reminders.wording import days_in_words
from tests.conftest import Browser
from tests.journal.posting import fields, words

from .conftest import NOON

PAGE = "/reminders/"
SETTINGS = {"quiet_from": "21:00", "quiet_until": "08:00", "one_a_day": "on", "milestones": "app"}


@pytest.fixture(autouse=True)
def monday_noon() -> Any:
    with time_machine.travel(NOON):
        yield


@pytest.fixture
def hers(ana: Any) -> Reminder:
    """Ana's check-in on Mondays and Thursdays."""
    said = {"kind": "checkin", "days": "03", "local_time": NOON.time().replace(hour=19)}
    return Reminder.objects.begin(ana, channel="both", **said)


def waiting(reminder: Reminder) -> Delivery:
    now = timezone.now()
    return Delivery.objects.create(
        person=reminder.person, reminder=reminder, kind=reminder.kind, state=Delivery.DUE,
        local_date=now.date(), due_at=now, free_at=now, card=True,
    )  # fmt: skip


def test_nothing_comes_until_somebody_asks(browser: Browser, ana: Any) -> None:
    page = words(browser.get(PAGE))
    assert "A note comes only when you have asked for one" in page
    assert "Set one up" in page
    assert not Reminder.objects.of(ana).exists()


def test_schedules_are_said_in_ones_own_words(browser: Browser, hers: Reminder) -> None:
    page = words(browser.get(PAGE))
    assert "Every Monday and Thursday at 19:00" in page
    assert "A check-in, on Today and by mail. Next on Monday 2 November at 19:00." in page


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ("0123456", "Every day"), ("01234", "Monday to Friday"), ("56", "Every weekend day"),
        ("2", "Every Wednesday"), ("024", "Every Monday, Wednesday and Friday"),
    ],
)  # fmt: skip
def test_days_are_said_as_one_says_them(days: str, said: str) -> None:
    assert days_in_words(map(int, days)) == said


def test_nobody_sees_another_persons_schedules(
    browser: Browser, stranger: Browser, hers: Reminder
) -> None:
    assert "Every Monday" in words(browser.get(PAGE))
    assert "Every Monday" not in words(stranger.get(PAGE))


@pytest.mark.parametrize(
    ("wanted", "until"), [("day", "Tuesday 3 November"), ("week", "Monday 9 November")]
)
@pytest.mark.parametrize("address", [f"{PAGE}pause/", "{own}pause/"])
def test_a_pause_takes_one_click(
    browser: Browser, hers: Reminder, wanted: str, until: str, address: str
) -> None:
    note = waiting(hers)
    browser.post(address.format(own=f"{PAGE}{hers.pk}/"), {"for": wanted})
    hers.refresh_from_db()
    assert hers.next_at and hers.paused_until
    assert hers.next_at > hers.paused_until > timezone.now()
    note.refresh_from_db()
    assert (note.state, note.why) == (Delivery.SKIPPED, "paused")
    page = words(browser.get(PAGE))
    assert f"until {until} at 12:00" in page
    browser.post(f"{PAGE}pause/", {"for": "nothing"})
    hers.refresh_from_db()
    assert hers.paused_until is None


@pytest.mark.parametrize("address", [f"{PAGE}pause/", "{own}pause/"])
def test_stopping_for_good_takes_one_click_and_can_be_taken_back(
    browser: Browser, hers: Reminder, ana: Any, address: str
) -> None:
    waiting(hers)
    browser.post(address.format(own=f"{PAGE}{hers.pk}/"), {"for": "good"})
    hers.refresh_from_db()
    assert hers.next_at is None
    assert not Delivery.objects.cards(ana).exists(), "nothing stays on Today"
    assert "All notes are stopped" in words(browser.get(PAGE))
    if address == f"{PAGE}pause/":
        assert ReminderSettings.objects.of(ana).milestones == "off", "all are all"
    browser.post(address.format(own=f"{PAGE}{hers.pk}/"), {"for": "nothing"})
    hers.refresh_from_db()
    assert hers.next_at is not None


def test_a_rest_of_another_length_is_refused(browser: Browser, hers: Reminder) -> None:
    before = hers.next_at
    assert browser.post(f"{PAGE}pause/", {"for": "century"}).status_code == 400
    hers.refresh_from_db()
    assert hers.next_at == before


def test_taking_one_away_takes_its_note_off_today(
    browser: Browser, hers: Reminder, ana: Any
) -> None:
    waiting(hers)
    browser.post(f"{PAGE}{hers.pk}/delete/")
    assert not Reminder.objects.of(ana).exists()
    assert not Delivery.objects.cards(ana).exists()


def test_choices_are_kept(browser: Browser, ana: Any) -> None:
    said = {"quiet_from": "22:30", "quiet_until": "07:00", "milestones": "off"}
    assert browser.post(f"{PAGE}settings/", said).status_code == 302
    chosen = ReminderSettings.objects.of(ana)
    assert f"{chosen.quiet_from:%H:%M}–{chosen.quiet_until:%H:%M}" == "22:30–07:00"
    assert (chosen.notes_a_day, chosen.milestones) == (0, "off")
    form = fields(browser.get(PAGE), "settings")
    assert form.items() >= said.items()
    assert "one_a_day" not in form


@pytest.mark.parametrize(
    ("field", "value"),
    [("quiet_from", "25:00"), ("quiet_until", ""), ("quiet_from", "soon"), ("milestones", "all")],
)
def test_impossible_choices_are_said_and_everything_typed_is_kept(
    browser: Browser, ana: Any, field: str, value: str
) -> None:
    answer = browser.post(f"{PAGE}settings/", {**SETTINGS, "quiet_until": "07:45", field: value})
    assert answer.status_code == 422
    assert 'class="errorlist"' in answer.text
    assert field == "quiet_until" or "07:45" in answer.text
    assert ReminderSettings.objects.of(ana).quiet_until.hour == 8


def test_quiet_hours_that_would_silence_a_mail_are_said(browser: Browser, hers: Reminder) -> None:
    answer = browser.post(f"{PAGE}settings/", {**SETTINGS, "quiet_from": "18:00"})
    assert answer.status_code == 422
    assert "This would silence “Every Monday and Thursday at 19:00”" in words(answer)


def test_the_calendars_address_is_made_renewed_and_switched_off(
    browser: Browser, nobody: Browser
) -> None:
    def address() -> str:
        found = fields(browser.get(PAGE), 0) and browser.get(PAGE).text
        return found.partition('readonly value="')[2].partition('"')[0]

    assert address() == "", "there is none until somebody makes one"
    browser.post(f"{PAGE}calendar/", {"feed": "new"})
    first = address().removeprefix("http://localhost:8000")
    assert nobody.get(first).status_code == 200
    browser.post(f"{PAGE}calendar/", {"feed": "new"})
    second = address().removeprefix("http://localhost:8000")
    assert nobody.get(first).status_code == 404
    assert nobody.get(second).status_code == 200
    browser.post(f"{PAGE}calendar/", {"feed": "off"})
    assert nobody.get(second).status_code == 404
    assert address() == ""


def test_a_thousand_schedules_are_twelve_and_the_page_says_so(browser: Browser, ana: Any) -> None:
    for number in range(1000):
        at = (NOON + timedelta(minutes=number % 400)).time()
        said = {"kind": ("step", "checkin", "gratitude")[number % 3], "days": "0"}
        try:
            keep(ana, None, {**said, "local_time": at, "channel": "app"})
        except TooMany:
            assert number >= LIMIT
    assert Reminder.objects.of(ana).count() == LIMIT == 12
    page = words(browser.get(PAGE))
    assert "Twelve is as many as there is room for" in page
    said = {"kind": "checkin", "days": "1", "local_time": "09:00", "channel": "app"}
    answer = browser.post(f"{PAGE}new/", {**said, "then": "keep"})
    assert answer.status_code == 422
    assert "Twelve is as many as there is room for" in words(answer)
    assert fields(answer, "reminder")["local_time"] == "09:00"


def test_a_refused_address_is_said(browser: Browser, ana: Any) -> None:
    chosen = ReminderSettings.objects.of(ana)
    chosen.refused_at = timezone.now()
    chosen.save()
    assert "Your mail address took nothing the last time" in words(browser.get(PAGE))


def test_every_form_says_whose_it_is_or_holds_nothing_typed(
    browser: Browser, hers: Reminder
) -> None:
    for address, form in ((PAGE, "settings"), (f"{PAGE}new/", "reminder")):
        assert fields(browser.get(address), form)["owner"]
