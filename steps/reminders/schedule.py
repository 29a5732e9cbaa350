"""When a schedule speaks next: local time, and the days on which clocks change.

A wall time that a change of clocks leaves out moves to the first instant after the gap; one that
comes twice is taken the first time. A date that a zone leaves out altogether is left out.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
# A wall time is at most this far from its date in UTC, gaps counted in.
WIDEST = timedelta(days=2)


class Rule(NamedTuple):
    """What a schedule says.

    Either `days` (a digit for each weekday, Monday is 0), or `every_months` counted from
    `first_on`, or `first_on` alone: once.
    """

    local_time: time
    zone: str
    days: str = ""
    every_months: int = 0
    first_on: date | None = None


class Occurrence(NamedTuple):
    """One time at which a schedule speaks: the date it is for, and the instant."""

    local_date: date
    at: datetime


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo:
    """Return a zone by its name; UTC for one that this machine no longer knows."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """Return the instant, in UTC, at which a clock in this zone shows a time on a date."""
    naive = datetime.combine(day, wall)
    found = naive.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == naive:
        return found
    before = naive.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return end_of_gap(before, found, zone)


def end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant between two at which the clocks went forward, to the second."""
    offset = before.astimezone(zone).utcoffset()
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        there = (before + timedelta(seconds=middle)).astimezone(zone)
        low, high = (middle, high) if there.utcoffset() == offset else (low, middle)
    return before + timedelta(seconds=high)


def exists(day: date, zone: ZoneInfo) -> bool:
    """Tell whether a zone has this date: Samoa had no 30 December 2011."""
    return instant(day, time.min, zone).astimezone(zone).date() == day


def month_later(first: date, months: int) -> date:
    """Return the same day some months later, or the last day of a month that is shorter."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    last = (date(year + month // 11, (month + 1) % 12 + 1, 1) - DAY).day
    return date(year, month + 1, min(first.day, last))


def dates(rule: Rule, start: date) -> Iterator[date]:
    """Yield the dates of a rule from a date on."""
    if rule.days:
        begin = max(start, rule.first_on) if rule.first_on else start
        for number in range(begin.toordinal(), date.max.toordinal()):
            day = date.fromordinal(number)
            if str(day.weekday()) in rule.days:
                yield day
    elif rule.first_on and rule.every_months:
        passed = (start.year - rule.first_on.year) * 12 + start.month - rule.first_on.month
        turn = max(0, passed // rule.every_months - 1)
        while (day := month_later(rule.first_on, turn * rule.every_months)).year < 9000:
            if day >= start:
                yield day
            turn += 1
    elif rule.first_on and rule.first_on >= start:
        yield rule.first_on


def occurrences(rule: Rule, after: datetime) -> Iterator[Occurrence]:
    """Yield when a rule speaks, strictly after an instant, in order."""
    zone = zone_named(rule.zone)
    for day in dates(rule, (after - WIDEST).date()):
        at = instant(day, rule.local_time, zone)
        if at > after and exists(day, zone):
            yield Occurrence(day, at)


@lru_cache(maxsize=8192)
def next_after(rule: Rule, after: datetime) -> datetime | None:
    """Return when a rule speaks next, strictly after an instant; None when never again."""
    found = next(occurrences(rule, after), None)
    return found.at if found else None


@lru_cache(maxsize=8192)
def date_of(rule: Rule, at: datetime) -> date:
    """Return the date that an occurrence is for.

    It is the local date, but for a gap that runs into midnight: half past eleven on an evening
    that ends at eleven comes with the first minute of the next day, and is for the evening.
    """
    local = at.astimezone(zone_named(rule.zone))
    if local.time() < rule.local_time.replace(microsecond=0):
        return local.date() - DAY
    return local.date()


def within(at: time, start: time, end: time) -> bool:
    """Tell whether a time lies in hours that may go over midnight; the same twice is none."""
    if start <= end:
        return start <= at < end
    return at >= start or at < end


def next_dates(rule: Rule, after: datetime, n: int = 5) -> list[Occurrence]:
    """Return the next `n` occurrences, for a preview."""
    return list(islice(occurrences(rule, after), n))
