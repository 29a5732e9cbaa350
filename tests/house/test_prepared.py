"""Prepared queries give what their querysets give, and refuse what they would have to guess."""

import importlib
import pkgutil
import re
import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import OperationalError, connection, models, transaction
from django.db.models import Count, F, Model
from django.db.models.functions import Upper
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import journal
import steps
import trustrepair
from journal.coaching.models import ClientFile
from journal.entries.models import Entry, Revision
from journal.relationships.models import PathStep, Relationship
from journal.spaces.handing_over import remember
from journal.together import agreements, listening
from journal.together.models import Bookmark
from journal.together.question import question_of_the_week
from journal.together.seen import STREAM, TABLE
from journal.vault.keyring import FEW, MANY, SOME, Keyring
from steps.models import Exercise, Step
from steps.prepared import CannotPrepare, Prepared
from steps.reminders.models import Delivery, ReminderSettings
from tests.rooms import a_waiting_room, room_for, work_together
from trustrepair.doors.sessions import hashed

pytestmark = pytest.mark.django_db


def uses() -> dict[str, Prepared[Any]]:
    """Find every prepared query of the house by the name it is kept under."""
    found = {}
    for storey in (steps, journal, trustrepair):
        for module in pkgutil.walk_packages(storey.__path__, f"{storey.__name__}."):
            if module.name == "trustrepair.run" or ".management." in module.name:
                continue
            for name, value in vars(importlib.import_module(module.name)).items():
                if isinstance(value, Prepared):
                    found[f"{module.name}.{name}"] = value
    return found


