"""Two people at the very same moment: both answers open, one wording stands, both names count."""

import uuid
from typing import Any

import pytest

from journal.spaces.models import Post
from journal.spaces.room import Room
from journal.together import agreements, question
from journal.together.models import Agreement, Signature
from journal.vault.keyring import Keyring

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pair(at_once: Any) -> tuple[list[Any], Any]:
    """Two people and their room, where threads can see them."""

    def begin() -> tuple[list[Any], Any]:
        from tests.rooms import a_room
        from trustrepair.accounts.models import User

        two = [User.objects.create_user(f"{n}@two.example", display_name=n) for n in ("Una", "Vic")]
        return two, a_room(*two).pk

    return at_once.do(begin)


def test_two_answers_at_one_moment_open_both(at_once: Any, pair: Any) -> None:
    two, space = pair
    asked = at_once.do(
        lambda: question.question_of_the_week(Room.of_person(two[0], space).space).pk
    )

    def write(person: Any) -> None:
        question.answer(Room.of_person(person, space), asked, "Soup.", 0, uuid.uuid4())

    at_once.run(*[(lambda one=one: write(one)) for one in two])
    opened = at_once.do(lambda: list(Post.unscoped.values_list("opened_at", flat=True)))
    assert len(opened) == 2
    assert all(opened)


def test_a_question_looked_at_by_both_is_asked_once(at_once: Any, pair: Any) -> None:
    two, space = pair

    def look(person: Any) -> Any:
        return question.question_of_the_week(Room.of_person(person, space).space).pk

    first, second = at_once.run(*[(lambda one=one: look(one)) for one in two])
    assert first == second


def test_two_names_at_one_moment_are_both_names(at_once: Any, pair: Any) -> None:
    two, space = pair
    room = lambda one: Room.of_person(one, space)  # noqa: E731  a word for this test
    promise = at_once.do(
        lambda: agreements.propose(room(two[0]), Agreement.PROMISE, "Post.", uuid.uuid4()).pk
    )
    at_once.run(*[(lambda one=one: agreements.sign(room(one), promise, 1)) for one in two])
    for one in two:
        copies = at_once.do(lambda one=one: copies_of(one))
        assert copies == ["Post."]


def copies_of(person: Any) -> list[str]:
    return [row.copy(Keyring.of(person))["text"] for row in Signature.objects.of(person)]


def test_of_two_wordings_at_one_moment_one_stands_and_the_other_hears(
    at_once: Any, pair: Any
) -> None:
    two, space = pair
    promise = at_once.do(
        lambda: (
            agreements.propose(
                Room.of_person(two[0], space), Agreement.PROMISE, "Post.", uuid.uuid4()
            ).pk
        )
    )

    def reword(person: Any) -> str:
        try:
            room = Room.of_person(person, space)
            agreements.reword(room, promise, "Letters.", 1, uuid.uuid4())
        except agreements.Reworded:
            return "hears"
        return "stands"

    said = at_once.run(*[(lambda one=one: reword(one)) for one in two])
    assert sorted(said) == ["hears", "stands"]
    assert at_once.do(lambda: Agreement.unscoped.get().version) == 2
