"""This week's question: answered apart, sealed until both have written.

The guide asks, one question for each ISO week of a room, and none a second time until all have been
asked. An answer is a post that only its author sees; the second one opens both. Nobody is told
whether the other has answered: leaving a week out looks the same as not having come to it yet.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from hashlib import blake2b
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from journal.spaces.models import Membership, Post, Space
from journal.spaces.room import Room
from journal.together import seen
from journal.together.models import Answer, Bookmark, Question
from steps import catalogue
from steps.models import Prompt

ANSWER = "answer"
SHELF = "together"
WEEKS = 10
# Begun on Sunday evening, wherever that is latest, an answer still counts.
LATE = timedelta(days=1)


class Opened(Exception):
    """Both have answered meanwhile: there is nothing left to withdraw or to reword unseen."""


class Over(Exception):
    """The week is over: whoever wrote in it must not find their answer opened much later."""


class Changed(Exception):
    """The answer was changed elsewhere since this page was opened; `now` is what is kept."""

    def __init__(self, now: str, version: int) -> None:
        super().__init__()
        self.now, self.version = now, version


def this_monday() -> date:
    """Return the Monday of this ISO week, by the world's clock: both have the same question."""
    today = timezone.now().astimezone(UTC).date()
    return today - timedelta(days=today.weekday())


def is_over(question: Question) -> bool:
    """Whether a question takes no first answer any more."""
    begun = datetime.combine(question.monday, datetime.min.time(), UTC)
    return timezone.now() >= begun + timedelta(days=7) + LATE


def question_of_the_week(space: Space) -> Question:
    """Return what this room is asked this week; the first to look lets the guide choose."""
    monday = this_monday()
    known = seen.asked(space, monday)
    if known is not None:
        return known
    key = next_key(space, Question.objects.asked_in(space))
    return Question.objects.ask(space, monday, Prompt.objects.get(key=key))


def next_key(space: Space, asked: list[str]) -> str:
    """Return what comes next in a room: what it was never asked, then what is longest ago.

    Light questions come before deep ones; within that each room has an order of its own.
    """
    seed = blake2b(space.pk.bytes).digest()
    ago = {key: place for place, key in enumerate(asked)}

    def turn(prompt: catalogue.Prompt) -> tuple[int, int, bytes]:
        lot = blake2b(prompt.key.encode(), key=seed, digest_size=8).digest()
        return ago.get(prompt.key, -1), prompt.depth, lot

    return min(catalogue.prompts_for(SHELF), key=turn).key


def asked(question: Question) -> str:
    """Return the question in the guide's words."""
    key = question.prompt.key
    found = next((one for one in catalogue.prompts_for(SHELF) if one.key == key), None)
    return found.text if found else "This question has left the guide. Write what you like."


@dataclass
class Asked:
    """The week's question as one member finds it."""

    room: Room
    question: Question
    mark: Bookmark
    posts: list[Post]

    @property
    def text(self) -> str:
        """The question."""
        return asked(self.question)

    @cached_property
    def passed(self) -> bool:
        """Whether this person leaves the week out."""
        said = self.mark.read(self.room.keyring).get("passed")
        return said == self.question.monday.isoformat()

    @cached_property
    def mine(self) -> Post | None:
        """This person's answer."""
        return next((row for row in self.posts if row.author_id == self.room.person.pk), None)

    @property
    def open(self) -> bool:
        """Whether both have answered."""
        return any(row.opened_at for row in self.posts)

    @cached_property
    def answers(self) -> list[dict[str, Any]]:
        """The answers, once they are open."""
        if not self.open:
            return []
        return said(self.room, [row for row in self.posts if row.opened_at])

    @cached_property
    def others(self) -> list[dict[str, str]]:
        """Who else is asked."""
        partners = [row for row in self.room.others if row.role == Membership.PARTNER]
        names = [self.room.names[row.person_id] for row in partners]
        return [{"name": name, "initial": name[:1].upper()} for name in names]


