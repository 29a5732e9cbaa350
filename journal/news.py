"""One quiet line for Today: something new in a room, or from a coach. Never what or how much."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone

from journal.coaching.assignments import unanswered
from journal.entries import models as entries
from journal.relationships.models import Relationship
from journal.spaces.models import Membership
from journal.together.models import Bookmark, is_new
from journal.vault.guard import Person
from journal.vault.keyring import Keyring
from steps.prepared import Prepared

MARK = ("membership__space", "membership__role", "pk", "sealed_mark", "newest")
NO_MARK = (
    models.UUIDField, models.CharField, models.UUIDField, models.BinaryField, models.DateTimeField,
)  # fmt: skip


def _marks(person: Any, now: Any) -> Any:
    return Bookmark.objects.in_rooms_of(person, now).values_list(Value(""), *MARK)


def _begun_and_marks(person: Any, relationship: Any, now: Any) -> Any:
    begun = entries.EXERCISES.queryset(person, relationship)
    # PostgreSQL wants to know of which type nothing is.
    none = [Cast(Value(None), kind()) for kind in NO_MARK]
    return begun.values_list("exercise__key", *none).union(_marks(person, now), all=True)


def _with_coach(person: Any, now: Any, since: Any) -> Any:
    return _marks(person, now).union(_tasks(person, now, since), all=True)


def _all(person: Any, relationship: Any, now: Any, since: Any) -> Any:
    begun = entries.EXERCISES.queryset(person, relationship)
    none = [Cast(Value(None), kind()) for kind in NO_MARK]
    rest = (_marks(person, now), _tasks(person, now, since))
    return begun.values_list("exercise__key", *none).union(*rest, all=True)


def _tasks(person: Any, now: Any, since: Any) -> Any:
    no_mark = Cast(Value(None), models.BinaryField())
    tasks = unanswered(person, now, since).order_by()
    return tasks.values_list(Value(""), "space", Value(TASK), "pk", no_mark, "created_at")


PERSON, NOW = Membership.person.field, Membership.paused_until.field
MARKS = Prepared(_marks, PERSON, NOW)
BEGUN_AND_MARKS = Prepared(_begun_and_marks, PERSON, entries.Entry.relationship.field, NOW)
WITH_COACH = Prepared(_with_coach, PERSON, NOW, NOW)
ALL = Prepared(_all, PERSON, entries.Entry.relationship.field, NOW, NOW)
TASK = "task"  # in the place of a role
LONGEST = timedelta(days=60)  # what lay longer is not said on Today any more


@dataclass
class News:
    """Exercises begun in a relationship, rooms with something new in them, and a suggestion.

    New is what another opened since the person was last there. A room with a coach is `coached`,
    and has no names. The suggestion is the address of the newest that nothing was said of yet.
    """

    begun: set[str] = field(default_factory=set)
    rooms: list[dict[str, Any]] = field(default_factory=list)
    suggested: str = ""


def asked_of(person: Person, chosen: Relationship | None) -> list[tuple[Any, ...]]:
    """Ask for all of it in one query; of coaches only for whoever has one."""
    now = timezone.now()
    since = [now - LONGEST] if person.has_coach else []
    if chosen is None:
        return (WITH_COACH if since else MARKS).all(person.pk, now, *since)
    return (ALL if since else BEGUN_AND_MARKS).all(person.pk, chosen.pk, now, *since)


def news_for(person: Person, keyring: Keyring, chosen: Relationship | None) -> News:
    """Return what Today says of rooms and coaches, and what was begun; one query."""
    found, tasks = News(), []
    for key, space, role, mark_id, blob, newest in asked_of(person, chosen):
        if key:
            found.begun.add(key)
            continue
        if role == TASK:
            tasks.append((newest, reverse("coaching_assignment", args=[space, mark_id])))
            continue
        mark = keyring.open_value("journal.Bookmark", "mark", mark_id, blob)
        coached = role == Membership.CLIENT
        if is_new(mark, newest):
            url = reverse("coaching_room" if coached else "room", args=[space])
            found.rooms.append({"names": mark["names"], "url": url, "coached": coached})
    found.suggested = max(tasks)[1] if tasks else ""
    return found
