"""/calendar/<token>.ics: what any calendar program can read, and nobody learns from."""

import re
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import time_machine
from dateutil.rrule import rrulestr

from journal.feed import KINDS, zone
from steps.reminders import telling
from steps.reminders.models import Reminder, ReminderSettings
from steps.reminders.tokens import calendar_token, stop_token
from tests.conftest import Browser
from tests.journal.posting import words

from .conftest import NOON

Daily = Callable[..., Reminder]


@pytest.fixture(autouse=True)
def monday_noon() -> Any:
    with time_machine.travel(NOON):
        yield


@pytest.fixture
def address(ana: Any) -> str:
    """The address of Ana's calendar."""
    chosen = ReminderSettings.objects.of(ana)
    chosen.set_calendar(uuid.uuid4())
    assert chosen.calendar_id
    return f"/calendar/{calendar_token(chosen.calendar_id)}.ics"


def events(answer: Any) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(answer.content).walk("VEVENT"))


def test_a_schedule_repeats_as_it_was_set_up(nobody: Browser, daily: Daily, address: str) -> None:
    daily(days="03")
    answer = nobody.get(address)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    [event] = events(answer)
    assert event.start == datetime(2026, 11, 2, 19, 30, tzinfo=ZoneInfo("Europe/London"))
    assert b"DTSTART;TZID=Europe/London:20261102T193000" in answer.content
    assert dict(event["RRULE"]) == {"FREQ": ["WEEKLY"], "BYDAY": ["MO", "TH"]}


def test_what_comes_every_four_months_says_so(nobody: Browser, daily: Daily, address: str) -> None:
    first = NOON.date() + timedelta(days=1)
    daily(kind="reappraisal", days="", every_months=4, first_on=first)
    [event] = events(nobody.get(address))
    assert dict(event["RRULE"]) == {"FREQ": ["MONTHLY"], "INTERVAL": [4]}


@pytest.mark.parametrize(
    ("said", "many"),
    [
        ({"days": "03"}, 60),
        ({"days": "0123456"}, 400),
        *(({"days": "", "every_months": 4, "first_on": date(2026, 8, day)}, 12)
          for day in (28, 29, 30, 31)),
    ],
)  # fmt: skip
def test_a_calendar_program_finds_the_dates_that_the_engine_has(
    nobody: Browser, daily: Daily, address: str, said: dict[str, Any], many: int
) -> None:
    reminder = daily(at=time(1, 30), **said)  # an hour that summer time takes and gives
    [event] = events(nobody.get(address))
    start = event.start.replace(tzinfo=None)
    rule = rrulestr(event["RRULE"].to_ical().decode(), dtstart=start)
    found = list(islice(rule, many))
    assert found[0] == start
    assert [one.date() for one in found] == [
        one.local_date for one in reminder.next_dates(many, NOON)
    ]
    assert {one.time() for one in found} == {time(1, 30)}


def test_on_a_day_without_that_hour_the_dates_after_keep_it(
    nobody: Browser, daily: Daily, address: str
) -> None:
    daily(at=time(1, 30))
    with time_machine.travel(datetime(2026, 3, 28, 12, tzinfo=UTC)):
        [event] = events(nobody.get(address))
    assert event.start.replace(tzinfo=None) == datetime(2026, 3, 29, 1, 30)


def test_it_holds_what_rfc_5545_demands(nobody: Browser, daily: Daily, address: str) -> None:
    daily()
    daily(kind="gratitude", days="6")
    content = nobody.get(address).content
    lines = content.decode().split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-2:] == ["END:VCALENDAR", ""]
    assert "\n" not in content.decode().replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in lines)
    calendar = icalendar.Calendar.from_ical(content)
    assert calendar["VERSION"] == "2.0" and calendar["PRODID"]
    assert not calendar.errors
    zones = {str(one["TZID"]) for one in calendar.walk("VTIMEZONE")}
    uids = set()
    for event in calendar.walk("VEVENT"):
        assert not event.errors
        assert event["DTSTAMP"].to_ical().endswith(b"Z")
        assert event["DTSTART"].params["TZID"] in zones
        assert event.get("DURATION") or event.get("DTEND")
        uids.add(str(event["UID"]))
    assert len(uids) == 2


