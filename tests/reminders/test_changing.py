"""A schedule that is changed at its due moment: its note is neither lost nor doubled."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest

from steps.reminders.changing import change, move
from steps.reminders.delivering import claim, deliver
from steps.reminders.materialising import materialise
from steps.reminders.models import Delivery, Reminder

from .conftest import EVENING, NOON, run, states
from .sink import Sink

Daily = Callable[..., Reminder]
SOON = EVENING + timedelta(seconds=10)
DAY = timedelta(days=1)
EVERY_DAY = {"kind": "checkin", "days": "0123456", "channel": "mail"}


def ticked() -> None:
    """Make the occurrence, as the tick does, before any worker wakes."""
    assert [*materialise(SOON)] == [1]


@pytest.fixture(params=["before the tick", "after the tick"])
def due(request: Any, daily: Daily) -> Reminder:
    """A schedule that is due, with or without the occurrence that a tick makes of it."""
    reminder = daily()
    if request.param == "after the tick":
        ticked()
    return reminder


def evening_after(sink: Sink) -> list[date]:
    """Let two days pass, and return for which dates a note came."""
    for hours in (0, 1, 2, 24, 25, 26):
        run(SOON + timedelta(hours=hours))
    assert len(sink.mails) == len(set(sink.ids)) == Delivery.objects.filter(state="sent").count()
    return [
        *Delivery.objects.filter(state="sent")
        .order_by("due_at")
        .values_list("local_date", flat=True)
    ]


TODAY, TOMORROW = NOON.date(), NOON.date() + DAY


def test_kept_as_it_was_the_note_of_this_moment_comes_once(sink: Sink, due: Reminder) -> None:
    change(due, {**EVERY_DAY, "local_time": time(19, 30)}, SOON)
    assert evening_after(sink) == [TODAY, TOMORROW]


def test_moved_to_later_today_it_comes_then_and_only_then(sink: Sink, due: Reminder) -> None:
    change(due, {**EVERY_DAY, "local_time": time(20, 15)}, SOON)
    run(SOON)
    assert not sink.mails
    assert evening_after(sink) == [TODAY, TOMORROW]
    times = {f"{one.due_at:%H:%M}" for one in Delivery.objects.all()}
    assert times == {"20:15"}


def test_moved_to_earlier_the_one_of_today_still_comes(sink: Sink, due: Reminder) -> None:
    change(due, {**EVERY_DAY, "local_time": time(9, 0)}, SOON)
    run(SOON)
    assert len(sink.mails) == 1
    run(SOON + DAY)
    assert len(sink.mails) == 1, "it was due at nine, and is too late for a mail"
    assert states() == [("sent", ""), ("in_app", "late")]


def test_asked_for_something_else_the_note_is_of_the_new_kind(sink: Sink, due: Reminder) -> None:
    said = {**EVERY_DAY, "kind": "gratitude", "local_time": time(19, 30)}
    change(due, said, SOON)
    run(SOON)
    assert Delivery.objects.get().kind == "gratitude"
    assert len(sink.mails) == 1


def test_sent_to_today_alone_it_waits_there(sink: Sink, due: Reminder, ana: Any) -> None:
    change(due, {**EVERY_DAY, "channel": "app", "local_time": time(19, 30)}, SOON)
    run(SOON)
    assert not sink.mails
    assert Delivery.objects.cards(ana, SOON).count() == 1


def test_a_day_taken_out_has_no_note_and_put_back_has_one(sink: Sink, due: Reminder) -> None:
    changed = change(due, {**EVERY_DAY, "days": "2", "local_time": time(19, 30)}, SOON)
    run(SOON)
    assert not sink.mails
    assert changed.next_at == EVENING + 2 * DAY
    change(changed, {**EVERY_DAY, "local_time": time(20, 15)}, SOON)
    run(EVENING + timedelta(hours=1))
    assert [f"{one.due_at:%H:%M}" for one in Delivery.objects.filter(state="sent")] == ["20:15"]


def test_one_in_a_workers_hands_is_not_made_anew(sink: Sink, daily: Daily) -> None:
    reminder = daily()
    ticked()
    assert claim(SOON).rows
    change(reminder, {**EVERY_DAY, "local_time": time(20, 15)}, SOON)
    assert Delivery.objects.get().state == Delivery.CLAIMED
    assert evening_after(sink) == [TODAY, TOMORROW]


def test_one_that_waits_on_today_for_its_mail_is_not_shown_twice(
    sink: Sink, daily: Daily, ana: Any
) -> None:
    reminder = daily(channel="both")
    ticked()
    Delivery.objects.update(card=True, attempts=1)
    said = {**EVERY_DAY, "channel": "both", "local_time": time(20, 15)}
    change(reminder, said, SOON)
    run(EVENING + timedelta(hours=1))
    assert Delivery.objects.cards(ana, EVENING + timedelta(hours=1)).count() == 1
    assert len(sink.mails) == 1


def test_one_that_came_already_does_not_come_again_that_day(sink: Sink, daily: Daily) -> None:
    reminder = daily()
    run(SOON)
    change(reminder, {**EVERY_DAY, "local_time": time(20, 15)}, SOON)
    assert evening_after(sink) == [TODAY, TOMORROW]


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata", "Pacific/Kiritimati"])
def test_moving_house_at_that_moment_loses_no_note(sink: Sink, due: Reminder, zone: str) -> None:
    move(due, zone, SOON)
    deliver(lambda: SOON)
    assert Delivery.objects.filter(local_date=TODAY).count() == 1
    for hours in range(0, 32, 2):
        run(SOON + timedelta(hours=hours))
    days = [*Delivery.objects.values_list("local_date", flat=True)]
    assert len(days) == len(set(days)) == 2


def test_starting_again_what_was_not_stopped_loses_no_note(sink: Sink, due: Reminder) -> None:
    Reminder.objects.get(pk=due.pk).resume(SOON)
    assert evening_after(sink) == [TODAY, TOMORROW]