def said(room: Room, posts: list[Post]) -> list[dict[str, Any]]:
    """Open answers and set them under their authors' names."""
    return [
        {
            "id": str(row.pk),
            "who": "You" if row.author_id == room.person.pk else room.names.get(row.author_id, ""),
            "initial": room.names.get(row.author_id, "?")[:1].upper(),
            "mine": row.author_id == room.person.pk,
            "asked": body["title"],
            "back": f"{room.url}posts/{row.pk}/take-back/",
            "text": body["text"],
        }
        for row, body in room.read(posts)
    ]


def answer(room: Room, question_id: uuid.UUID, text: str, base: int, post_id: uuid.UUID) -> None:
    """Keep a person's answer, sealed until the other's is there; with it, both open.

    Args:
        base: the version of their answer that the page changes; 0 for a first one.

    Raises:
        Http404: they are not in the room any more, or it has no such question.
        Opened: both have answered, so that a changed answer would be another than was read.
        Over: it was asked in a week that is over.
        Changed: another tab has kept another answer meanwhile.
    """
    with transaction.atomic():
        question = Question.objects.hold(room.space, question_id)
        if question is None or Membership.objects.hold(room.person, room.space.pk) is None:
            raise Http404
        known = Answer.objects.by(room.person, question)
        if known is not None:
            change(room, known.post, text, base)
            return
        if is_over(question):
            raise Over
        if any(row.post.opened_at for row in question.answers()):
            raise Opened  # one's own was taken back, and the other's has been read
        body = {"title": asked(question), "text": text}
        post = room.write(ANSWER, body, post_id=post_id, day=question.monday, hidden=True)
        Answer(question=question, person=room.person, post=post).save(force_insert=True)
        asked_too = {row.person_id for row in room.partners}
        wrote = {row.person_id for row in question.answers()}
        if len(asked_too) > 1 and asked_too <= wrote:
            question.open_answers()


def change(room: Room, post: Post, text: str, base: int) -> None:
    """Replace an answer that is not open yet; the caller holds its question."""
    room.admit([post])
    before = post.body(room.keyring)
    if before["text"] == text:
        return
    if post.opened_at is not None:
        raise Opened
    if post.version != base:
        raise Changed(before["text"], post.version)
    room.rewrite(post.pk, {**before, "text": text})


def withdraw(room: Room, question_id: uuid.UUID) -> None:
    """Take back an answer before it opens; without one there is nothing to do.

    Raises:
        Http404: they are not in the room any more, or it has no such question.
        Opened: both have answered meanwhile.
    """
    with transaction.atomic():
        question = Question.objects.hold(room.space, question_id)
        if question is None:
            raise Http404
        known = Answer.objects.by(room.person, question)
        if known is None:
            return
        if known.post.opened_at is not None:
            raise Opened
        known.post.take_back()


def earlier(room: Room, before: str) -> tuple[list[dict[str, Any]], str]:
    """Return ten weeks of answers, newest first, and the Monday to go on before ("" at the end)."""
    rows = room.posts.filter(kind=ANSWER, day__lt=this_monday())
    if day := monday_of(before):
        rows = rows.filter(day__lt=day)
    found = list(rows.order_by("-day", "created_at")[: WEEKS * 2 + 2])
    days = list(dict.fromkeys(row.day for row in found if row.day))[: WEEKS + 1]
    shown = [row for row in found if row.day in days[:WEEKS]]
    room.admit(shown)
    weeks = [
        {
            "week": week_words(day),
            "answers": said(room, [row for row in shown if row.day == day]),
            "open": any(row.opened_at for row in shown if row.day == day),
        }
        for day in days[:WEEKS]
    ]
    return weeks, days[WEEKS - 1].isoformat() if len(days) > WEEKS else ""


def week_words(monday: date) -> str:
    """Return a week as a heading says it."""
    return f"The week of {monday.day} {monday:%B %Y}"


def monday_of(text: str) -> date | None:
    """Return the day that an address names; nonsense is none."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        return None
