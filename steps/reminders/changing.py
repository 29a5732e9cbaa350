"""Changing a schedule, or moving it to another zone, at the very moment when it speaks.

A note that is due is neither lost nor doubled by it: the tick comes twice a minute, so a schedule
that was due before the change may have no occurrence yet, or one that no worker has taken up.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from steps.reminders.materialising import Found, insert
from steps.reminders.models import Delivery, Person, Reminder
from steps.reminders.schedule import dates


def keep(person: Person, known: Reminder | None, said: dict[str, Any]) -> Reminder:
    """Change a schedule of a person's, or set one up; the same one twice is one.

    Raises:
        TooMany: it would be the thirteenth.
    """
    same = {name: said[name] for name in ("kind", "days", "local_time")}
    reminder = known or Reminder.objects.own(person).filter(**same).first()
    if reminder is None:
        return Reminder.objects.begin(person, **said)
    return change(reminder, said)


def change(reminder: Reminder, said: dict[str, Any], now: datetime | None = None) -> Reminder:
    """Take over what a person says anew about a schedule, and switch it on; return it.

    A note that has not left yet comes as the changed schedule has it: at the new time where that
    is still ahead, at once where it is not, and not at all on a day that was taken out.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        held = speak_now(reminder, moment)
        for name, value in said.items():
            setattr(held, name, value)
        held.switch_on(moment)
        for note in Delivery.objects.filter(reminder=held, state__in=Delivery.UNDONE):
            follow(note, held)
    return held


def move(reminder: Reminder, zone: str, now: datetime | None = None) -> None:
    """Let a schedule follow a person into another zone; what was due before still comes."""
    moment = now or timezone.now()
    with transaction.atomic():
        speak_now(reminder, moment).move(zone, moment)


def speak_now(reminder: Reminder, now: datetime) -> Reminder:
    """Return a schedule held for this transaction, its occurrence made where one is due."""
    held = Reminder.objects.select_for_update().get(pk=reminder.pk)
    if held.next_at and held.next_at <= now:
        insert([Found(held.pk, held.person_id, held.kind, held.next_at, held.rule)])
    return held


def follow(note: Delivery, reminder: Reminder) -> None:
    """Let a note that has not left follow its schedule, which was changed and switched on.

    One in a worker's hands, or on Today already, stays as it is: made anew it would come twice.
    """
    mine = Delivery.objects.filter(pk=note.pk)
    untouched = mine.filter(state=Delivery.DUE, card=False)
    wanted = next(dates(reminder.rule, note.local_date), None) == note.local_date
    next_at = reminder.next_at
    if wanted and not (next_at and reminder.date_for(next_at) == note.local_date):
        untouched.update(kind=reminder.kind)
        return
    untouched.delete()  # a row of that date would stand in the way of its new note
    if not wanted:
        mine.take_back("changed")
