"""Occurrences are made of every kind of rule, and what may reach the disk a moment later."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from steps.reminders import telling
from steps.reminders.delivering import deliver
from steps.reminders.materialising import materialise
from steps.reminders.models import Delivery, Reminder
from steps.reminders.schedule import date_of, next_after

from .conftest import EVENING, NOON
from .sink import Sink

Daily = Callable[..., Reminder]
SOON = EVENING + timedelta(seconds=10)


def test_every_kind_of_rule_speaks_for_its_date_and_moves_on(daily: Daily, ana: Any) -> None:
    daily()
    daily(days="03").move("Pacific/Chatham", NOON)
    daily(kind="reappraisal", days="", every_months=4, first_on=NOON.date())
    once = NOON + timedelta(hours=1, microseconds=123456)
    plan = telling.add_plan(ana, uuid.uuid4(), once + timedelta(days=3650))
    assert plan is not None
    Reminder.objects.filter(pk=plan.pk).update(
        next_at=once, first_on=once.date(), local_time=once.time()
    )
    before = {one.pk: one for one in Reminder.objects.filter(next_at__lte=SOON)}
    assert {one.kind for one in before.values()} == {"checkin", "reappraisal", "plan"}
    assert sum(materialise(SOON)) == len(before)
    for note in Delivery.objects.select_related("reminder"):
        found = before.pop(note.reminder_id)
        assert note.reminder is not None and found.next_at is not None
        assert (note.due_at, note.person, note.kind) == (found.next_at, ana, found.kind)
        assert note.local_date == date_of(found.rule, found.next_at)
        assert note.reminder.next_at == next_after(found.rule, found.next_at)
    assert not before


def waits() -> bool:
    """Whether a commit waits for the disk at this moment."""
    asked = {"sqlite": "PRAGMA synchronous", "postgresql": "SHOW synchronous_commit"}
    with connection.cursor() as cursor:
        cursor.execute(asked[connection.vendor])
        return cursor.fetchone()[0] in {2, "on"}


@pytest.mark.django_db(transaction=True)
def test_what_somebody_sees_waits_for_the_disk_and_marks_do_not(sink: Sink, daily: Daily) -> None:
    daily()
    ticks = [waits() for _ in materialise(SOON)]
    seen = {}

    def at(point: str) -> None:
        seen[point] = waits()

    assert deliver(lambda: SOON, at=at)["taken"] == 1
    assert ticks == [True]
    assert seen == {
        "before claim": True, "after claim": True, "before sending": False,
        "after the answer": False, "after marking": False,
    }  # fmt: skip
    assert waits(), "the pages that keep words use connections like this one"


@pytest.mark.django_db(transaction=True)
def test_after_a_fault_commits_wait_again(sink: Sink, daily: Daily) -> None:
    daily()
    list(materialise(SOON))

    def at(point: str) -> None:
        if point == "after the answer":
            raise RuntimeError("a fault of ours")

    with pytest.raises(RuntimeError, match="of ours"):
        deliver(lambda: SOON, at=at)
    assert waits()
