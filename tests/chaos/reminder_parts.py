"""A worker or a beat of a run, with a second's tick and a short lease, so that a run is short.

python -m tests.chaos.reminder_parts worker NAME
python -m tests.chaos.reminder_parts beat SCHEDULE-FILE
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

LEASE = 3.0  # seconds
TICK = 1.0


def make(due: int, seconds: float) -> None:
    """Make people with one schedule each, due from now on over some seconds. Runs in the shell."""
    from steps.reminders.models import Reminder, ReminderSettings
    from trustrepair.accounts.models import User

    people = User.objects.bulk_create(
        User(email=f"person{number}@example.org") for number in range(due)
    )
    ReminderSettings.objects.bulk_create(
        ReminderSettings(person=person, quiet_from="00:00", quiet_until="00:00")
        for person in people
    )
    now = datetime.now(UTC).replace(microsecond=0)
    moments = [now + timedelta(seconds=int(n * seconds / due)) for n in range(due)]
    Reminder.objects.bulk_create(
        Reminder(
            person=person, zone="UTC", kind="checkin", days="0123456", channel="both",
            local_time=at.time(), next_at=at,
        )
        for person, at in zip(people, moments, strict=True)
    )  # fmt: skip


def stored() -> None:
    """Print what became of every schedule. Runs in the shell."""
    from django.utils import timezone

    from steps.reminders.models import Delivery, Reminder

    rows: list[Any] = [
        [str(row.pk), str(row.reminder_id), row.state, row.card]
        for row in Delivery.objects.order_by("pk")
    ]
    asleep = Reminder.objects.filter(next_at__lte=timezone.now()).count()
    print(json.dumps({"rows": rows, "asleep": asleep}))


def main() -> None:
    """Run one part as `make run` does."""
    import django

    from trustrepair.celery import app

    django.setup()
    from steps.reminders import delivering

    part, name = sys.argv[1:]
    delivering.LEASE, delivering.RENEWED_EVERY = timedelta(seconds=LEASE), LEASE / 3
    app.conf.beat_schedule = {"reminders": {"task": "steps.reminders.tasks.tick", "schedule": TICK}}
    if part == "worker":
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        app.worker_main(["-q", "worker", "--pool", "solo", *quiet, "-n", name, "-l", "ERROR"])
    else:
        app.start(["-q", "beat", "-s", name, "--pidfile=", "-l", "ERROR"])


if __name__ == "__main__":
    main()
