"""Local time: one note for each date, never early, at the wall time that was asked for."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from math import prod
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as some

from steps.reminders.schedule import (
    Rule,
    date_of,
    exists,
    instant,
    next_after,
    next_dates,
    within,
    zone_named,
)

ZONES = sorted(available_timezones() - {"localtime"})
EVERY_DAY = "0123456"
QUARTER = timedelta(minutes=15)


def first_time_or_later(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """Say it another way: the first instant at which the clock shows this time, or a later one."""
    wanted = datetime.combine(day, wall)

    def reached(at: datetime) -> bool:
        return at.astimezone(zone).replace(tzinfo=None) >= wanted

    around = [wanted.replace(tzinfo=UTC) + timedelta(hours=hours) for hours in (-16, 16)]
    offsets = [at.astimezone(zone).utcoffset() or timedelta(0) for at in around]
    # From here on a quarter falls on the time itself: in a fold it may be there for a minute only.
    at = wanted.replace(tzinfo=UTC) - max(offsets) - QUARTER
    assert not reached(at)
    while not reached(at + QUARTER):
        at += QUARTER
    low, high = 0, int(QUARTER.total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(at + timedelta(seconds=middle)) else (middle, high)
    return at + timedelta(seconds=high)


BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
# Of each: zones, minutes of sixteen years, minutes of a day, sets of weekdays.
MANY = (len(ZONES), 16 * 365 * 24 * 60, 24 * 60, 127)


@settings(max_examples=10_000, deadline=None, database=None, phases=[Phase.generate, Phase.shrink])
@given(some.integers(0, prod(MANY) - 1))  # one number is the cheapest to draw
def test_each_date_gets_one_at_its_wall_time_and_never_early(drawn: int) -> None:
    zones, minutes, walls, sets = MANY
    drawn, where = divmod(drawn, zones)
    drawn, minute = divmod(drawn, minutes)
    mask, at = divmod(drawn, walls)
    name, after, wall = ZONES[where], BEGIN + timedelta(minutes=minute), time(*divmod(at, 60))
    days = "".join(day for day in EVERY_DAY if (mask + 1) >> int(day) & 1)
    assert days and mask < sets
    rule, zone = Rule(wall, name, days), ZoneInfo(name)
    found = next_dates(rule, after, 2)
    assert [one.at for one in found] == sorted({one.at for one in found})
    assert found[0].at > after
    for one in found:
        assert str(one.local_date.weekday()) in days
        assert one.at == first_time_or_later(one.local_date, wall, zone)
        assert date_of(rule, one.at) == one.local_date
    assert next_after(rule, after) == found[0].at
    assert next_after(rule, found[0].at) == found[1].at
    for one, following in pairwise(found):
        between = following.local_date - one.local_date
        left_out = [one.local_date + timedelta(days=n) for n in range(1, between.days)]
        assert not [day for day in left_out if str(day.weekday()) in days and exists(day, zone)]


def changes(name: str) -> list[tuple[datetime, timedelta, timedelta]]:
    """Return when a zone's clocks change from 2020 to 2035, and from what to what."""
    zone, found = ZoneInfo(name), []
    at, end = datetime(2020, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)
    week = timedelta(days=7)
    after = at.astimezone(zone).utcoffset()
    while at < end:
        before, after = after, (at + week).astimezone(zone).utcoffset()
        assert before is not None and after is not None
        if before != after:
            low, high = 0, int(week.total_seconds())
            while high - low > 1:
                middle = (low + high) // 2
                same = (at + timedelta(seconds=middle)).astimezone(zone).utcoffset() == before
                low, high = (middle, high) if same else (low, middle)
            found.append((at + timedelta(seconds=high), before, after))
        at += week
    return found