def test_titles_say_nothing(nobody: Browser, daily: Daily, address: str, settings: Any) -> None:
    daily()
    daily(kind="gratitude", days="6")
    content = nobody.get(address).content.decode()
    assert re.findall(r"SUMMARY:(.*)\r", content) == ["Notes", "Notes"]
    never = ("ana", "trust", "mending", "journal", "check", "gratitude", "remind", "localhost")
    assert not [word for word in never if word in content.lower()]
    assert "DESCRIPTION" not in content and "ATTENDEE" not in content


def test_titles_say_the_kind_where_that_was_chosen_and_as_long_as_it_is(
    nobody: Browser, browser: Browser, daily: Daily, address: str, ana: Any
) -> None:
    daily()
    daily(kind="gratitude", days="6")
    telling.add_plan(ana, uuid.uuid4(), NOON + timedelta(days=3))

    def titles() -> set[str]:
        return {str(one["SUMMARY"]) for one in events(nobody.get(address))}

    assert "Everybody who sees your calendar could read that" in words(browser.get("/reminders/"))
    browser.post("/reminders/calendar/", {"feed": "kinds"})
    assert titles() == {"Check-in", "Something good", "Time together: a note before"}
    assert "Each date says what kind it is" in words(browser.get("/reminders/"))
    browser.post("/reminders/calendar/", {"feed": "nothing"})
    assert titles() == {"Notes"}
    browser.post("/reminders/calendar/", {"feed": "kinds"})
    browser.post("/reminders/calendar/", {"feed": "off"})
    browser.post("/reminders/calendar/", {"feed": "new"})
    assert not ReminderSettings.objects.of(ana).calendar_kinds, "begun again it says nothing"


@pytest.mark.parametrize("kind", [kind for kind, _ in Reminder.KINDS])
def test_every_kind_has_a_title(kind: str) -> None:
    assert KINDS[kind]


def test_what_is_off_is_not_in_it_and_a_pause_moves_the_beginning(
    nobody: Browser, daily: Daily, address: str
) -> None:
    reminder = daily()
    reminder.pause(NOON + timedelta(days=7))
    [event] = events(nobody.get(address))
    assert f"{event.start:%Y-%m-%d}" == "2026-11-09"
    reminder.switch_off()
    answer = nobody.get(address)
    assert not events(answer)
    assert b"BEGIN:VTIMEZONE" in answer.content, "a calendar may not be empty"


def test_nobody_elses_dates_are_in_it(
    nobody: Browser, daily: Daily, address: str, stan: Any
) -> None:
    daily(person=stan)
    assert not events(nobody.get(address))


def test_an_unknown_a_changed_and_an_old_address_are_the_same_404(
    nobody: Browser, address: str, ana: Any, daily: Daily
) -> None:
    daily()
    unknown = nobody.get(f"/calendar/{calendar_token(uuid.uuid4())}.ics")
    assert unknown.status_code == 404
    chosen = ReminderSettings.objects.of(ana)
    wrong = [f"{address[:-5]}{'A' if address[-5] != 'A' else 'B'}.ics", "/calendar/None.ics",
             f"/calendar/{stop_token(chosen.stop_id)}.ics"]  # fmt: skip
    for one in wrong:
        answer = nobody.get(one)
        assert (answer.status_code, answer.content) == (404, unknown.content)
    chosen.set_calendar(None)
    assert nobody.get(address).content == unknown.content


def test_who_was_shut_out_has_no_feed(nobody: Browser, address: str, ana: Any) -> None:
    ana.is_active = False
    ana.save()
    assert nobody.get(address).status_code == 404


@pytest.mark.parametrize(
    "name",
    ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca",
     "Asia/Kolkata", "Pacific/Chatham", "UTC"],
)  # fmt: skip
def test_a_zone_tells_every_change_of_its_clock(name: str) -> None:
    """Read as RFC 5545 says, hour by hour: the last beginning on the clock before it holds."""
    place = ZoneInfo(name)
    told = sorted(
        (part["DTSTART"].dt - part["TZOFFSETFROM"].td, part["TZOFFSETTO"].td)
        for part in zone(name, 2026).subcomponents
    )
    assert all(one != other for (_, one), (_, other) in pairwise(told))
    moment = datetime(2025, 1, 2)
    while moment < datetime(2031, 12, 30):
        offset = [to for begun, to in told if begun <= moment][-1]
        assert offset == moment.replace(tzinfo=UTC).astimezone(place).utcoffset(), moment
        moment += timedelta(minutes=30 * 7)