@pytest.fixture
def values(ana: Any, browser: Client, mending: Relationship, page: Entry) -> dict[str, list[Any]]:
    """Return for every use some values to ask with: first those that find rows."""
    keyring, now = Keyring.of(ana), timezone.now()
    PathStep.say(mending, Step.objects.all()[2], keyring, PathStep.OPEN)
    exercise = Exercise.objects.select_related("step").filter(step__isnull=False)[0]
    for at, row in enumerate([mending, None]):
        entry = Entry(author=ana, kind=Entry.EXERCISE, exercise=exercise, relationship=row)
        entry.step, entry.updated_at = exercise.step, now - timedelta(hours=at)
        for field in ("head", "body", "questions"):
            setattr(entry, f"sealed_{field}", keyring.seal(entry, field, {}))
        entry.save(force_insert=True)
    entry.close(keyring, now.date())
    coach = get_user_model().objects.create_user("coach@example.org", is_coach=True)
    coached = work_together(ana, coach)
    ClientFile.write(coach, Keyring.of(coach), coached.pk, called="Ana")
    room_for(coach, coached).write("assignment", {"title": "The clear ask"})
    room = room_for(ana, a_waiting_room(ana)[0])
    Bookmark.objects.of(room.me).seen(room.keyring, "Ben")
    for at, kind in enumerate(("marble", "answer", "plan"), start=1):
        room.write(kind, {"text": "Soup."}, number=at, day=now.date())
    note = room.write("note", {"text": "Soup."})
    remember(ana, keyring, page, room, room.write("copy", {"text": "Soup."}))
    ReminderSettings.objects.of(ana).answer_offer()
    for _ in range(5):
        room.write("reply", {"text": "And bread."}, parent=note)
    monday = question_of_the_week(room.space).monday
    promise = agreements.propose(room, "promise", "Post.", uuid.uuid4())
    agreements.sign(room, promise.pk, 1)
    listening.begin(room, False, uuid.uuid4())
    here = (ana.pk, room.space.pk, now)
    others = [uuid.uuid4() for _ in range(MANY)]
    Delivery.objects.create(
        person=ana, kind="stuck", local_date=now.date(), due_at=now, free_at=now, card=True
    )
    claimed = Delivery.objects.create(
        person=ana, kind="checkin", local_date=now.date(), due_at=now, free_at=now,
        state=Delivery.CLAIMED, token=uuid.uuid4(),
    )  # fmt: skip
    save = Revision.objects.of(page).get().save_id
    session = hashed(browser.cookies[settings.SESSION_COOKIE_NAME].value)
    other, soon, past = uuid.uuid4(), now + timedelta(days=1), now - timedelta(days=1)
    entries = "journal.entries.models"
    return {
        f"{entries}.NEWEST": [(ana.pk,), (0,)],
        f"{entries}.OLDER": [(ana.pk, soon, other), (ana.pk, page.created_at, page.pk)],
        f"{entries}.ONE": [(ana.pk, page.pk), (ana.pk, entry.pk), (0, page.pk), (ana.pk, other)],
        f"{entries}.HELD": [(ana.pk, page.pk), (0, page.pk)],
        f"{entries}.EXERCISES": [(ana.pk, mending.pk), (0, mending.pk)],
        f"{entries}.ANSWER": [(page.pk, save), (page.pk, other)],
        "steps.reminders.delivering.WAITING": [(soon,), (past,)],
        "steps.reminders.delivering.HELD": [
            (claimed.pk, claimed.token),
            (claimed.pk, other),
        ],
        "steps.reminders.models.CARD": [
            (ana.pk, soon, past),
            (ana.pk, past, past),
            (0, soon, past),
        ],
        "journal.entries.lookback.THEN": [(ana.pk, *[past, soon] * 21), (0, *[past, soon] * 21)],
        "journal.entries.todays.TODAYS": [(ana.pk, soon), (ana.pk, past), (0, soon)],
        "journal.entries.todays.AT_MONTHS_END": [(ana.pk, soon, past, soon, now, soon)],
        "journal.coaching.signs.SHOWN": [
            (coach.pk, now, now.date()),
            (coach.pk, now + timedelta(days=100), now.date()),
            (ana.pk, now, now.date()),
        ],
        "journal.coaching.signs.ROOMS": [(coach.pk,), (0,)],
        "journal.coaching.signs.FILES": [(coach.pk,), (ana.pk,)],
        "journal.together.seen.MARBLES": [here, (0, *here[1:])],
        "journal.together.seen.NEWEST": [here, (0, *here[1:])],
        "journal.together.seen.PLANNED": [(*here, now.date()), (0, *here[1:], now.date())],
        "journal.together.seen.ON_TABLE": [
            (*here, now.date(), promise.words_id, *others[: TABLE - 1]),
            (0, *here[1:], now.date(), promise.words_id, *others[: TABLE - 1]),
        ],
        "journal.together.seen.ANSWERED": [
            (*here, note.pk, *others[: STREAM - 1]),
            (0, *here[1:], note.pk, *others[: STREAM - 1]),
        ],
        "journal.together.seen.MARK": [(room.me.pk,), (other,)],
        "journal.together.seen.ASKED": [(room.space.pk, monday), (other, monday)],
        "journal.together.seen.WORDED": [(room.space.pk,), (other,)],
        "journal.together.seen.SIGNED": [
            (promise.pk, *others[: TABLE - 1]),
            tuple(others[:TABLE]),
        ],
        "journal.together.seen.TALKS": [(room.space.pk,), (other,)],
        "journal.spaces.handing_over.STANDING": [
            (ana.pk, page.pk, now),
            (0, page.pk, now),
            (ana.pk, other, now),
        ],
        "journal.spaces.room.MEMBERS": [(ana.pk, room.space.pk), (0, room.space.pk)],
        "steps.reminders.models.ANSWERED": [(ana.pk,), (0,)],
        "journal.news.MARKS": [(ana.pk, now), (0, now)],
        "journal.news.BEGUN_AND_MARKS": [(ana.pk, mending.pk, now), (0, mending.pk, now)],
        "journal.news.WITH_COACH": [(ana.pk, now, past), (ana.pk, now, soon), (0, now, past)],
        "journal.news.ALL": [(ana.pk, mending.pk, now, past), (0, mending.pk, now, past)],
        "journal.relationships.models.OWNED": [(ana.pk,), (0,)],
        "journal.relationships.models.WALKED": [(mending.pk,), (other,)],
        "journal.vault.keyring.OWN": [(ana.pk,), (0,)],
        "journal.vault.keyring.WITH_FEW": [
            (ana.pk, note.pk, *others[: FEW - 1]),
            (0, *others[:FEW]),
        ],
        "journal.vault.keyring.WITH_SOME": [
            (ana.pk, note.pk, *others[: SOME - 1]),
            (0, *others[:SOME]),
        ],
        "journal.vault.keyring.WITH_MANY": [
            (ana.pk, note.pk, *others[: MANY - 1]),
            (0, *others[:MANY]),
        ],
        "trustrepair.accounts.backends.PERSON": [(ana.pk,), (str(ana.pk),), (0,)],
        "trustrepair.doors.sessions.FRESH": [(session, now), (session, soon), (hashed(""), now)],
    }


