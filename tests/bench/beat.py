"""A witness: django-celery-beat with one PeriodicTask for each person, on a database of the bench.

    python -m tests.bench.beat ROUNDS PEOPLE

Prints, as JSON, the milliseconds of a tick with nothing due and of one after one person changed
one reminder.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from statistics import median

ZONES = ("Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Sydney", "UTC")


def is_here() -> bool:
    """Tell whether it is installed."""
    return find_spec("django_celery_beat") is not None


def timed(work: Callable[[], object]) -> float:
    """Return the milliseconds that something takes."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def measure(rounds: int, people: int) -> dict[str, float]:
    """Make the people's tasks and measure ticks."""
    from celery import Celery
    from django.core.management import call_command
    from django_celery_beat.models import CrontabSchedule, PeriodicTask, PeriodicTasks
    from django_celery_beat.schedulers import DatabaseScheduler

    call_command("migrate", "django_celery_beat", verbosity=0)
    times = CrontabSchedule.objects.bulk_create(
        CrontabSchedule(minute=str(minute), hour=str(hour), timezone=zone)
        for zone in ZONES for hour in range(24) for minute in (0, 15, 30, 45)
    )  # fmt: skip
    tasks = PeriodicTask.objects.bulk_create(
        PeriodicTask(name=f"person {number}", task="send", crontab=times[number % len(times)])
        for number in range(people)
    )
    PeriodicTasks.update_changed()
    scheduler = DatabaseScheduler(app=Celery("beat", broker="memory://"))
    scheduler.tick()
    idle = [timed(scheduler.tick) for _ in range(10 * rounds)]
    changed = []
    for number in range(min(5, max(3, rounds))):
        tasks[number].crontab = times[number + 1]
        tasks[number].save()
        changed.append(timed(scheduler.tick))
    return {"idle": median(idle), "changed": median(changed)}


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.beat_settings"
    import django

    django.setup()
    print(json.dumps(measure(*(int(word) for word in sys.argv[1:]))))
