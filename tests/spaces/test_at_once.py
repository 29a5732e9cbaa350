"""Two things at one moment: answering, posting and leaving, a button pressed twice."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.http import Http404

from journal.entries.models import Entry
from journal.spaces import inviting, leaving
from journal.spaces.models import Membership, Post, Space
from journal.vault.keyring import Keyring
from journal.vault.models import DataKey
from tests.journal.conftest import at_once  # noqa: F401  a fixture
from tests.rooms import a_room, a_waiting_room, room_for

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 4


@pytest.fixture
def three(at_once: Any) -> list[Any]:  # noqa: F811
    """Three people on the real database."""

    def born() -> list[Any]:
        make = get_user_model().objects.create_user
        return [make(f"{name}@example.org", display_name=name) for name in ("A", "B", "C")]

    return at_once.do(born)


def coming_in(person: Any, token: str) -> Callable[[], bool]:
    def work() -> bool:
        try:
            inviting.come_in(person, token, person.display_name)
        except inviting.NotOpen:
            return False
        return True

    return work


def test_of_two_who_answer_at_once_one_comes_in(at_once: Any, three: list[Any]) -> None:  # noqa: F811
    a, b, c = three
    for _ in range(ROUNDS):
        space, token = at_once.do(lambda: a_waiting_room(a))
        answers = at_once.run(coming_in(b, token), coming_in(c, token))
        assert sorted(answers) == [False, True]
        inside = at_once.do(lambda space=space: Membership.objects.in_held(space).count())
        assert inside == 2


def test_whoever_answers_twice_at_once_is_in_once(at_once: Any, three: list[Any]) -> None:  # noqa: F811
    a, b, _ = three
    for _ in range(ROUNDS):
        _, token = at_once.do(lambda: a_waiting_room(a))
        assert sorted(at_once.run(*[coming_in(b, token)] * 2)) == [False, True]


def test_a_note_sent_while_leaving_comes_home_or_is_refused_and_never_stays_behind(
    at_once: Any,  # noqa: F811
    three: list[Any],
) -> None:
    a, b, _ = three
    for at in range(ROUNDS):
        space: Space = at_once.do(lambda: a_room(a, b))
        room = at_once.do(lambda space=space: room_for(a, space))
        text = f"Note number {at}."

        def post(room: Any = room, text: str = text) -> bool:
            try:
                room.write(Post.NOTE, {"text": text})
            except Http404:
                return False
            return True

        posted, _ = at_once.run(post, lambda space=space: leaving.leave(a, space.pk))

        def left(space: Space = space) -> tuple[int, int, str]:
            keyring = Keyring.of(a)
            mine = Entry.objects.written_by(a)
            home = "\n".join(row.body(keyring)["text"] for row in mine)
            posts = Post.objects.written_by(a).filter(space=space).count()
            return posts, DataKey.objects.filter(author=a, space__isnull=False).count(), home

        posts, keys, home = at_once.do(left)
        assert (posts, keys) == (0, 0)
        assert (text in home) == posted


def test_both_leaving_at_once_leave_nothing(at_once: Any, three: list[Any]) -> None:  # noqa: F811
    a, b, _ = three
    for _ in range(ROUNDS):
        space = at_once.do(lambda: a_room(a, b))
        at_once.run(*[
            lambda space=space, one=one: leaving.leave(one, space.pk) for one in (a, b)
        ])  # fmt: skip
        assert at_once.do(Space.unscoped.count) == 0
        assert not at_once.do(DataKey.objects.filter(space__isnull=False).exists)


def test_a_button_pressed_twice_at_once_is_one_post(at_once: Any, three: list[Any]) -> None:  # noqa: F811
    a, b, _ = three
    space = at_once.do(lambda: a_room(a, b))
    for at in range(ROUNDS):
        post_id = uuid.uuid4()

        def press(post_id: uuid.UUID = post_id, at: int = at) -> uuid.UUID:
            body = {"text": f"Once, {at}."}
            return room_for(a, space).write(Post.NOTE, body, post_id=post_id).pk

        assert set(at_once.run(*[press] * 3)) == {post_id}
    assert at_once.do(Post.unscoped.count) == ROUNDS
