"""What is due is mailed once, unless it is not wanted any more; what may not be mailed waits."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from steps.reminders import materialising, telling
from steps.reminders.delivering import claim, deliver
from steps.reminders.materialising import materialise
from steps.reminders.models import LIMIT, Delivery, Done, Reminder, ReminderSettings, TooMany
from steps.reminders.rules import CLAIMS

from .conftest import EVENING, NOON, run, states
from .sink import Sink

Daily = Callable[..., Reminder]
DAY = timedelta(days=1)
SOON = EVENING + timedelta(seconds=10)


def test_what_is_due_is_mailed_once_whatever_the_number_of_ticks(sink: Sink, daily: Daily) -> None:
    reminder = daily()
    for second in range(5):
        run(EVENING + timedelta(seconds=second))
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.local_date) == (Delivery.SENT, date(2026, 11, 2))
    assert sink.ids == [f"<{delivery.pk}@{sink.ids[0].rpartition('@')[2]}"]
    assert sink.mails[0]["To"] == "ana@example.org"
    reminder.refresh_from_db()
    assert reminder.next_at == EVENING + DAY
    run(EVENING + DAY)
    assert len(sink.mails) == 2
    assert len(set(sink.ids)) == 2


def test_nothing_comes_early(sink: Sink, daily: Daily) -> None:
    daily()
    run(EVENING - timedelta(seconds=1))
    assert not Delivery.objects.exists()
    assert not sink.mails


def test_an_occurrence_that_is_there_already_stays_the_only_one(daily: Daily) -> None:
    reminder = daily()
    run()
    Reminder.objects.filter(pk=reminder.pk).update(next_at=EVENING)
    run()
    assert Delivery.objects.count() == 1
    reminder.refresh_from_db()
    assert reminder.next_at == EVENING + DAY


def test_a_batch_opens_one_connection(sink: Sink, daily: Daily, people: dict[str, Any]) -> None:
    for person in people.values():
        daily(person)
    run()
    assert len(sink.mails) == len(people)
    assert sink.connections == 1


def test_batches_need_the_same_queries_at_any_number_of_people(
    daily: Daily, people: dict[str, Any]
) -> None:
    daily(channel="app")
    with CaptureQueriesContext(connection) as few:
        run()
    for person in people.values():
        daily(person, time(20, 0), channel="app")
    with CaptureQueriesContext(connection) as many:
        run(EVENING + timedelta(minutes=30))
    assert len(many) <= len(few) + 1  # the settings of whoever had none


def test_for_today_alone_there_is_a_card_and_no_mail(sink: Sink, daily: Daily, ana: Any) -> None:
    daily(channel="app")
    run()
    assert states() == [("in_app", "")]
    assert Delivery.objects.cards(ana, SOON).count() == 1
    assert not sink.mails


@pytest.mark.parametrize(("channel", "cards"), [("mail", 0), ("both", 1)])
def test_a_mail_that_left_has_a_card_only_where_both_were_wanted(
    sink: Sink, daily: Daily, ana: Any, channel: str, cards: int
) -> None:
    daily(channel=channel)
    run()
    assert len(sink.mails) == 1
    assert Delivery.objects.cards(ana, SOON).count() == cards


# --- not wanted any more --------------------------------------------------------------------------
def switched_off(reminder: Reminder) -> None:
    reminder.switch_off()


def deleted(reminder: Reminder) -> None:
    reminder.delete()


def paused(reminder: Reminder) -> None:
    reminder.pause(SOON + DAY)


def stopped_by_the_storey_above(reminder: Reminder) -> None:
    telling.stop_for(reminder.person, reminder.subject)


def left_the_site(reminder: Reminder) -> None:
    type(reminder.person).objects.filter(pk=reminder.person_id).update(is_active=False)


def done_already(reminder: Reminder) -> None:
    telling.done_today(reminder.person, "checkin", date(2026, 11, 2))


NO_MORE = [
    switched_off, deleted, paused, stopped_by_the_storey_above, left_the_site, done_already,
]  # fmt: skip


@pytest.mark.parametrize("happened", NO_MORE)
def test_what_is_not_wanted_any_more_is_not_sent_and_not_shown(
    sink: Sink, daily: Daily, ana: Any, happened: Callable[[Reminder], None]
) -> None:
    reminder = daily(subject=uuid.uuid4(), channel="both")
    list(materialise(SOON))
    happened(reminder)
    deliver(lambda: SOON)
    assert not sink.mails
    assert Delivery.objects.get().state == Delivery.SKIPPED
    assert not Delivery.objects.cards(ana, SOON)


@pytest.mark.parametrize("happened", [switched_off, paused, done_already])
def test_a_stop_reaches_what_a_worker_has_taken_already(
    sink: Sink, daily: Daily, happened: Callable[[Reminder], None]
) -> None:
    reminder = daily()

    def between(point: str) -> None:
        if point == "after claim":
            assert Delivery.objects.get().state == Delivery.CLAIMED
            happened(reminder)

    list(materialise(SOON))
    count = deliver(lambda: SOON, at=between)
    assert not sink.mails
    assert count == {"due": 1, "taken back": 1}
    assert Delivery.objects.get().state == Delivery.SKIPPED


def test_what_was_done_before_it_was_due_is_not_asked_for(sink: Sink, daily: Daily) -> None:
    done_already(daily())
    run()
    assert states() == [("skipped", "done")]


def test_done_today_is_said_as_often_as_one_likes_and_answers_the_card(
    daily: Daily, ana: Any
) -> None:
    daily(channel="app")
    run()
    for _ in range(2):
        telling.done_today(ana, "checkin", date(2026, 11, 2))
    assert Done.objects.count() == 1
    assert not Delivery.objects.cards(ana, SOON)
    assert Delivery.objects.get().answered_at


# --- wanted, and not by mail ----------------------------------------------------------------------
def test_a_second_note_of_the_day_waits_on_today(sink: Sink, daily: Daily, ana: Any) -> None:
    daily()
    daily(kind="gratitude")
    run()
    assert sorted(states()) == [("in_app", "day"), ("sent", "")]
    assert len(sink.mails) == 1
    assert Delivery.objects.cards(ana, SOON).count() == 1


def test_a_note_a_day_holds_over_batches_and_hours(sink: Sink, daily: Daily) -> None:
    daily()
    daily(kind="gratitude", at=time(20, 0))
    run()
    run(EVENING + timedelta(minutes=30))
    assert states() == [("sent", ""), ("in_app", "day")]


def test_whoever_wants_more_notes_a_day_gets_them(sink: Sink, daily: Daily, ana: Any) -> None:
    ReminderSettings.objects.create(person=ana, notes_a_day=0)
    for kind in ("checkin", "gratitude", "step"):
        daily(kind=kind)
    run()
    assert len(sink.mails) == 3


def test_a_week_has_a_limit_of_its_own(sink: Sink, daily: Daily, ana: Any) -> None:
    ReminderSettings.objects.create(person=ana, notes_a_week=3)
    daily()
    for day in range(8):
        run(EVENING + day * DAY)
    assert [state for state, _ in states()] == ["sent"] * 3 + ["in_app"] * 4 + ["sent"]


def test_one_person_takes_nothing_from_another(
    sink: Sink, daily: Daily, people: dict[str, Any]
) -> None:
    daily(people["ana"])
    daily(people["ben"])
    run()
    assert len(sink.mails) == 2


def test_what_is_late_by_more_than_six_hours_waits_on_today(
    sink: Sink, daily: Daily, ana: Any
) -> None:
    ReminderSettings.objects.create(person=ana, quiet_from=time(0), quiet_until=time(0))
    daily()
    run(EVENING + timedelta(hours=6, seconds=1))
    assert states() == [("in_app", "late")]
    assert not sink.mails


def test_after_days_without_a_worker_the_next_note_comes_in_time(sink: Sink, daily: Daily) -> None:
    reminder = daily()
    run(EVENING + 3 * DAY + timedelta(minutes=10))
    run(EVENING + 3 * DAY + timedelta(minutes=11))
    assert states() == [("in_app", "late"), ("sent", "")]
    reminder.refresh_from_db()
    assert reminder.next_at == EVENING + 4 * DAY


@pytest.mark.parametrize(
    ("start", "end", "quiet"),
    [
        (time(21), time(8), False),
        (time(19), time(8), True),
        (time(19, 30), time(19, 31), True),
        (time(19, 31), time(19, 30), False),
        (time(8), time(8), False),
    ],
)
def test_nothing_is_mailed_in_quiet_hours(
    sink: Sink, daily: Daily, ana: Any, start: time, end: time, quiet: bool
) -> None:
    ReminderSettings.objects.create(person=ana, quiet_from=start, quiet_until=end)
    daily()
    run()
    assert states() == [("in_app", "quiet") if quiet else ("sent", "")]


# --- the mail server ------------------------------------------------------------------------------
def test_an_address_that_is_refused_for_good_is_asked_once(
    sink: Sink, daily: Daily, ana: Any
) -> None:
    sink.answers["ana@example.org"] = "550 nobody here"
    daily()
    for day in range(3):
        run(EVENING + day * DAY)
    assert sink.tried["ana@example.org"] == 1
    assert states() == [("refused", "refused"), ("in_app", "refused"), ("in_app", "refused")]
    assert Delivery.objects.filter(card=True).count() == 3
    telling.mail_address_changed(ana)
    sink.answers.clear()
    run(EVENING + 3 * DAY)
    assert len(sink.mails) == 1


def test_one_refused_address_does_not_hold_up_the_others(
    sink: Sink, daily: Daily, people: dict[str, Any]
) -> None:
    sink.answers["ben@example.org"] = "550 nobody here"
    for person in people.values():
        daily(person)
    run()
    assert len(sink.mails) == len(people) - 1


def test_a_server_that_says_later_is_tried_three_times_with_longer_pauses(
    sink: Sink, daily: Daily, ana: Any
) -> None:
    sink.answers["ana@example.org"] = "451 later"
    daily()
    tried = []
    for minute in range(60):
        run(EVENING + timedelta(minutes=minute, seconds=30 * bool(minute)))
        tried.append(sink.tried["ana@example.org"])
    assert [minute for minute in range(1, 60) if tried[minute] > tried[minute - 1]] == [2, 23]
    assert states() == [("dead", "later")]
    assert Delivery.objects.cards(ana, SOON + timedelta(hours=1)).count() == 1


def test_a_mail_that_is_rejected_for_good_is_not_offered_again(sink: Sink, daily: Daily) -> None:
    sink.data = lambda: "554 no"
    daily()
    for minute in (0, 5, 50):
        run(EVENING + timedelta(minutes=minute))
    assert sink.tried["ana@example.org"] == 1
    assert states() == [("dead", "rejected")]
    assert ReminderSettings.objects.get().refused_at is None


def test_a_server_out_of_reach_is_asked_once_for_a_batch(
    settings: Any, daily: Daily, people: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    for person in people.values():
        daily(person)
    run()
    assert set(states()) == {("due", "")}
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {1}
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 1 and "example.org" not in told[0]


def test_what_ends_every_worker_that_takes_it_is_given_up(sink: Sink, daily: Daily) -> None:
    daily()
    list(materialise(SOON))
    Delivery.objects.update(claims=CLAIMS)
    deliver(lambda: SOON)
    assert states() == [("dead", "claims")]
    assert not sink.mails


# --- claiming -------------------------------------------------------------------------------------
def test_a_worker_holds_what_it_claimed_until_its_lease_lapses(daily: Daily) -> None:
    daily()
    list(materialise(SOON))
    first = claim(SOON)
    assert len(first.rows) == 1
    assert claim(SOON + timedelta(seconds=59)).taken == 0
    second = claim(SOON + timedelta(seconds=60))
    assert [row.pk for row in second.rows] == [row.pk for row in first.rows]
    assert second.token != first.token


def test_a_worker_that_lost_its_lease_sends_and_marks_nothing(sink: Sink, daily: Daily) -> None:
    daily()
    list(materialise(SOON))

    def sleeps_too_long(point: str) -> None:
        if point == "after claim":
            assert claim(SOON + timedelta(minutes=2)).taken == 1

    assert deliver(lambda: SOON, at=sleeps_too_long)["taken back"] == 1
    assert not sink.mails
    assert states() == [("claimed", "")]


def two_due(daily: Daily, people: dict[str, Any]) -> None:
    for name in ("ana", "ben"):
        daily(people[name])
    list(materialise(SOON))


def test_a_stop_while_one_mail_leaves_reaches_the_next_of_the_batch(
    sink: Sink, daily: Daily, people: dict[str, Any]
) -> None:
    two_due(daily, people)

    def stopped(point: str) -> None:
        if point == "after the answer":
            told = sink.mails[0]["Message-ID"].strip("<>").partition("@")[0]
            Delivery.objects.exclude(pk=told).take_back("off")

    assert deliver(lambda: SOON, at=stopped) == {"due": 2, "taken": 1, "taken back": 1}
    assert len(sink.mails) == 1
    assert sorted(states()) == [("sent", ""), ("skipped", "off")]


def test_losing_one_row_while_its_mail_leaves_holds_up_no_other(
    sink: Sink, daily: Daily, people: dict[str, Any]
) -> None:
    two_due(daily, people)

    def lost(point: str) -> None:
        if point == "after the answer" and len(sink.mails) == 1:
            told = sink.mails[0]["Message-ID"].strip("<>").partition("@")[0]
            Delivery.objects.filter(pk=told).update(token=uuid.uuid4())

    assert deliver(lambda: SOON, at=lost)["taken"] == 2
    assert len(set(sink.ids)) == len(sink.mails) == 2
    assert sorted(states()) == [("claimed", ""), ("sent", "")]


def test_a_mail_needs_one_statement_beside_those_of_its_batch(
    sink: Sink, daily: Daily, people: dict[str, Any]
) -> None:
    for person in people.values():
        ReminderSettings.objects.of(person)
    daily()
    with CaptureQueriesContext(connection) as one:
        run()
    for person in people.values():
        daily(person, time(20, 0))
    ReminderSettings.objects.update(notes_a_day=0)
    with CaptureQueriesContext(connection) as all_of_them:
        run(EVENING + timedelta(minutes=31))
    assert len(sink.mails) == 1 + len(people)
    assert len(all_of_them) == len(one) + len(people) - 1


def test_many_due_at_once_are_all_made_and_all_sent(sink: Sink, ana: Any) -> None:
    people = get_user_model().objects.bulk_create(
        get_user_model()(email=f"person{number}@example.org") for number in range(1203)
    )
    Reminder.objects.bulk_create(
        Reminder(person=person, zone="Europe/London", kind="checkin", days="0123456",
                 local_time=time(19, 30), channel="app", next_at=EVENING)
        for person in people
    )  # fmt: skip
    assert list(materialise(SOON)) == [500, 500, 203]
    assert deliver(lambda: SOON)["due"] == 1203
    assert set(states()) == {("in_app", "")}


# --- schedules ------------------------------------------------------------------------------------
def test_a_person_has_at_most_twelve_schedules_beside_plans(ana: Any, stan: Any) -> None:
    said = {"kind": "checkin", "days": "0", "local_time": time(9)}
    for number in range(LIMIT):
        Reminder.objects.begin(ana, **said)
        telling.add_plan(ana, uuid.UUID(int=number), datetime(2126, 1, 1, tzinfo=UTC))
    with pytest.raises(TooMany):
        Reminder.objects.begin(ana, **said)
    assert Reminder.objects.begin(stan, **said).is_on


def test_a_plan_speaks_once_and_moves_when_it_is_moved(sink: Sink, ana: Any) -> None:
    subject = uuid.uuid4()
    year = timedelta(days=36500)
    telling.add_plan(ana, subject, EVENING + year, "mail")
    telling.add_plan(ana, subject, EVENING + year + DAY, "mail")
    reminder = Reminder.objects.get()
    for day in range(-1, 4):
        run(EVENING + year + day * DAY)
    assert len(sink.mails) == 1
    assert Delivery.objects.get().due_at == EVENING + year + DAY
    reminder.refresh_from_db()
    assert reminder.next_at is None


def test_a_plan_that_is_over_is_stopped(ana: Any) -> None:
    subject = uuid.uuid4()
    telling.add_plan(ana, subject, datetime(2126, 1, 1, tzinfo=UTC))
    assert telling.add_plan(ana, subject, datetime(2020, 1, 1, tzinfo=UTC)) is None
    assert not Reminder.objects.exists()


def test_stopping_what_belongs_to_one_subject_leaves_the_others_alone(
    daily: Daily, ana: Any, stan: Any
) -> None:
    subject, other = uuid.uuid4(), uuid.uuid4()
    at = datetime(2126, 1, 1, tzinfo=UTC)
    for person in (ana, stan):
        telling.add_plan(person, subject, at)
        telling.add_plan(person, other, at)
    telling.stop_for(ana, subject)
    assert Reminder.objects.of(ana).get().subject == other
    assert Reminder.objects.of(stan).count() == 2


def test_a_plan_that_moves_within_its_day_is_told_of_again(sink: Sink, ana: Any) -> None:
    subject, at = uuid.uuid4(), datetime(2126, 1, 1, 9, tzinfo=UTC)
    telling.add_plan(ana, subject, at)
    run(at)
    telling.add_plan(ana, subject, at + timedelta(hours=4))
    assert not Delivery.objects.cards(ana, at).exists()
    run(at + timedelta(hours=4))
    assert Delivery.objects.cards(ana, at + timedelta(hours=4)).count() == 1


def test_a_note_of_a_plan_that_is_called_off_goes_from_today(sink: Sink, ana: Any) -> None:
    subject, at = uuid.uuid4(), datetime(2126, 1, 1, 9, tzinfo=UTC)
    telling.add_plan(ana, subject, at)
    run(at)
    assert Delivery.objects.cards(ana, at).count() == 1
    telling.stop_for(ana, subject)
    assert not Delivery.objects.cards(ana, at).exists()


def test_a_note_that_comes_once_comes_once_in_a_forenoon(sink: Sink, ana: Any) -> None:
    assert telling.milestone(ana, "stuck", EVENING)
    assert not telling.milestone(ana, "stuck", EVENING + 30 * DAY)
    delivery = Delivery.objects.get()
    assert delivery.due_at == datetime(2026, 11, 3, 10, tzinfo=UTC)
    run(delivery.due_at)
    assert states() == [("in_app", "")]
    assert not sink.mails


def test_notes_that_come_once_are_off_with_one_switch(sink: Sink, ana: Any) -> None:
    telling.milestone(ana, "stuck", EVENING)
    ReminderSettings.objects.update(milestones=ReminderSettings.OFF)
    run(EVENING + DAY)
    assert states() == [("skipped", "off")]
    assert not telling.milestone(ana, "first-week", EVENING)


def test_an_unknown_note_is_a_fault_of_ours(ana: Any) -> None:
    with pytest.raises(ValueError, match="no milestone"):
        telling.milestone(ana, "birthday")


def test_moving_to_another_zone_never_gives_two_on_a_date(sink: Sink, daily: Daily) -> None:
    reminder = daily()
    run()
    for zone in ("America/Los_Angeles", "Pacific/Auckland", "Europe/London"):
        reminder.move(zone, SOON)
        for hour in range(48):
            run(SOON + timedelta(hours=hour))
    dates = list(Delivery.objects.values_list("local_date", flat=True))
    assert len(dates) == len(set(dates))


def test_forgetting_a_person_leaves_nothing_of_theirs_and_everything_of_others(
    daily: Daily, ana: Any, stan: Any
) -> None:
    for person in (ana, stan):
        daily(person)
        telling.done_today(person, "gratitude", date(2026, 11, 2))
    run()
    telling.forget(ana)
    for model in (Reminder, Delivery, Done, ReminderSettings):
        assert list(model._default_manager.values_list("person", flat=True)) == [stan.pk]


def test_what_is_over_for_long_is_tidied_away(daily: Daily, ana: Any) -> None:
    from steps.reminders.tasks import tidy

    daily(channel="app")
    run()
    telling.milestone(ana, "stuck", NOON - 200 * DAY)
    telling.done_today(ana, "checkin", date(2020, 1, 1))
    run()
    Delivery.objects.update(due_at=NOON - 3000 * DAY)
    tidy()
    assert list(Delivery.objects.values_list("kind", flat=True)) == ["stuck"]
    assert not Done.objects.exists()


def test_the_statements_name_every_column_that_must_be_filled() -> None:
    must = {field.column for field in Delivery._meta.local_concrete_fields if not field.null}
    for statement in (materialising.INSERT_ROW, materialising.INSERT_COLUMNS):
        named = statement.partition("(")[2].partition(")")[0].replace(",", " ").split()
        assert must <= set(named)
        assert set(named) <= {field.column for field in Delivery._meta.local_concrete_fields}
