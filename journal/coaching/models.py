"""Coaching: what a client lets a coach see and until when, what the coach opened, and the coach's
own files.

A coaching room is a `Space` of its kind, and what client and coach give each other there are posts;
their kinds are below. A `Showing` is the permission for one thing: whoever has none, or one whose
time is over, finds nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from journal.entries.models import Entry
from journal.relationships.models import Relationship
from journal.spaces.models import Membership, Post, PostQuerySet, Space
from journal.vault.guard import GuardedManager, Person
from journal.vault.keyring import Keyring

SHOWN_FOR = timedelta(days=90)

# What a client can let a coach see. ROOM is the room itself, with the pages that are handed over
# one by one; without it a coach finds nothing of this client.
ROOM, PATH, DIALS, KEPT, ACTIVE = "room", "path", "dials", "kept", "active"
ITEMS = (ROOM, PATH, DIALS, KEPT, ACTIVE)

# Kinds of posts, and what their sealed bodies hold. Days are ISO text; `Post.day` has them plain.
#   card-path    step, state (PathStep's words), day; `number` is the step's place on the path
#   card-dials   numbers (by the dial's key), day
#   card-kept    exercise (key), title, day
#   card-active  week (its Monday); the only one, with `number` 1
#   request      text
#   assignment   title, exercise (key, or ""), questions (of a coach's own, as entries keep them),
#                note, minutes, purpose (of an own one), text (the note, to come home);
#                `Post.day`: when it is wished by
#   said         state: DONE or DECLINED; `parent` is the assignment
#   profile      CoachProfile.FIELDS
#   from-coach   title, text: what a coach had sent, the client's own once the work has ended
CARD_OF = {PATH: "card-path", DIALS: "card-dials", KEPT: "card-kept", ACTIVE: "card-active"}
CARDS = tuple(CARD_OF.values())
REQUEST, ASSIGNMENT, SAID, PROFILE = "request", "assignment", "said", "profile"
FROM_COACH = "from-coach"
DONE, DECLINED = "done", "declined"


Row = TypeVar("Row")


def made_once(make: Callable[[], Row]) -> Row:
    """Run what finds a row or makes it; where another request made it meanwhile, it is found."""
    try:
        with transaction.atomic():
            return make()
    except IntegrityError:
        with transaction.atomic():
            return make()


def ninety_days_on() -> datetime:
    """Return the moment up to which something is shown, unless the client says otherwise."""
    return timezone.now() + SHOWN_FOR


class ShowingQuerySet(models.QuerySet["Showing"]):
    def live(self, now: Any = None) -> ShowingQuerySet:
        """Leave out what has run out, and what a client showed in a room they have left.

        Args:
            now: the moment that counts; the present one without.
        """
        here = Q(space__memberships__person=F("client"))
        return self.filter(here, expires_at__gt=now or timezone.now())

    def of_rooms(self, day: date, now: Any = None) -> models.QuerySet[Showing, Any]:
        """Return each room that is shown, with the day of the latest card of each item shown there.

        One tuple of `SHOWN_ROOM` a room; no card is opened. An item's day is `NO_CARD` where it is
        shown and has none, and nothing where it is not shown.

        Args:
            day: on which the client's ledger may have a look at the list already.
            now: the moment that counts; the present one without.
        """
        mine = Post.objects.written_by(OuterRef("client")).filter(space=OuterRef("space"))
        ours = Showing.objects.by(OuterRef("client")).filter(space=OuterRef("space"))
        ours = ours.filter(expires_at__gt=now or timezone.now())
        rows = self.filter(item=ROOM).annotate(
            looked=Exists(Opening.objects.of_list(OuterRef("space"), day)),
            **{f"latest_{item}": _latest(item, mine, ours) for item in CARD_OF},
        )
        return rows.values_list(*SHOWN_ROOM)


def _latest(item: str, mine: PostQuerySet, shown: ShowingQuerySet) -> Case:
    cards = mine.filter(kind=CARD_OF[item]).order_by("-created_at").values("day")
    found = Coalesce(Subquery(cards[:1]), Value(NO_CARD), output_field=models.DateField())
    return Case(When(Exists(shown.filter(item=item)), then=found))


NO_CARD = date(1, 1, 1)
SHOWN_ROOM = (
    "space_id",
    "client_id",
    "given_at",
    "looked",
    *(f"latest_{item}" for item in CARD_OF),
)


class ShowingManager(GuardedManager["Showing"]):
    def _rows(self) -> ShowingQuerySet:
        return ShowingQuerySet(self.model, using=self._db)

    def by(self, client: Person) -> ShowingQuerySet:
        """Return all that this person shows to coaches, what has run out included."""
        return self._rows().filter(client=client)

    def to_coach(self, coach: Person, now: Any = None) -> ShowingQuerySet:
        """Return what clients show this coach now, in rooms both are in at this moment."""
        mine = Membership.objects.of(coach).filter(role=Membership.COACH).order_by()
        return self._rows().live(now).filter(space__in=mine.values("space"))

    def published(self, client: Person) -> ShowingQuerySet:
        """Return the items of this person that cards are published for, where a coach is there."""
        coached = self._rows().filter(space__memberships__role=Membership.COACH)
        live = self.by(client).live().filter(pk__in=coached.values("pk"))
        rooms = live.filter(item=ROOM).values("space")
        return live.filter(item__in=CARD_OF, space__in=rooms)

    def spent(self) -> models.QuerySet[Showing]:
        """Return what anybody showed and shows no more, for the daily clearing."""
        coached = self._rows().filter(space__memberships__role=Membership.COACH)
        return self._rows().exclude(pk__in=coached.live().values("pk"))


class Showing(models.Model):
    """One thing that a client lets the coach in one room see, until a moment.

    The row is the permission: narrowing and revoking delete it, and one whose time is over counts
    for nothing. `about` is the relationship that a path, dials or exercises are of.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="showings")
    client = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    item = models.CharField(max_length=12)
    about = models.ForeignKey(Relationship, null=True, on_delete=models.CASCADE)
    given_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=ninety_days_on)

    objects = ShowingManager()
    unscoped = models.Manager.from_queryset(ShowingQuerySet)()

    class Meta:
        base_manager_name = "unscoped"
        constraints = [models.UniqueConstraint(fields=["space", "item"], name="one_word_an_item")]

    def __str__(self) -> str:
        return f"showing {self.pk}"


