"""Two saves at one moment, on a database that several connections see."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from journal.entries.models import Entry, Revision
from journal.entries.writing import Draft, keep
from journal.relationships.models import PathStep, Relationship
from journal.relationships.story import Story
from journal.vault.keyring import Keyring
from steps import models as anchors

from .test_saving import texts

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def writer(at_once: Any) -> Any:
    """Somebody with an account on the real database."""
    return at_once.do(lambda: get_user_model().objects.create_user("writer@example.org"))


def draft(**said: Any) -> Draft:
    return replace(Draft(uuid.uuid4(), uuid.uuid4(), 0), **said)


def saving(writer: Any, one: Draft) -> Callable[[], tuple[uuid.UUID, bool]]:
    def work() -> tuple[uuid.UUID, bool]:
        kept = keep(writer, Keyring.of(writer), one)
        return kept.entry.pk, kept.beside is not None

    return work


def test_one_first_save_sent_by_several_threads_makes_one_entry(at_once: Any, writer: Any) -> None:
    for _ in range(5):
        one = draft(text="The same words.")
        answers = at_once.run(*[saving(writer, one)] * 4)
        assert set(answers) == {(one.entry_id, False)}
    assert at_once.do(Entry.unscoped.count) == 5
    assert at_once.do(Revision.unscoped.count) == 5


def test_of_two_saves_at_once_one_wins_and_the_other_is_kept_beside(
    at_once: Any, writer: Any
) -> None:
    for _ in range(5):
        first = draft(text="First.")
        at_once.do(saving(writer, first))
        rivals = [
            replace(first, save_id=uuid.uuid4(), base_version=1, text=f"Rival {at}.")
            for at in range(4)
        ]
        answers = at_once.run(*[saving(writer, rival) for rival in rivals])
        assert sorted(beside for _, beside in answers) == [False, True, True, True]

        def kept(first: Draft = first) -> tuple[int, list[str]]:
            entry = Entry.objects.written_by(writer).get(pk=first.entry_id)
            return entry.version, sorted(one.lstrip("*") for one in texts(entry))

        assert at_once.do(kept) == (2, ["First.", *(f"Rival {at}." for at in range(4))])


def test_two_strangers_who_take_one_id_at_once_both_keep_their_words(
    at_once: Any, writer: Any
) -> None:
    other = at_once.do(lambda: get_user_model().objects.create_user("other@example.org"))
    one = draft(text="Mine.")
    answers = at_once.run(saving(writer, one), saving(other, replace(one, text="Yours.")))
    assert len({pk for pk, _ in answers}) == 2
    assert at_once.do(Entry.unscoped.count) == 2


def test_words_stay_when_their_relationship_is_deleted_at_that_moment(
    at_once: Any, writer: Any
) -> None:
    for _ in range(5):
        row = at_once.do(lambda: Relationship.begin(writer, Keyring.of(writer), Story()))
        one = draft(text="About somebody.", relationship=row, kind=Entry.GRATITUDE, marble=True)
        at_once.run(saving(writer, one), lambda row=row: row.let_go(with_pages=False))

        def kept(one: Draft = one) -> tuple[Any, Any]:
            entry = Entry.objects.written_by(writer).get(pk=one.entry_id)
            return entry.relationship_id, entry.marble

        assert at_once.do(kept) == (None, None)


def test_a_relationship_that_is_gone_before_the_save_costs_no_words(
    at_once: Any, writer: Any
) -> None:
    row = at_once.do(lambda: Relationship.begin(writer, Keyring.of(writer), Story()))
    at_once.do(lambda: Relationship.objects.owned_by(writer).delete())
    exercise = at_once.do(lambda: anchors.Exercise.objects.first())
    one = draft(relationship=row, kind=Entry.EXERCISE, exercise=exercise, answers={"a": "b"})
    for lost in (one, draft(text="x", relationship=row)):
        assert at_once.do(saving(writer, lost)) == (lost.entry_id, False)


def test_marbles_laid_at_once_never_share_a_place(at_once: Any, writer: Any) -> None:
    row = at_once.do(lambda: Relationship.begin(writer, Keyring.of(writer), Story()))
    for _ in range(4):
        at_once.run(*[
            saving(writer, draft(text="Soup.", relationship=row, kind=Entry.GRATITUDE, marble=True))
            for _ in range(4)
        ])  # fmt: skip
    places = at_once.do(lambda: list(Entry.unscoped.values_list("marble", flat=True)))
    assert sorted(places) == list(range(1, 17))


def test_two_words_at_once_about_one_step_both_come_through(at_once: Any, writer: Any) -> None:
    row = at_once.do(lambda: Relationship.begin(writer, Keyring.of(writer), Story(name="Ruta")))

    def say(state: str) -> Callable[[], None]:
        def work() -> None:
            step = anchors.Step.objects.get(key="quality-time")
            PathStep.say(row, step, Keyring.of(writer), state)

        return work

    at_once.run(*[say(state) for state in ("open", "aside", "open", "done")])
    assert at_once.do(lambda: PathStep.objects.of(row).count()) == 1
