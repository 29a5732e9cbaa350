"""The calendar feed: what somebody has asked to be reminded of, for any calendar program.

The address is the only key to it, so it names nobody and its titles say nothing, or what kind a
date is where its owner chose that. A calendar lies open on desks and telephones, and some belong to
an employer; no word that anybody wrote goes there.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from icalendar import Event
from icalendar.prop import vRecur

from journal.together.models import PlanTime
from steps.calendars import KIND, event, written, zone
from steps.reminders.models import Reminder, ReminderSettings
from steps.reminders.schedule import zone_named
from steps.reminders.tokens import calendar_of

BYDAY = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
TOGETHER = "Time together"
KINDS = {
    Reminder.CHECKIN: "Check-in",
    Reminder.GRATITUDE: "Something good",
    Reminder.STEP: "Going on",
    Reminder.PLAN: f"{TOGETHER}: a note before",
    Reminder.REAPPRAISAL: "From further off",
}
MINUTES = timedelta(minutes=10)
HOUR = timedelta(hours=1)
SHORTEST = 28  # days that every month has

__all__ = ["feed", "zone"]


@login_not_required  # calendar programs cannot sign in; the address is the key
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Give a calendar program one person's dates."""
    wanted = calendar_of(token)
    owners = ReminderSettings.objects.filter(calendar_id=wanted, person__is_active=True)
    owner = owners.select_related("person").first() if wanted else None
    if owner is None:
        raise Http404
    person = owner.person
    dates = dates_of(person, owner.calendar_kinds)
    response = HttpResponse(written(dates, person.time_zone), content_type=KIND)
    response["Content-Disposition"] = 'inline; filename="notes.ics"'
    return response


def dates_of(person: Any, kinds: bool = False) -> Iterator[Event]:
    """Yield every date of a person. Whatever else has dates joins here.

    Args:
        kinds: whether titles say what kind a date is; they say nothing otherwise.
    """
    yield from reminders_of(person, KINDS if kinds else {})
    yield from plans_of(person, TOGETHER if kinds else "")


def reminders_of(person: Any, titles: Mapping[str, str]) -> Iterator[Event]:
    """Yield each schedule that is on as one event that repeats."""
    for reminder in Reminder.objects.of(person).filter(next_at__isnull=False):
        for day, _ in reminder.next_dates(1):
            yield repeating(reminder, day, titles.get(reminder.kind, ""))


def repeating(reminder: Reminder, day: date, title: str) -> Event:
    """Return a schedule as an event that repeats from its next date on; a plan is one date.

    It begins at the time that was asked for, also on a day whose clock leaves that time out: what
    repeats would else keep the time after the gap for good.
    """
    start = datetime.combine(day, reminder.local_time, zone_named(reminder.zone))
    made = event(reminder.pk, start, MINUTES, title)
    if reminder.days:
        days = [BYDAY[int(one)] for one in reminder.days]
        made.add("rrule", vRecur({"FREQ": "WEEKLY", "BYDAY": days}))
    elif reminder.every_months and reminder.first_on:
        every = {"FREQ": "MONTHLY", "INTERVAL": reminder.every_months}
        made.add("rrule", vRecur({**every, **days_of_month(reminder.first_on.day)}))
    return made


def days_of_month(day: int) -> dict[str, Any]:
    """Return what a rule says of a day that shorter months do not have: then it is their last."""
    if day <= SHORTEST:
        return {}
    return {"BYMONTHDAY": list(range(SHORTEST, day + 1)), "BYSETPOS": -1}


def plans_of(person: Any, title: str) -> Iterator[Event]:
    """Yield the time together that lies ahead, in every room this person is in now."""
    for row in PlanTime.objects.ahead_of(person):
        start = row.at.astimezone(zone_named(person.time_zone))
        yield event(row.post_id, start, HOUR, title)
