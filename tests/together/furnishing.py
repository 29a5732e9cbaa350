"""A room with one of everything, or with very much in it. `room` says who finds it: Ana or Ben."""

import uuid
from datetime import time, timedelta
from typing import Any

from django.utils import timezone

from journal.spaces.models import Post
from journal.together import agreements, listening, plans, question
from journal.together.jar import MARBLE
from journal.together.models import Agreement


def furnish(room: Any, posts: int, marbles: int) -> None:
    """Put so many notes and marbles into a room, by turns, with few inserts."""
    rows: dict[str, list[Post]] = {"ana": [], "ben": []}
    for at in range(posts + marbles):
        kind = Post.NOTE if at < posts else MARBLE
        row = Post(kind=kind, opened_at=timezone.now())
        row.number = at - posts + 1 if kind == MARBLE else None
        rows["ana" if at % 2 else "ben"].append(row)
    for name, made in rows.items():
        one = room(name)
        one.keyring.admit([row.pk for row in made])
        for row in made:
            row.space, row.author = one.space, one.person
            row.sealed_body = one.keyring.seal(row, "body", {"text": str(row.pk)}, space=row.pk)
        Post.unscoped.bulk_create(made)


def everything(room: Any) -> None:
    """Let there be one of all that a room can hold."""
    rooms = [room(name) for name in ("ana", "ben")]
    asked = question.question_of_the_week(rooms[0].space)
    promise = agreements.propose(rooms[0], Agreement.PROMISE, "Post.", uuid.uuid4())
    agreements.propose(rooms[1], Agreement.FULL_JAR, "Whitby.", uuid.uuid4())
    for one in rooms:
        question.answer(one, asked.pk, "Soup.", 0, uuid.uuid4())
        agreements.sign(one, promise.pk, 1)
    agreements.reword(rooms[1], promise.pk, "Letters.", 1, uuid.uuid4())
    note = rooms[1].write(Post.NOTE, {"title": "", "text": "Back at six."})
    rooms[0].write(Post.REPLY, {"title": "", "text": "Or seven."}, parent=note)
    day = timezone.localdate() + timedelta(days=3)
    plan = plans.propose(rooms[0], "A walk", plans.When(day, time(19), "UTC"), "", uuid.uuid4())
    plans.answer(rooms[1], plans.one(rooms[1], plan.pk), plans.YES, 1, uuid.uuid4())
    talk = listening.begin(rooms[0], False, uuid.uuid4())
    listening.take_turn(rooms[0], talk.pk, "say", "The stairs.", 1, uuid.uuid4())
