"""The people, schedules and occurrences that the measuring of reminders needs."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from django.db import connection

from steps.reminders import clock
from steps.reminders.models import Delivery, Reminder, ReminderSettings
from trustrepair.accounts.models import User

ZONES = ("Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Sydney", "UTC")
FAR = datetime(2099, 1, 1, tzinfo=UTC)


def people(many: int) -> list[User]:
    """Make people without quiet hours."""
    made = User.objects.bulk_create(
        (User(email=f"person{number}@example.org") for number in range(many)), batch_size=1_000
    )
    ReminderSettings.objects.bulk_create(
        (
            ReminderSettings(person=person, quiet_from="00:00", quiet_until="00:00")
            for person in made
        ),
        batch_size=1_000,
    )
    return made


def schedules(persons: Sequence[User], many: int) -> list[Reminder]:
    """Make schedules that are not due; return the first, at most one for each person."""
    first: list[Reminder] = []
    for begin in range(0, many, 10_000):
        made = Reminder.objects.bulk_create(
            (
                Reminder(
                    person=persons[number % len(persons)], zone=ZONES[number % len(ZONES)],
                    kind="checkin", days="0123456", channel="mail", next_at=FAR,
                    local_time=datetime(2026, 1, 1, 6 + number % 14, number % 4 * 15).time(),
                )
                for number in range(begin, min(many, begin + 10_000))
            ),
            batch_size=1_000,
        )  # fmt: skip
        first += made[: len(persons) - len(first)]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return first


def nothing_due() -> None:
    """Let nothing be due, and nothing be on its way."""
    Delivery.objects.all().delete()
    Reminder.objects.filter(next_at__lt=FAR).update(next_at=FAR)


def make_due(ids: Sequence[uuid.UUID], at: datetime | None = None) -> None:
    """Let these schedules be due, and forget what was made before."""
    nothing_due()
    moment = at or clock.now().replace(microsecond=0)
    for begin in range(0, len(ids), 500):
        Reminder.objects.filter(pk__in=ids[begin : begin + 500]).update(next_at=moment)


def make_occurrences(reminders: Sequence[Reminder]) -> None:
    """Let occurrences of these schedules be due, and forget what was made before."""
    nothing_due()
    now = clock.now()
    Delivery.objects.bulk_create(
        (
            Delivery(
                reminder_id=one.pk, person_id=one.person_id, kind=one.kind, local_date=now.date(),
                due_at=now, free_at=now,
            )
            for one in reminders
        ),
        batch_size=500,
    )  # fmt: skip
