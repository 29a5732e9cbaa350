"""Schedules in a sentence, as the person who set them would say it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

from steps.reminders.models import Channel, Reminder

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NUMBERS = {2: "two", 3: "three", 4: "four", 6: "six"}
BRINGS = {
    Reminder.CHECKIN: "A check-in",
    Reminder.GRATITUDE: "A line about something good",
    Reminder.STEP: "Going on with your path",
    Reminder.PLAN: "A word before a plan",
    Reminder.REAPPRAISAL: "Seven minutes of looking from further off",
}
EVERY_DAY, WORKDAYS, WEEKEND = {*range(7)}, {*range(5)}, {5, 6}


def listed(words: Sequence[str]) -> str:
    """Return words as a sentence lists them: one, two and three."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def days_in_words(days: Iterable[int]) -> str:
    """Return weekdays (Monday is 0) as one says them."""
    chosen = set(days)
    if chosen == EVERY_DAY:
        return "Every day"
    if chosen == WORKDAYS:
        return "Monday to Friday"
    if chosen == WEEKEND:
        return "Every weekend day"
    return f"Every {listed([WEEKDAYS[day] for day in sorted(chosen)])}"


def clock(at: time) -> str:
    """Return a time of day as the pages write it."""
    return f"{at:%H:%M}"


def day_in_words(day: date, today: date | None = None) -> str:
    """Return a day with its name; the year only where it is another than today's."""
    year = f" {day.year}" if today and day.year != today.year else ""
    return f"{day:%A} {day.day} {day:%B}{year}"


def moment_in_words(moment: datetime, today: date | None = None) -> str:
    """Return a moment of somebody's own clock with its day."""
    return f"{day_in_words(moment.date(), today)} at {clock(moment.time())}"


def when_in_words(reminder: Reminder) -> str:
    """Return when a schedule speaks, such as "Every Monday and Thursday at 19:30"."""
    at = clock(reminder.local_time)
    if reminder.days:
        return f"{days_in_words(int(day) for day in reminder.days)} at {at}"
    return f"Every {NUMBERS.get(reminder.every_months, reminder.every_months)} months at {at}"


def what_in_words(reminder: Reminder) -> str:
    """Return what a schedule brings and where, as a sentence."""
    where = Channel(reminder.channel).label
    return f"{BRINGS[reminder.kind]}, {where[0].lower()}{where[1:]}."