def told(row: Any) -> Any:
    """Return everything that a row holds, with the rows joined to it."""
    if not isinstance(row, Model):
        return [bytes(said) if isinstance(said, memoryview) else said for said in row]
    held = {
        name: bytes(said) if isinstance(said, memoryview) else said
        for name, said in vars(row).items()
        if name != "_state"
    }
    own = {field.name for field in row._meta.concrete_fields}
    joined = {  # the way back from a row that one other points at leads in a circle
        name: told(other) if name in own else other.pk
        for name, other in row._state.fields_cache.items()
        if other
    }
    return type(row), held, row.get_deferred_fields(), row._state.db, row._state.adding, joined


def test_every_use_gives_what_its_queryset_gives(values: dict[str, list[Any]]) -> None:
    known = uses()
    assert set(known) == set(values)
    for name, tries in values.items():
        for at, given in enumerate(tries):
            ordinary = [told(row) for row in known[name].queryset(*given)]
            assert [told(row) for row in known[name].all(*given)] == ordinary, name
            first = known[name].first(*given)
            assert (told(first) if first else None) == (ordinary[0] if ordinary else None), name
            assert ordinary or at, f"{name} finds nothing"


def test_every_use_says_the_same_to_the_database(values: dict[str, list[Any]]) -> None:
    for name, query in uses().items():
        with CaptureQueriesContext(connection) as asked:
            list(query.queryset(*values[name][0]))
            query.all(*values[name][0])
        # Django puts whatever is not a plain value into parentheses.
        ordinary, prepared = (re.sub(r"[()]", "", one["sql"]) for one in asked)
        assert prepared == ordinary, name


def test_no_use_reads_a_whole_table(values: dict[str, list[Any]]) -> None:
    if connection.vendor != "sqlite":
        return  # PostgreSQL reads small tables whole, and rightly
    tables = connection.introspection.table_names()
    for name, query in uses().items():
        with CaptureQueriesContext(connection) as asked:
            query.all(*values[name][0])
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {asked[-1]['sql']}")
            steps = [row[-1].split() for row in cursor.fetchall()]
        assert not [step for step in steps if step[0] == "SCAN" and step[1] in tables], name


def test_a_query_is_made_once_and_run_often(page: Entry) -> None:
    made = []

    def build(pk: Any) -> Any:
        made.append(pk)
        return Entry.objects.written_by(page.author).filter(pk=pk)

    query = Prepared(build, Entry.id.field)
    assert query.first(page.pk) == page
    assert query.first(uuid.uuid4()) is None
    assert len(made) == 1


