"""Moving from every zone to another in the middle of a day, while clocks change: one for a date."""

import random
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from steps.reminders.changing import move
from steps.reminders.materialising import materialise
from steps.reminders.models import Delivery, Reminder

from .test_clocks import ZONES, first_time_or_later

DAY, STEP = timedelta(days=1), timedelta(hours=2)
DAYS = 4


def said(wall: time, zone: str, begin: datetime) -> dict[date, datetime]:
    """When the clocks of a zone show a time, for each date around these days."""
    first = begin.date() - DAY
    days = [first + n * DAY for n in range(DAYS + 3)]
    return {day: first_time_or_later(day, wall, ZoneInfo(zone)) for day in days}


def expected(
    wall: time, old: str, new: str, begin: datetime, moved: datetime
) -> dict[date, datetime]:
    """One for each date: by the old clock until somebody moves, from then on by the new one."""
    end = begin + DAYS * DAY
    notes = {day: at for day, at in said(wall, old, begin).items() if begin < at <= moved}
    for day, at in said(wall, new, begin).items():
        if moved < at <= end:
            notes.setdefault(day, at)
    return notes


@pytest.mark.parametrize(
    ("day", "zones"),
    [("2020-10-24", ZONES[::3]), ("2026-03-28", ZONES[1::3]), ("2035-11-03", ZONES[2::3])],
    ids=["autumn", "spring", "late"],
)
def test_from_every_zone_to_another_no_date_gets_two_and_none_is_left_out(
    ana: Any, day: str, zones: list[str]
) -> None:
    dice = random.Random(day)
    begin = datetime.fromisoformat(f"{day}T09:00:00+00:00").astimezone(UTC)
    plans: dict[Any, tuple[time, str, str, datetime]] = {}
    rows = []
    for old in zones:
        wall, new = time(*divmod(dice.randrange(1440), 60)), dice.choice(ZONES)
        row = Reminder(person=ana, kind="checkin", days="0123456", local_time=wall, zone=old)
        row.next_at = row.next_dates(1, begin)[0].at
        rows.append(row)
        plans[row.pk] = wall, old, new, begin + timedelta(minutes=dice.randrange(1440, 2880))
    Reminder.objects.bulk_create(rows)
    at = begin
    while at < begin + DAYS * DAY:
        at += STEP
        for pk, (_, _, new, moved) in plans.items():
            if at - STEP < moved <= at:
                move(Reminder.objects.get(pk=pk), new, moved)
        sum(materialise(at))
    found: dict[Any, dict[date, datetime]] = {pk: {} for pk in plans}
    for pk, local_date, due_at in Delivery.objects.values_list("reminder", "local_date", "due_at"):
        found[pk][local_date] = due_at
    wrong = {
        plan: (found[pk], right)
        for pk, plan in plans.items()
        if found[pk] != (right := expected(plan[0], plan[1], plan[2], begin, plan[3]))
    }
    assert not wrong
