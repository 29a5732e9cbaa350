"""What the storeys above tell the engine, so that it never has to read what people wrote.

Each may be called inside the caller's own transaction, and as often as one likes.
"""

import uuid
from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone

from steps.reminders.changing import move
from steps.reminders.models import (
    MILESTONES,
    Channel,
    Delivery,
    Done,
    Person,
    Reminder,
    ReminderSettings,
)
from steps.reminders.schedule import Rule, next_dates, zone_named

# A note that comes once waits for the next forenoon.
MILESTONE_TIME = time(10, 0)


def done_today(person: Person, kind: str, local_date: date) -> None:
    """Say that somebody did already what a note of this kind would ask for on this date."""
    Done.objects.bulk_create(
        [Done(person=person, kind=kind, local_date=local_date)], ignore_conflicts=True
    )
    todays = Delivery.objects.of(person).filter(kind=kind, local_date=local_date)
    todays.filter(answered_at=None).update(answered_at=timezone.now())
    todays.take_back("done")


def add_plan(
    person: Person, subject: uuid.UUID, at: datetime, channel: str = Channel.APP
) -> Reminder | None:
    """Note that somebody wants to hear about a plan, or that the plan moved.

    Args:
        subject: the plan's id in the storey above; one schedule for each.
        at: when to say so.

    Returns:
        the schedule; None where that moment is over.
    """
    local = at.astimezone(zone_named(person.time_zone))
    said = {"first_on": local.date(), "local_time": local.time(), "zone": person.time_zone}
    if at <= timezone.now():
        stop_for(person, subject)
        return None
    # A plan that moved within its day has a note of its own for the new time.
    told = Delivery.objects.filter(reminder__person=person, reminder__subject=subject)
    told.silence("changed")
    told.update(reminder=None)
    reminder, _ = Reminder.objects.update_or_create(
        person=person,
        subject=subject,
        defaults={**said, "kind": Reminder.PLAN, "channel": channel, "next_at": at},
    )
    return reminder


def stop_for(person: Person, subject: uuid.UUID) -> None:
    """Stop every note of one person about something in the storey above, at once.

    One that waits on Today goes, too.
    """
    with transaction.atomic():
        for reminder in Reminder.objects.of(person).filter(subject=subject):
            reminder.take_away()


def milestone(person: Person, key: str, now: datetime | None = None) -> bool:
    """Let a note come that comes once in a lifetime, on the next forenoon.

    Args:
        key: one of MILESTONES.

    Returns:
        whether it will; False where it came already or is switched off.
    """
    if key not in MILESTONES:
        raise ValueError(f"There is no milestone named {key!r}.")
    if ReminderSettings.objects.of(person).milestones == ReminderSettings.OFF:
        return False
    rule = Rule(MILESTONE_TIME, person.time_zone, "0123456")
    when = next_dates(rule, now or timezone.now(), 1)[0]
    row = Delivery(
        person=person, kind=key, local_date=when.local_date, due_at=when.at, free_at=when.at
    )
    Delivery.objects.bulk_create([row], ignore_conflicts=True)
    return Delivery.objects.filter(pk=row.pk).exists()


def moved(person: Person, zone: str) -> None:
    """Take over the zone that a person lives in now; no date gets a second note by it."""
    for reminder in Reminder.objects.of(person).exclude(zone=zone):
        move(reminder, zone)


def mail_address_changed(person: Person) -> None:
    """Try mail again for somebody whose old address refused it."""
    ReminderSettings.objects.filter(person=person).update(refused_at=None)


def forget(person: Person) -> None:
    """Delete everything that is kept here about a person."""
    with transaction.atomic():
        for model in (Delivery, Reminder, Done, ReminderSettings):
            model._default_manager.filter(person=person).delete()
