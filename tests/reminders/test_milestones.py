"""Notes that come once: a first week, two quiet weeks, a step called enough. By times alone."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from journal.entries.milestones import tell_all
from journal.entries.models import Entry
from journal.entries.writing import Draft, keep
from journal.tasks import tell_milestones
from journal.vault.keyring import Keyring
from steps.reminders.models import Delivery, ReminderSettings
from tests.conftest import Browser

DAY = timedelta(days=1)
Came = Callable[..., Any]


@pytest.fixture
def came(ana: Any) -> Came:
    """Return a function that says when somebody came and when they last wrote."""

    def say(joined: float, wrote: float | None, person: Any = ana) -> None:
        now = timezone.now()
        person.date_joined = now - joined * DAY
        person.save()
        if wrote is not None:
            draft = Draft(uuid.uuid4(), uuid.uuid4(), 0, text="Something.")
            keep(person, Keyring.of(person), draft)
            Entry.objects.written_by(person).update(created_at=now - wrote * DAY)

    return say


def notes(person: Any) -> list[str]:
    return list(Delivery.objects.of(person).order_by("kind").values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("joined", "wrote", "come"),
    [
        (6.9, 6, []),
        (7.1, 6, ["first-week"]),
        (9.5, 1, ["first-week"]),
        (11, 1, []),
        (7.1, None, []),
        (60, 13.9, []),
        (60, 14.1, ["stuck"]),
        (60, 16.5, ["stuck"]),
        (60, 18, []),
        (60, None, []),
    ],
)
def test_each_has_its_time(
    came: Came, ana: Any, joined: float, wrote: float | None, come: list[str]
) -> None:
    came(joined, wrote)
    tell_milestones()
    assert notes(ana) == come


def test_each_comes_once_in_a_lifetime(came: Came, ana: Any) -> None:
    came(7.5, 1)
    for _ in range(3):
        tell_all(timezone.now())
    came(60, 15)
    for _ in range(3):
        tell_all(timezone.now())
    Entry.objects.written_by(ana).update(created_at=timezone.now() - DAY)
    later = timezone.now() + 14 * DAY
    tell_all(later)
    assert notes(ana) == ["first-week", "stuck"]


def test_it_waits_for_a_forenoon_of_the_persons_own(came: Came, ana: Any) -> None:
    ana.time_zone = "Asia/Kolkata"
    came(7.5, 1)
    tell_all(timezone.now())
    note = Delivery.objects.of(ana).get()
    assert f"{note.due_at.astimezone(ana.zone):%H:%M}" == "10:00"
    assert timezone.now() < note.due_at <= timezone.now() + DAY


def test_one_switch_turns_them_all_off(
    came: Came, browser: Browser, ana: Any, mending: Any
) -> None:
    browser.post("/reminders/settings/", {
        "quiet_from": "21:00", "quiet_until": "08:00", "one_a_day": "on", "milestones": "off",
    })  # fmt: skip
    came(7.5, 15)
    tell_all(timezone.now())
    browser.post("/path/communicate-openly/say/", {"state": "done"})
    assert notes(ana) == []


def test_what_is_in_the_trash_was_not_written(came: Came, ana: Any) -> None:
    came(60, 15)
    Entry.objects.written_by(ana).get().put_away()
    tell_all(timezone.now())
    assert notes(ana) == []


def test_who_was_shut_out_hears_nothing(came: Came, ana: Any) -> None:
    came(60, 15)
    ana.is_active = False
    ana.save()
    tell_all(timezone.now())
    assert notes(ana) == []


def test_one_persons_weeks_are_not_anothers(came: Came, ana: Any, stan: Any) -> None:
    came(60, 15)
    came(60, 2, stan)
    tell_all(timezone.now())
    assert (notes(ana), notes(stan)) == (["stuck"], [])


def test_calling_a_step_enough_lets_a_note_come_and_only_the_first_time(
    browser: Browser, ana: Any, mending: Any
) -> None:
    for state, come in (("open", []), ("aside", []), ("done", ["step-finished"])):
        browser.post("/path/communicate-openly/say/", {"state": state})
        assert notes(ana) == come
    browser.post("/path/quality-time/say/", {"state": "done"})
    assert notes(ana) == ["step-finished"]
    [note] = Delivery.objects.of(ana)
    assert "communicate" not in repr(vars(note)), "which step it was stays sealed"


def test_a_house_full_of_people_is_asked_two_questions(
    came: Came, people: dict[str, Any], django_assert_max_num_queries: Any
) -> None:
    for person in people.values():
        came(60, 2, person)
    moment: datetime = timezone.now()
    with django_assert_max_num_queries(2):
        tell_all(moment)
    assert not ReminderSettings.objects.exists(), "nobody gets a row by being looked at"
