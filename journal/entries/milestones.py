"""Who may get a note that comes once. It looks at times alone and opens nothing.

A first-week note for those who began to write seven days ago, and one after two quiet weeks that
offers to stop writing. Each comes once in a lifetime (the engine sees to that), and after a longer
quiet nobody is written to: they have gone, and are left in peace.
"""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from journal.entries.models import Entry
from steps.reminders.models import Delivery
from steps.reminders.telling import milestone

FIRST_WEEK, STUCK = "first-week", "stuck"
WEEK = timedelta(weeks=1)
# A task that did not run for some days still finds them.
SLACK = timedelta(days=3)


def tell_all(now: datetime) -> None:
    """Let these notes come to everybody whose time it is."""
    for key, people in ((FIRST_WEEK, a_week_here(now)), (STUCK, two_weeks_quiet(now))):
        for person in without(people, key).iterator():
            milestone(person, key, now)


def a_week_here(now: datetime) -> QuerySet[Any]:
    """Return those who came a week ago and have written something."""
    people = get_user_model()._default_manager.filter(is_active=True)
    came = people.filter(date_joined__lte=now - WEEK, date_joined__gt=now - WEEK - SLACK)
    return came.filter(Exists(Entry.objects.written_by(OuterRef("pk"))))


def two_weeks_quiet(now: datetime) -> QuerySet[Any]:
    """Return those whose newest page is two weeks old."""
    newest = Entry.objects.written_by(OuterRef("pk")).newest().values("created_at")[:1]
    people = get_user_model()._default_manager.filter(is_active=True)
    last = people.annotate(last=Subquery(newest))
    return last.filter(last__lte=now - 2 * WEEK, last__gt=now - 2 * WEEK - SLACK)


def without(people: QuerySet[Any], key: str) -> QuerySet[Any]:
    """Leave out those to whom this note came already."""
    return people.exclude(Exists(Delivery.objects.filter(person=OuterRef("pk"), kind=key)))
