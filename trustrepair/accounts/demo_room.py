"""The room of two made-up people: some weeks of marbles, questions, promises and notes."""

import tomllib
import uuid
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from journal.entries.models import Entry
from journal.spaces import handing_over, inviting, tokens
from journal.spaces.models import Invitation, Membership, Post, Space
from journal.spaces.room import Room
from journal.together import agreements, jar, notes, plans, question
from journal.together.forms import KEPT, MISSED
from journal.together.models import Agreement, Bookmark, Question, Signature
from journal.vault.keyring import Keyring
from steps.models import Prompt
from trustrepair.accounts.models import User

FILE = Path(__file__).resolve().parent / "demo" / "room.toml"
DAYS = {"k": KEPT, "m": MISSED, "-": ""}


class Life:
    """The room as each of the two finds it, and the clock it is told by."""

    def __init__(self, people: dict[str, User]) -> None:
        one, other = people.values()
        self.people = people
        space = inviting.open_room(one, Space.COUPLE, inviting.Asked(one.display_name))
        invitation = Invitation.objects.sent_by(one).get()
        inviting.come_in(other, tokens.link_of(invitation, Keyring.of(one)), other.display_name)
        self.space_id = space.pk
        self.age(35)

    def age(self, days: int) -> None:
        """Let the room be so many days old."""
        begun = timezone.now() - timedelta(days=days)
        for person in self.people.values():
            mine = Membership.objects.of(person).filter(space=self.space_id)
            mine.update(joined_at=begun)

    def room(self, name: str) -> Room:
        """Return the room for one of the two."""
        return Room.of_person(self.people[name], self.space_id)

    def when(self, said: dict[str, Any]) -> datetime:
        """Return the moment something was written, on its writer's clock."""
        zone = self.people[said["by"]].zone
        day = timezone.localdate(timezone=zone) - timedelta(days=said["days"])
        return datetime.combine(day, time.fromisoformat(said["at"]), zone)

    def backdate(self, post: Post, said: dict[str, Any]) -> Post:
        """Let a post be as old as the demo says."""
        moment = self.when(said)
        mine = Post.objects.written_by(self.people[said["by"]]).filter(pk=post.pk)
        mine.update(created_at=moment, updated_at=moment, opened_at=moment)
        return post


@transaction.atomic
def share(ana: User, ben: User) -> None:
    """Give the two a room with everything that the file tells."""
    told = tomllib.loads(FILE.read_text("utf-8"))
    life = Life({"ana": ana, "ben": ben})
    for one in told["marbles"]:
        life.backdate(jar.drop(life.room(one["by"]), one["text"], uuid.uuid4()), one)
    for one in told["notes"]:
        write_note(life, one)
    for one in told["handed"]:
        hand_over(life, one)
    for one in told["weeks"]:
        answer_week(life, one)
    for one in told["promises"]:
        promise(life, one)
    plan(life, told["plan"])
    wish = told["wish"]
    agreements.propose(life.room(wish["by"]), Agreement.FULL_JAR, wish["text"], uuid.uuid4())
    # Ana was last there before Ben’s latest note, so her Today has its one line.
    room, seen = life.room("ana"), timezone.now() - timedelta(days=3)
    Bookmark.objects.of(room.me).put(room.keyring, seen=seen.isoformat(), names=room.other_names)


def write_note(life: Life, one: dict[str, Any]) -> None:
    """Leave a note with the replies to it."""
    body = {"title": "", "text": one["text"].strip()}
    post = life.backdate(life.room(one["by"]).write(Post.NOTE, body), one)
    reply(life, post, one)


def reply(life: Life, post: Post, one: dict[str, Any]) -> None:
    """Say to a post what the file says to it."""
    for said in one.get("replies", []):
        made = notes.reply(life.room(said["by"]), post, said["text"].strip(), uuid.uuid4())
        life.backdate(made, said)


def hand_over(life: Life, one: dict[str, Any]) -> None:
    """Hand a page of somebody's journal into the room, as it is, with what was said to it."""
    person, room = life.people[one["by"]], life.room(one["by"])
    keyring = Keyring.of(person)
    pages = Entry.objects.written_by(person).filter(exercise__key=one["exercise"])
    entry = pages.latest("created_at")
    title, parts = handing_over.as_copy(entry, keyring)
    text = "\n\n".join(part["words"] for part in parts)
    body = {"title": title, "parts": parts, "text": text}
    post = room.write(Post.COPY, body | handing_over.what_it_is(entry, keyring))
    handing_over.remember(person, keyring, entry, room, post)
    reply(life, life.backdate(post, one), one)


def plan(life: Life, one: dict[str, Any]) -> None:
    """Let one propose time together and the other say yes."""
    zone = life.people[one["by"]].time_zone
    day = timezone.localdate(timezone=life.people[one["by"]].zone) + timedelta(days=one["ahead"])
    when = plans.When(day, time.fromisoformat(one["at"]), zone)
    post = plans.propose(life.room(one["by"]), one["what"], when, one["phones"], uuid.uuid4())
    other = next(name for name in life.people if name != one["by"])
    room = life.room(other)
    plans.answer(room, plans.one(room, post.pk), plans.YES, post.version, uuid.uuid4())


def answer_week(life: Life, one: dict[str, Any]) -> None:
    """Ask the question of a week and write down who answered it."""
    space, monday = life.room("ana").space, question.this_monday()
    row = Question.objects.ask(space, monday, Prompt.objects.get(key=one["asked"]))
    for name in ("ana", "ben"):
        if name in one:
            question.answer(life.room(name), row.pk, one[name], 0, uuid.uuid4())
    # Answered in its week, which is over: nobody answers a week that is.
    row.monday = monday - timedelta(weeks=one["ago"])
    row.save(update_fields=["monday"])
    for name, person in life.people.items():
        said = {"by": name, "days": one["ago"] * 7 + 2, "at": "20:00"}
        mine = Post.objects.written_by(person).filter(kind=question.ANSWER, day=monday)
        for post in mine.filter(opened_at__isnull=False):
            life.backdate(post, said)
        mine.update(day=row.monday)


def promise(life: Life, one: dict[str, Any]) -> None:
    """Put a promise on the table; unless it is still open, both sign and note their days."""
    row = agreements.propose(life.room(one["by"]), Agreement.PROMISE, one["text"], uuid.uuid4())
    for name, person in life.people.items():
        if one.get("open"):
            continue
        room = life.room(name)
        agreements.sign(room, row.pk, row.version)
        Signature.objects.to(row).filter(person=person).update(signed_at=life.when(one))
    Signature.objects.to(row).update(agreed_at=None if one.get("open") else life.when(one))
    for name in () if one.get("open") else life.people:
        today = timezone.localdate(timezone=life.people[name].zone)
        for ago, letter in enumerate(reversed(one[name]), start=1):
            day = today - timedelta(days=ago)
            agreements.say(life.room(name), row.pk, day, DAYS[letter])
