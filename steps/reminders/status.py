"""How the engine does, in counts and ages alone: for the host's checks and command line."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q

from steps.reminders import clock
from steps.reminders.models import Delivery, Reminder

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Lateness:
    """Seconds since when something has been due and is not done.

    `waiting`: for a worker to take it up. `unsent`: the oldest note that is due and has not left,
    those counted in that a mail server put off.
    """

    waiting: float
    unsent: float


def lateness(now: datetime | None = None) -> Lateness:
    """Return how late the engine is: an index look-up, and a look at what is on its way alone."""
    moment = now or clock.now()
    first = Reminder.objects.filter(next_at__isnull=False).order_by("next_at")
    asleep = first.values_list("next_at", flat=True).first()
    undone = Delivery.objects.filter(state__in=Delivery.UNDONE)
    found = undone.aggregate(free=Min("free_at"), due=Min("due_at"))

    def seconds(*moments: datetime | None) -> float:
        known = [one for one in moments if one is not None]
        return max(0.0, (moment - min(known)).total_seconds()) if known else 0.0

    return Lateness(seconds(asleep, found["free"]), seconds(asleep, found["due"]))


def schedules(now: datetime | None = None) -> dict[str, int]:
    """Return how many schedules are on, paused and off."""
    moment = now or clock.now()
    paused = Q(paused_until__gt=moment)
    return Reminder.objects.aggregate(
        on=Count("id", filter=Q(next_at__isnull=False) & ~paused),
        paused=Count("id", filter=Q(next_at__isnull=False) & paused),
        off=Count("id", filter=Q(next_at__isnull=True)),
    )


def states(since: datetime | None = None) -> dict[str, int]:
    """Return how many occurrences are in each state, all or those due since a moment."""
    rows = Delivery.objects.filter(due_at__gte=since) if since else Delivery.objects.all()
    found = dict(rows.order_by().values_list("state").annotate(Count("id")))
    return {state: found.get(state, 0) for state, _ in Delivery.STATES}


def reasons(since: datetime) -> dict[str, int]:
    """Return why occurrences since a moment were not mailed."""
    rows = Delivery.objects.filter(due_at__gte=since).exclude(why="").order_by()
    return dict(rows.values_list("why").annotate(Count("id")).order_by("why"))


def prometheus(now: datetime | None = None) -> str:
    """Return everything as the text that Prometheus reads: counts and seconds, no names."""
    moment = now or clock.now()
    late = asdict(lateness(moment))
    lines = ["# TYPE reminders_late_seconds gauge"]
    lines += [f'reminders_late_seconds{{since="{name}"}} {late[name]:.0f}' for name in late]
    lines += ["# TYPE reminders_schedules gauge"]
    for name, number in schedules(moment).items():
        lines.append(f'reminders_schedules{{state="{name}"}} {number}')
    lines += ["# TYPE reminders_deliveries gauge"]
    for name, number in states().items():
        lines.append(f'reminders_deliveries{{state="{name}"}} {number}')
    return "\n".join(lines) + "\n"
