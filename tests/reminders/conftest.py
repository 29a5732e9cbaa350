"""People with schedules, a clock that tests set, and a mail server that keeps what it gets."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from steps.reminders.delivering import deliver
from steps.reminders.materialising import materialise
from steps.reminders.models import Delivery, Reminder

from .sink import Sink, listening

# A Monday noon in London, where summer time is over.
NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
EVENING = NOON.replace(hour=19, minute=30)


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    """A mail server, and settings that send there."""
    with listening() as found:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", found.port
        yield found


@pytest.fixture
def daily(ana: Any) -> Callable[..., Reminder]:
    """Return a function that gives somebody a daily check-in by mail, seen from that noon."""

    def make(person: Any = ana, at: time = time(19, 30), **said: Any) -> Reminder:
        usual = {"kind": "checkin", "days": "0123456", "channel": "mail"}
        reminder = Reminder(
            person=person, zone=person.time_zone, local_time=at, **{**usual, **said}
        )
        reminder.switch_on(NOON)
        return reminder

    return make


def run(now: datetime = EVENING + timedelta(seconds=10)) -> None:
    """Do what one tick and one worker do at a moment."""
    for _ in materialise(now):
        pass
    deliver(lambda: now)


def states() -> list[tuple[str, str]]:
    """Return state and reason of every occurrence, in order."""
    return list(Delivery.objects.order_by("due_at", "kind").values_list("state", "why"))
