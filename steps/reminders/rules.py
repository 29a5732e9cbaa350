"""Whether an occurrence is still wanted when it is about to be sent, and whether as a mail.

Whatever is due is seen: what may not be mailed waits on Today. Only what somebody does not want any
more, or did already, is left out.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from steps.reminders.materialising import LATE
from steps.reminders.models import MILESTONES, Channel, Delivery, Done, ReminderSettings
from steps.reminders.schedule import within, zone_named

CLAIMS = 20  # workers that may die over one occurrence before it is given up
WEEK = timedelta(days=7)


class Verdict(NamedTuple):
    """What becomes of an occurrence: its state, why, and whether Today shows it."""

    state: str
    why: str = ""
    card: bool = False


@dataclass
class Known:
    """What is known about the people of a batch, beside their occurrences."""

    settings: Mapping[Any, ReminderSettings]
    done: set[tuple[Any, str, date]]
    mailed: dict[Any, Counter[date]]

    @classmethod
    def about(cls, rows: Sequence[Delivery], settings: Iterable[ReminderSettings]) -> "Known":
        """Ask what is known about the people of these rows: two queries for all."""
        people = {row.person_id for row in rows}
        days = {row.local_date for row in rows}
        done = Done.objects.filter(person__in=people, local_date__in=days)
        mails = Delivery.objects.filter(
            person__in=people,
            local_date__gt=min(days) - WEEK,
            state__in=[Delivery.CLAIMED, Delivery.SENT],
        ).exclude(pk__in=[row.pk for row in rows])
        mailed: dict[Any, Counter[date]] = {person: Counter() for person in people}
        for person, day in mails.values_list("person_id", "local_date"):
            mailed[person][day] += 1
        return cls(
            {one.person_id: one for one in settings},
            set(done.values_list("person_id", "kind", "local_date")),
            mailed,
        )


def judge(rows: Sequence[Delivery], known: Known, now: datetime) -> dict[uuid.UUID, Verdict]:
    """Return what becomes of each row; those to be mailed are CLAIMED, and count for the next."""
    verdicts = {}
    for row in sorted(rows, key=lambda row: (row.due_at, row.pk)):
        verdict = verdicts[row.pk] = verdict_on(row, known, now)
        if verdict.state == Delivery.CLAIMED:
            known.mailed[row.person_id][row.local_date] += 1
    return verdicts


def verdict_on(row: Delivery, known: Known, now: datetime) -> Verdict:
    """Return what becomes of one occurrence."""
    settings = known.settings[row.person_id]
    if why := unwanted(row, settings, known, now):
        return Verdict(Delivery.SKIPPED, why)
    channel = row.reminder.channel if row.reminder else settings.milestones
    if channel == Channel.APP:
        return Verdict(Delivery.IN_APP, card=True)
    if row.claims >= CLAIMS:
        return Verdict(Delivery.DEAD, "claims", card=True)
    if why := no_mail(row, settings, known.mailed[row.person_id], now):
        return Verdict(Delivery.IN_APP, why, card=True)
    return Verdict(Delivery.CLAIMED, card=channel == Channel.BOTH)


def unwanted(row: Delivery, settings: ReminderSettings, known: Known, now: datetime) -> str:
    """Return why an occurrence is not wanted at all, or nothing."""
    reminder = row.reminder
    if row.kind in MILESTONES:
        off = settings.milestones == ReminderSettings.OFF
    else:
        off = reminder is None or reminder.is_over
    if off:
        return "off"
    if not row.person.is_active:
        return "inactive"
    if reminder and reminder.silent_at(now):
        return "paused"
    return "done" if (row.person_id, row.kind, row.local_date) in known.done else ""


def no_mail(row: Delivery, settings: ReminderSettings, mailed: Counter[date], now: datetime) -> str:
    """Return why an occurrence may not be mailed, or nothing."""
    if settings.refused_at:
        return "refused"
    if now - row.due_at > LATE:
        return "late"
    zone = zone_named(row.reminder.zone if row.reminder else row.person.time_zone)
    if within(now.astimezone(zone).time(), settings.quiet_from, settings.quiet_until):
        return "quiet"
    if settings.notes_a_day and mailed[row.local_date] >= settings.notes_a_day:
        return "day"
    week = sum(n for day, n in mailed.items() if row.local_date - WEEK < day <= row.local_date)
    return "week" if settings.notes_a_week and week >= settings.notes_a_week else ""