class WithheldManager(GuardedManager["Withheld"]):
    def of(self, showing: Showing) -> models.QuerySet[Withheld]:
        """Return what its client took back of an item that was fetched on their behalf."""
        return self._rows().filter(showing=showing)


class Withheld(models.Model):
    """A page whose card the client took back by itself, so that it is not published again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    showing = models.ForeignKey(Showing, on_delete=models.CASCADE, related_name="withheld")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="withheld")

    objects = WithheldManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["showing", "entry"], name="withheld_once"),
        ]

    def __str__(self) -> str:
        return f"withheld {self.pk}"


class OpeningManager(GuardedManager["Opening"]):
    def seen_by(self, client: Person) -> models.QuerySet[Opening]:
        """Return what coaches have opened of this person's, the latest first."""
        return self._rows().filter(client=client).order_by("-at", "-id")

    def note(self, rows: Collection[Opening]) -> None:
        """Write openings down; what is written once a day stays once."""
        self._rows().bulk_create(rows, ignore_conflicts=True)

    def of_list(self, space: Any, day: date) -> models.QuerySet[Opening]:
        """Return the look at a list on a day, in a room that was fetched for its coach."""
        return self._rows().filter(space=space, what=Opening.LIST, day=day)


class Opening(models.Model):
    """A coach opened something of a client's. The client reads it; nothing deletes it.

    It goes only with the room or with the client's account.
    """

    LIST, PAGE, COPY, INBOX, SHEET = "list", "page", "copy", "inbox", "sheet"
    SHARED = "shared"  # a couple's room that a coach is in, as each partner reads it

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="openings")
    client = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    what = models.CharField(max_length=12)
    post = models.ForeignKey(Post, null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField(default=timezone.now)
    day = models.DateField()

    objects = OpeningManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["client", "-at"], name="openings_seen_by_a_client")]
        constraints = [
            # Lists of all clients are looked at all day long; the ledger says on which days.
            models.UniqueConstraint(
                fields=["space", "what", "day"],
                condition=Q(what__in=["list", "inbox"]),
                name="lists_once_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"opening {self.pk}"


class CoachProfileManager(GuardedManager["CoachProfile"]):
    def of(self, coach: Person) -> CoachProfile | None:
        """Return a coach's own profile, if they wrote one."""
        return self._rows().filter(person=coach).first()


class CoachProfile(models.Model):
    """How a coach introduces themselves; under their own key. Clients are handed a copy of it."""

    FIELDS = ("name", "qualifications", "languages", "way")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    updated_at = models.DateTimeField(default=timezone.now)
    sealed_profile = models.BinaryField(editable=False)

    objects = CoachProfileManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"

    def __str__(self) -> str:
        return f"profile {self.pk}"

    @classmethod
    def keep(cls, coach: Person, keyring: Keyring, said: dict[str, str]) -> CoachProfile:
        """Keep what a coach says of themselves."""

        def kept() -> CoachProfile:
            row = cls.objects.of(coach) or cls(person=coach)
            row.sealed_profile = keyring.seal(row, "profile", said)
            row.updated_at = timezone.now()
            row.save()
            return row

        return made_once(kept)

    def read(self, keyring: Keyring) -> dict[str, str]:
        """Open the profile: `FIELDS`, each a text."""
        return dict(keyring.open(self, "profile"))


class ClientFileManager(GuardedManager["ClientFile"]):
    def kept_by(self, coach: Person) -> models.QuerySet[ClientFile]:
        """Return all files of this coach, those of rooms that ended included."""
        return self._rows().filter(coach=coach).order_by("-created_at", "-id")

    def hold(self, coach: Person, space_id: uuid.UUID) -> ClientFile | None:
        """Return this coach's file for a room, locked until the transaction ends."""
        return self._rows().select_for_update().filter(coach=coach, space=space_id).first()


class ClientFile(models.Model):
    """A coach's own file on one client: how they call them, the next session; and their notes.

    Under the coach's own key and theirs alone. It outlives the room, so it has no foreign key
    to it; nothing that the client wrote is copied into it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    coach = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    space = models.UUIDField(editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    sealed_card = models.BinaryField(editable=False)

    objects = ClientFileManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["coach", "space"], name="one_file_a_client"),
        ]

    def __str__(self) -> str:
        return f"file {self.pk}"

    @classmethod
    def write(
        cls, coach: Person, keyring: Keyring, space_id: uuid.UUID, **values: Any
    ) -> ClientFile:
        """Change values of a coach's file for a room they are in; the first makes it.

        Args:
            values: of `called`, `next_session`, `last_session` (days as ISO text, or "").
        """

        def written() -> ClientFile:
            known = cls.objects.hold(coach, space_id)
            row = known or cls(coach=coach, space=space_id)
            card = {**(known.read(keyring) if known else {}), **values}
            row.sealed_card = keyring.seal(row, "card", card)
            row.updated_at = timezone.now()
            row.save()
            return row

        return made_once(written)

    def read(self, keyring: Keyring) -> dict[str, Any]:
        """Open the file's first page: `called`, `next_session`, `last_session` where said."""
        return dict(keyring.open(self, "card"))


class CoachNoteManager(GuardedManager["CoachNote"]):
    def kept_by(self, coach: Person) -> models.QuerySet[CoachNote]:
        """Return all notes of this coach, the latest first; whose they are is their file's."""
        mine = self._rows().filter(file__coach=coach).select_related("file")
        return mine.order_by("-created_at", "-id")

    def is_taken(self, row_id: uuid.UUID) -> bool:
        """Whether an id is anybody's already; for the moment before a note gets it."""
        return self._rows().filter(pk=row_id).exists()


class CoachNote(models.Model):
    """A coach's private note on a client, under the coach's own key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.ForeignKey(ClientFile, on_delete=models.CASCADE, related_name="notes")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    sealed_body = models.BinaryField(editable=False)

    objects = CoachNoteManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["file", "-created_at"], name="notes_of_a_file")]

    def __str__(self) -> str:
        return f"note {self.pk}"

    @classmethod
    def keep(
        cls, file: ClientFile, keyring: Keyring, text: str, row_id: uuid.UUID | None
    ) -> CoachNote:
        """Keep a note in a coach's file, which is held; the same words twice are one note.

        Args:
            row_id: the id that a form brought along; one that is taken is not used.
        """
        wanted = row_id or uuid.uuid4()
        known = cls.objects.kept_by(file.coach_id).filter(pk=wanted, file=file).first()
        if known is not None and known.read(keyring) == text:
            return known
        row = cls(id=uuid.uuid4() if cls.objects.is_taken(wanted) else wanted, file=file)
        row.sealed_body = keyring.seal(row, "body", text)
        row.save(force_insert=True)
        return row

    def read(self, keyring: Keyring) -> str:
        """Open the text."""
        return str(keyring.open(self, "body"))


class BegunManager(GuardedManager["Begun"]):
    def by(self, client: Person) -> models.QuerySet[Begun]:
        """Return which assignments this person has begun, with the page of each."""
        return self._rows().filter(entry__author=client).select_related("entry")


class Begun(models.Model):
    """A client's private record of the page on which they do an assignment."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    post = models.OneToOneField(Post, on_delete=models.CASCADE)
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="assignments")

    objects = BegunManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"

    def __str__(self) -> str:
        return f"begun {self.pk}"


def shown_cards(coach: Person, *items: str) -> PostQuerySet:
    """Return the cards that a coach may see at this moment, of all their clients.

    Only those whose item is shown now, in a room that is shown now. Narrow it by `space`.

    Args:
        items: of PATH, DIALS, KEPT, ACTIVE; all without.
    """
    live = Showing.objects.to_coach(coach)
    rooms = live.filter(item=ROOM).values("space")
    allowed = Q(pk__in=())
    for item in items or CARD_OF:
        shown = live.filter(item=item, space__in=rooms).values("space")
        allowed |= Q(kind=CARD_OF[item], space__in=shown)
    return Post.objects.visible_to(coach).filter(allowed)


def monday_of(day: date) -> date:
    """Return the first day of a week."""
    return day - timedelta(days=day.weekday())