def test_each_thread_has_its_own(page: Entry) -> None:
    made = []

    def build(pk: Any) -> Any:
        made.append(pk)
        return Exercise.objects.filter(pk=pk)

    query = Prepared(build, Exercise.id.field)

    def ask() -> None:
        query.all(1)
        connection.close()

    query.all(1)
    others = [threading.Thread(target=ask) for _ in range(2)]
    for other in others:
        other.start()
        other.join()
    assert len(made) == 3


def test_a_cursor_serves_its_own_connection_alone() -> None:
    query = Prepared(lambda pk: Exercise.objects.filter(pk=pk), Exercise.id.field)
    kept = []

    def ask() -> None:
        for _ in range(2):
            query.all(1)
            kept.append(query._plan().cursor)
        connection.connect()
        query.all(1)
        kept.append(query._plan().cursor)
        connection.close()

    other = threading.Thread(target=ask)
    other.start()
    other.join()
    first, second, third = kept
    assert first is second is not third


def test_it_can_be_asked_again_after_it_failed() -> None:
    query = Prepared(lambda pk: Step.objects.filter(pk=pk), Step.id.field)
    [step] = query.all(Step.objects.all()[0].pk)

    def fail(*_: Any) -> None:
        raise OperationalError("The line is down.")

    with pytest.raises(OperationalError), connection.execute_wrapper(fail):
        query.all(step.pk)
    assert query.all(step.pk) == [step]


REFUSED: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "prefetching": (
        lambda pk: Step.objects.filter(pk=pk).prefetch_related("exercises"), Step.id.field,
    ),
    "annotated models": (
        lambda pk: Step.objects.filter(pk=pk).annotate(n=Count("exercises")), Step.id.field,
    ),
    "dictionaries": (lambda pk: Step.objects.filter(pk=pk).values("key"), Step.id.field),
    "flat lists": (
        lambda pk: Step.objects.filter(pk=pk).values_list("key", flat=True), Step.id.field,
    ),
    "a value left out": (lambda pk: Step.objects.all(), Step.id.field),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_it_would_have_to_guess_is_refused(what: str) -> None:
    build, field = REFUSED[what]
    with pytest.raises(CannotPrepare):
        Prepared(build, field).all(1)


def test_a_list_of_unknown_length_is_refused() -> None:
    with pytest.raises(TypeError):
        Prepared(lambda pks: Step.objects.filter(pk__in=pks), Step.id.field).all([1, 2])


@pytest.mark.parametrize("given", [(), (None,), (1, 2)])
def test_values_are_never_missing_and_never_none(given: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError):
        Prepared(lambda pk: Step.objects.filter(pk=pk), Step.id.field).all(*given)


def test_tuples_may_hold_what_the_database_works_out() -> None:
    query = Prepared(
        lambda pk: Step.objects.filter(pk=pk).values_list("key", Upper("key"), F("order") + 1),
        Step.id.field,
    )
    step = Step.objects.all()[0]
    assert query.all(step.pk) == [(step.key, step.key.upper(), step.order + 1)]


def test_what_is_always_the_same_is_written_into_it() -> None:
    odd = "100 % of %s, it's said"
    Step.objects.filter(order=1).update(key=odd)
    query = Prepared(lambda pk: Step.objects.filter(key=odd, pk=pk, retired_at=None), Step.id.field)
    [step] = Step.objects.filter(order=1)
    with CaptureQueriesContext(connection) as asked:
        assert query.all(step.pk) == [step]
    assert "100 % of %s, it''s said" in asked[0]["sql"]
    assert len(query._plan().params) == 1


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_in_transactions_only(page: Entry) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        Entry.objects.hold(page.author, page.pk)
    with transaction.atomic():
        assert Entry.objects.hold(page.author, page.pk) == page


def test_a_slot_stands_for_the_field_it_is_made_of(page: Entry) -> None:
    query = Prepared(
        lambda moment: Entry.unscoped.filter(created_at=moment), Entry.created_at.field
    )
    assert isinstance(Entry.created_at.field, models.DateTimeField)
    assert query.first(page.created_at) == page
