"""Two made-up people at work together: what Ana shows Cleo, and what they gave each other."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from journal.coaching import consent
from journal.coaching.models import (
    ACTIVE,
    ASSIGNMENT,
    CARD_OF,
    DIALS,
    ITEMS,
    KEPT,
    PATH,
    PROFILE,
    ClientFile,
    CoachNote,
    CoachProfile,
    Showing,
    monday_of,
)
from journal.relationships.models import Relationship
from journal.spaces import inviting, tokens
from journal.spaces.models import Invitation, Membership, Post, Space
from journal.spaces.room import Room
from journal.vault.keyring import Keyring
from steps import catalogue
from trustrepair.accounts.models import User

FILE = Path(__file__).resolve().parent / "demo" / "coaching.toml"


@transaction.atomic
def coach(ana: User, cleo: User) -> None:
    """Give the two a room with everything that the file tells."""
    told = tomllib.loads(FILE.read_text("utf-8"))
    profile = {"name": told["called"], **told["profile"]}
    CoachProfile.keep(cleo, Keyring.of(cleo), profile)
    asked = inviting.Asked(ana.display_name)
    space = inviting.open_room(ana, Space.COACHING, asked, Membership.CLIENT)
    invitation = Invitation.objects.sent_by(ana).filter(space=space).get()
    inviting.come_in(cleo, tokens.link_of(invitation, Keyring.of(ana)), told["called"])
    anas, cleos = (Room.of_person(person, space.pk) for person in (ana, cleo))
    consent.give(anas, ITEMS, Relationship.objects.owned_by(ana).first())
    shown = Showing.objects.by(ana).filter(space=space)
    shown.update(given_at=timezone.now() - timedelta(days=told["shown_for"]))
    consent.remember(ana)
    cleos.write(PROFILE, profile)
    publish(anas, told)
    last: Post | None = None
    for one in told["said"]:
        room = anas if one["by"] == "ana" else cleos
        about = last if one["kind"] == Post.REPLY else None
        last = room.write(one["kind"], {"text": one["text"]}, parent=about)
        back_to(last, one["days"])
    suggest(cleos, told["suggested"])
    session = (timezone.localdate() + timedelta(days=4)).isoformat()
    keyring = Keyring.of(cleo)
    file = ClientFile.write(cleo, keyring, space.pk, called="Ana", next_session=session)
    note = CoachNote(file=file)
    note.sealed_body = keyring.seal(note, "body", told["note"])
    note.save(force_insert=True)


def publish(room: Room, told: dict[str, Any]) -> None:
    """Write down the cards that Ana's doings made."""
    guide = catalogue.get()
    for one in told["dials"]:
        card(room, DIALS, {"numbers": one["numbers"]}, one["days"])
    numbers = {key: at for at, key in enumerate(guide.steps, start=1)}
    for one in told["path"]:
        said = {"step": one["step"], "state": one["state"]}
        card(room, PATH, said, one["days"], numbers[one["step"]])
    for one in told["kept"]:
        title = guide.exercises[one["exercise"]].title
        card(room, KEPT, {"exercise": one["exercise"], "title": title}, one["days"])
    week = monday_of(timezone.localdate())
    room.write(CARD_OF[ACTIVE], {"week": week.isoformat()}, number=1, day=week)


def card(room: Room, item: str, body: dict[str, Any], days: int, number: int | None = None) -> None:
    """Write a card of so many days ago."""
    day = timezone.localdate() - timedelta(days=days)
    post = room.write(CARD_OF[item], body | {"day": day.isoformat()}, number=number, day=day)
    back_to(post, days)


def back_to(post: Post, days: int) -> None:
    """Let a post be so many days old."""
    at = timezone.now() - timedelta(days=days)
    mine = Post.objects.written_by(post.author_id).filter(pk=post.pk)
    mine.update(created_at=at, updated_at=at, opened_at=at)


def suggest(room: Room, one: dict[str, Any]) -> None:
    """Suggest an exercise of the guide."""
    exercise = catalogue.get().exercises[one["exercise"]]
    body = {
        "title": exercise.title, "exercise": exercise.key, "questions": [], "note": one["note"],
        "text": one["note"], "minutes": exercise.minutes,
    }  # fmt: skip
    day = timezone.localdate() + timedelta(days=one["within"])
    back_to(room.write(ASSIGNMENT, body, day=day), 2)
