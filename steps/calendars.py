"""Calendars as RFC 5545 has them: their frame, and time zones written out.

Titles say nothing unless they are asked to: a calendar lies open on desks and telephones, and some
belong to an employer.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Component, Event, Timezone, TimezoneDaylight, TimezoneStandard

KIND = "text/calendar; charset=utf-8"
DAY = timedelta(days=1)
YEARS = 6  # how far ahead a time zone's changes of the clock are told


def written(events: Iterable[Event], fallback: str) -> bytes:
    """Return events as a calendar, with the time zones they speak of.

    Args:
        fallback: the zone to name where there are no events.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.DISCREET_NAME}//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", settings.DISCREET_NAME)
    rows = list(events)
    starts = [event.start for event in rows]
    zones = {str(one.tzinfo) for one in starts if isinstance(one, datetime)}
    for name in sorted(zones or {fallback}):
        calendar.add_component(zone(name, timezone.now().year))
    for event in rows:
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def event(uid: object, start: datetime, duration: timedelta, title: str = "") -> Event:
    """Return one event; without a title of its own it is called as the house is."""
    made = Event()
    made.add("uid", f"{uid}@{settings.DISCREET_NAME.lower().replace(' ', '-')}")
    made.add("dtstamp", timezone.now().astimezone(UTC))
    made.add("dtstart", start)
    made.add("duration", duration)
    made.add("summary", title or settings.DISCREET_NAME)
    made.add("class", "PRIVATE")
    made.add("transp", "TRANSPARENT")
    return made


@lru_cache(maxsize=128)
def zone(name: str, year: int) -> Timezone:
    """Return a time zone with its changes of the clock from last year to some years ahead.

    Each is written out at its own moment: a rule that repeats would be wrong wherever a country
    changes its mind or keeps another calendar.
    """
    made = Timezone()
    made.add("tzid", name)
    place = ZoneInfo(name)
    begun = datetime(year - 1, 1, 1, tzinfo=UTC)
    for moment in (begun, *changes(place, begun.date(), date(year + YEARS, 1, 1))):
        made.add_component(observance(place, moment))
    return made


def observance(place: ZoneInfo, moment: datetime) -> Component:
    """Return what holds in a zone from a moment on, told as RFC 5545 wants it.

    The beginning is on the clock as it stood just before.
    """
    before = (moment - timedelta(seconds=1)).astimezone(place).utcoffset() or timedelta()
    local = moment.astimezone(place)
    part = TimezoneDaylight() if local.dst() else TimezoneStandard()
    part.add("dtstart", (moment + before).replace(tzinfo=None))
    part.add("tzoffsetfrom", before)
    part.add("tzoffsetto", local.utcoffset() or timedelta())
    part.add("tzname", local.tzname() or "")
    return part


def changes(place: ZoneInfo, first: date, last: date) -> Iterator[datetime]:
    """Yield the moments between two days at which a zone's clock is changed."""
    moment = datetime(first.year, first.month, first.day, tzinfo=UTC)
    end = datetime(last.year, last.month, last.day, tzinfo=UTC)
    while moment < end:
        after = moment + DAY
        if moment.astimezone(place).utcoffset() != after.astimezone(place).utcoffset():
            yield between(place, moment, after)
        moment = after


def between(place: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """Return the first second, after `low` and up to `high`, of another distance to UTC."""
    before = low.astimezone(place).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        if middle.astimezone(place).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high
