"""`manage.py demo`: made-up people with some weeks of life, on a folder of their own.

`make demo` calls it. Each part of the product adds its share to the files in accounts/demo/ and a
function here. There is a file for each person. `days` counts back from the day it is written, `at`
is the hour on that person's clock, and pages stand oldest first.
"""

import tomllib
import uuid
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from journal.entries.models import Entry, Revision
from journal.entries.questions import asked
from journal.entries.writing import Draft, keep
from journal.relationships.models import PathStep, Relationship
from journal.relationships.story import Story
from journal.spaces.models import Membership
from journal.vault.keyring import Keyring
from steps import catalogue
from steps import models as anchors
from steps.reminders.models import Delivery, Reminder, ReminderSettings
from trustrepair.accounts.demo_coaching import coach
from trustrepair.accounts.demo_room import share
from trustrepair.accounts.models import User

CAST = ("ana", "ben", "pia", "eve", "cleo", "carl", "stan", "root")
FOLDER = Path(__file__).resolve().parents[2] / "demo"
PASSWORD = "a long enough sentence"  # noqa: S105  made-up people, on their own machine
STORY = ("name", "kind", "part", "afraid", "happened", "causes", "state")


class Command(BaseCommand):
    help = "Write down the made-up people of the demo, and print who can sign in how."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make whoever is missing; refuse on a folder or a database that is not the demo's."""
        lives = everybody()
        cast = [address(life) for life in lives]
        if settings.VAR_DIR.name != "demo" or settings.DATABASE_URL:
            raise CommandError("The demo keeps to a folder of its own: start it with `make demo`.")
        # Whoever tried the first run in the demo is here as well; without its cast it is none.
        if User.objects.exists() and not User.objects.filter(email__in=cast).exists():
            raise CommandError("There are people here who are not the demo's; nothing was written.")
        for life in lives:
            if not User.objects.filter(email=address(life)).exists():
                live(life)
        meet()
        self.stdout.write(f"\nEverybody signs in with the password: {PASSWORD}\n")
        for life in lives:
            self.stdout.write(f"  {address(life):20} {life['name'].title()} {life['about']}")
        self.stdout.write("")


def everybody() -> list[dict[str, Any]]:
    """Return the lives of the cast, as their files tell them."""
    files = {name: (FOLDER / f"{name}.toml").read_text("utf-8") for name in CAST}
    return [{"name": name, **tomllib.loads(text)} for name, text in files.items()]


def address(life: dict[str, Any]) -> str:
    """Return the e-mail address of a made-up person."""
    return f"{life['name']}@example.org"


def meet() -> None:
    """Give Ana and Ben their room, and Ana and Cleo theirs, once."""
    people = (User.objects.get(email=f"{name}@example.org") for name in ("ana", "ben", "cleo"))
    ana, ben, cleo = people
    if not Membership.objects.of(ana).exists():
        share(ana, ben)
    if not Membership.objects.of(cleo).exists():
        coach(ana, cleo)


@transaction.atomic
def live(life: dict[str, Any]) -> User:
    """Make one person with everything that they wrote."""
    mending = life.get("mending", [])
    pages = [page for one in mending for page in one.get("pages", [])]
    person = User.objects.create_user(
        address(life), PASSWORD, display_name=life["name"].title(), time_zone=life["zone"],
        is_coach=life.get("coach", False), is_staff=life.get("host", False),
        is_superuser=life.get("host", False),
        date_joined=timezone.now() - timedelta(days=max((p["days"] for p in pages), default=50)),
    )  # fmt: skip
    # The last one begun is the one chosen, so the first of the file comes last.
    for one in reversed(mending):
        mend(person, one)
    remind(person, life.get("reminders", []))
    return person


def remind(person: User, schedules: list[dict[str, Any]]) -> None:
    """Set up the schedules of a person; one with `waits` has a note on Today already."""
    for one in schedules:
        at = time.fromisoformat(one["at"])
        said = {"kind": one["kind"], "days": one["days"], "channel": one["channel"]}
        reminder = Reminder.objects.begin(person, local_time=at, **said)
        if one.get("waits"):
            now = timezone.now()
            Delivery.objects.create(
                person=person, reminder=reminder, kind=reminder.kind, state=Delivery.IN_APP,
                card=True, due_at=now, free_at=now,
                local_date=timezone.localdate(timezone=person.zone),
            )  # fmt: skip
    if schedules:
        ReminderSettings.objects.of(person).answer_offer()


def mend(person: User, one: dict[str, Any]) -> None:
    """Write down one relationship of a person, its path and its pages."""
    keyring = Keyring.of(person)
    story = Story(**{name: one[name] for name in STORY if name in one})
    row = Relationship.begin(person, keyring, story)
    for step, state in one.get("steps", {}).items():
        PathStep.say(row, anchors.Step.objects.get(key=step), keyring, state)
    for page in one.get("pages", []):
        entry = keep(person, keyring, draft_of(page, row, story)).entry
        backdate(person, entry, when(page, person.zone))


def draft_of(page: dict[str, Any], row: Relationship, story: Story) -> Draft:
    """Return the draft that a page of the demo describes."""
    ids: dict[str, Any] = {
        "entry_id": uuid.uuid4(),
        "save_id": uuid.uuid4(),
        "base_version": 0,
    }
    if "thanks" in page:
        return Draft(
            **ids, kind=Entry.GRATITUDE, text=page["thanks"], relationship=row, marble=True
        )
    feelings = tuple(page.get("feelings", ()))
    if "exercise" not in page:
        text = page["text"].strip()
        return Draft(**ids, title=page["title"], text=text, feelings=feelings, relationship=row)
    exercise = catalogue.get().exercises[page["exercise"]]
    at_step = exercise.home_kind == "step"
    return Draft(
        **ids, kind=Entry.EXERCISE, title=exercise.title, answers=page["answers"],
        feelings=feelings, relationship=row,
        exercise=anchors.Exercise.objects.get(key=exercise.key),
        step=anchors.Step.objects.get(key=exercise.home) if at_step else None,
        questions=tuple(asked(exercise, story.part, story.kind)),
        about={"part": story.part, "kind": story.kind}, finished=page.get("finished", True),
    )  # fmt: skip


def when(page: dict[str, Any], zone: ZoneInfo) -> datetime:
    """Return the moment a page was written, on its writer's clock."""
    day = timezone.localdate(timezone=zone) - timedelta(days=page["days"])
    return datetime.combine(day, time.fromisoformat(page["at"]), zone)


def backdate(person: User, entry: Entry, moment: datetime) -> None:
    """Let an entry be as old as the demo says."""
    mine = Entry.objects.written_by(person).filter(pk=entry.pk)
    mine.update(created_at=moment, updated_at=moment)
    mine.filter(finished_at__isnull=False).update(finished_at=moment)
    Revision.objects.of(entry).update(created_at=moment)
