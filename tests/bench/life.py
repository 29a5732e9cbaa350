"""The person whose pages are measured: a relationship, a walked path, and many pages."""

import uuid
from datetime import timedelta

from django.contrib.auth import login
from django.http import HttpRequest
from django.utils import timezone

from journal.entries.models import Entry
from journal.entries.writing import Draft, keep
from journal.relationships.models import PathStep, Relationship
from journal.relationships.story import Story
from journal.vault.keyring import Keyring
from steps import models as anchors
from tests.rooms import a_room, room_for
from tests.together.furnishing import everything, furnish
from trustrepair.accounts.models import User
from trustrepair.doors.sessions import SessionStore

TEXT = "I came home and it was gone, and nobody had thought of telling me before. " * 20


def write_down(pages: int) -> User:
    """Make the person with this many pages, the newest of today."""
    person = User.objects.create_user("bench@example.org", display_name="Bench")
    keyring = Keyring.of(person)
    causes = {"broken-promises": 3, "communication-gaps": 2}
    story = Story(name="Ruta", kind="family", part="hurt", afraid="no", causes=causes)
    row = Relationship.begin(person, keyring, story)
    for step in anchors.Step.objects.all()[:3]:
        PathStep.say(row, step, keyring, PathStep.ENOUGH)
    now = timezone.now()
    for number in range(pages):
        thanks = number % 3 == 0
        draft = Draft(
            uuid.uuid4(), uuid.uuid4(), 0, kind=Entry.GRATITUDE if thanks else Entry.FREE,
            title="" if thanks else f"Page {number}", text=TEXT, feelings=("sad",),
            relationship=row, marble=thanks,
        )  # fmt: skip
        entry = keep(person, keyring, draft).entry
        moment = now - timedelta(hours=6 * (pages - number))
        mine = Entry.objects.written_by(person).filter(pk=entry.pk)
        mine.update(created_at=moment, updated_at=moment)
    return person


def cookie_of(person: User) -> str:
    """Sign the person in and return the session cookie's value."""
    request = HttpRequest()
    request.session = SessionStore()
    login(request, person)
    request.session.save()
    cookie = request.session.cookie
    assert cookie is not None
    return cookie


def newest_page(person: User) -> uuid.UUID:
    """Return the id of the person's newest page."""
    newest = Entry.objects.written_by(person).filter(kind=Entry.FREE).newest().first()
    assert newest is not None
    return newest.pk


def full_room(person: User) -> uuid.UUID:
    """Give the person a room with one of everything, 500 notes and 300 marbles; return its id."""
    other = User.objects.create_user("beside@example.org", display_name="Ben")
    space = a_room(person, other)
    beside = {"ana": person, "ben": other}
    everything(lambda name: room_for(beside[name], space))
    furnish(lambda name: room_for(beside[name], space), 500, 300)
    return space.pk