def test_every_change_of_every_clock_until_2035() -> None:
    """No sample: each gap and each fold of each zone, with a time inside it and at its edges."""
    seen = 0
    known = set()
    for name in ZONES:
        zone = ZoneInfo(name)
        if (same := tuple(changes(name))) in known:
            continue  # another name of a zone that was seen
        known.add(same)
        for at, before, after in same:
            local = (at + before).replace(tzinfo=None)
            edges = (local, local + (after - before), local + (after - before) / 2)
            for wanted in edges:
                day, wall = wanted.date(), wanted.time()
                assert instant(day, wall, zone) == first_time_or_later(day, wall, zone), name
                seen += 1
    assert seen > 2_000


@pytest.mark.parametrize(
    ("zone", "day", "wall", "utc"),
    [
        # London loses 01:00 to 02:00, and has 01:00 to 02:00 twice.
        ("Europe/London", date(2026, 3, 29), time(1, 30), datetime(2026, 3, 29, 1, 0)),
        ("Europe/London", date(2026, 10, 25), time(1, 30), datetime(2026, 10, 25, 0, 30)),
        # Half an hour only.
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), datetime(2026, 10, 3, 15, 30)),
        # Midnight itself is left out.
        ("Africa/Cairo", date(2026, 4, 24), time(0, 30), datetime(2026, 4, 23, 22, 0)),
    ],
)
def test_a_gap_is_jumped_and_a_fold_is_taken_the_first_time(
    zone: str, day: date, wall: time, utc: datetime
) -> None:
    assert instant(day, wall, ZoneInfo(zone)) == utc.replace(tzinfo=UTC)


def test_an_evening_that_ends_early_gets_its_note_at_midnight_and_the_next_evening_its_own() -> (
    None
):
    rule = Rule(time(23, 30), "America/Nuuk", EVERY_DAY)
    found = next_dates(rule, datetime(2026, 3, 28, 12, tzinfo=UTC), 2)
    assert [one.local_date for one in found] == [date(2026, 3, 28), date(2026, 3, 29)]
    local = [one.at.astimezone(ZoneInfo(rule.zone)).replace(tzinfo=None) for one in found]
    assert local == [datetime(2026, 3, 29, 0, 0), datetime(2026, 3, 29, 23, 30)]


def test_a_date_that_a_zone_leaves_out_is_left_out() -> None:
    rule = Rule(time(9, 30), "Pacific/Apia", EVERY_DAY)
    found = next_dates(rule, datetime(2011, 12, 28, tzinfo=UTC), 4)
    assert [one.local_date.day for one in found] == [28, 29, 31, 1]


def test_every_four_months_keeps_the_day_of_the_month_where_it_can() -> None:
    rule = Rule(time(9), "Europe/London", every_months=4, first_on=date(2026, 8, 31))
    found = next_dates(rule, datetime(2026, 11, 22, tzinfo=UTC), 4)
    assert [str(one.local_date) for one in found] == [
        "2026-12-31", "2027-04-30", "2027-08-31", "2027-12-31",
    ]  # fmt: skip
    first = next_dates(rule, datetime(2020, 1, 1, tzinfo=UTC), 1)
    assert first[0].local_date == date(2026, 8, 31)


def test_once_is_once() -> None:
    rule = Rule(time(9), "Europe/London", first_on=date(2026, 8, 31))
    at = datetime(2026, 8, 31, 8, tzinfo=UTC)
    assert next_after(rule, at - timedelta(days=900)) == at
    assert next_after(rule, at) is None


def test_a_zone_that_is_not_known_any_more_counts_as_utc() -> None:
    assert zone_named("Mars/Olympus_Mons") == zone_named("../etc/passwd") == ZoneInfo("UTC")
    rule = Rule(time(9), "Mars/Olympus_Mons", EVERY_DAY)
    found = next_after(rule, datetime(2026, 1, 1, tzinfo=UTC))
    assert found == datetime(2026, 1, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "quiet"),
    [(time(20, 59), False), (time(21), True), (time(3), True), (time(7, 59), True),
     (time(8), False), (time(12), False)],
)  # fmt: skip
def test_quiet_hours_go_over_midnight(at: time, quiet: bool) -> None:
    assert within(at, time(21), time(8)) is quiet
    assert within(at, time(8), time(21)) is not quiet
    assert not within(at, time(8), time(8))
