"""Entries and their revisions: sealed, private, versioned."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models, transaction
from django.utils import timezone

from journal.entries.segment_models import SearchSegment
from journal.relationships.models import Relationship
from journal.vault.guard import GuardedManager, Person
from journal.vault.keyring import Keyring
from steps.models import Exercise, Prompt, Step
from steps.prepared import Prepared

PAGE = 20
DIALLED = "daily-check-in"  # the guide's exercise with the four dials
FURTHER_OFF = "caring-third-person"  # the one that a note asks for every four months
UNSENT = "unsent-letter"  # the guide's exercise that ends in a letter
MONTH = "month-001"  # the guide's prompt for one sentence at the end of a month
BODIES = ("sealed_body", "sealed_questions")
# What a line of a list is made from.
LINE = ("relationship", "kind", "created_at", "finished_at", "sealed_head", "sealed_until")
# What search must open itself: never packed, or saved again since.
UNPACKED = models.Q(segment__isnull=True) | ~models.Q(packed=models.F("version"))


class EntryQuerySet(models.QuerySet["Entry"]):
    def heads(self) -> EntryQuerySet:
        """Leave the bodies in the database: lists show titles and first words only."""
        return self.defer(*BODIES)

    def in_lines(self) -> EntryQuerySet:
        """Leave all but a line of the list in the database: each column costs, times twenty."""
        return self.only(*LINE)

    def newest(self) -> EntryQuerySet:
        """Order newest first, in the order the index keeps."""
        return self.order_by("-created_at", "-id")

    def after(self, moment: datetime, row_id: uuid.UUID) -> EntryQuerySet:
        """Return what stands after a given row when the oldest come first."""
        later = models.Q(created_at__gt=moment) | models.Q(id__gt=row_id)
        return self.filter(later, created_at__gte=moment)

    def older_than(self, moment: datetime, row_id: uuid.UUID) -> EntryQuerySet:
        """Return what stands after a given row when newest come first."""
        return self.filter(
            models.Q(created_at__lt=moment) | models.Q(created_at=moment, id__lt=row_id)
        )

    def unfinished(self) -> EntryQuerySet:
        """Return exercises begun and not yet called finished; not letters that were closed."""
        return self.filter(kind=Entry.EXERCISE, finished_at__isnull=True).not_closed()

    def not_closed(self) -> EntryQuerySet:
        """Leave out letters that were closed and not opened since."""
        return self.filter(sealed_until__isnull=True)

    def letters(self) -> EntryQuerySet:
        """Return letters, those written as the guide's exercise among them."""
        return self.filter(models.Q(kind=Entry.LETTER) | models.Q(exercise__key=UNSENT))

    def checkins(self) -> EntryQuerySet:
        """Return check-ins: answers to the guide's exercise of that name."""
        return self.filter(exercise__key=DIALLED)

    def between(self, since: datetime, until: datetime) -> EntryQuerySet:
        """Return what was begun from one moment up to, and not at, another."""
        return self.filter(created_at__gte=since, created_at__lt=until)

    def months_sentences(self) -> EntryQuerySet:
        """Return the sentences that were asked for at the end of months."""
        return self.filter(prompt__key=MONTH)

    def unpacked(self) -> EntryQuerySet:
        """Return entries whose words, as they are now, no search segment holds."""
        return self.filter(UNPACKED)

    def unpack(self) -> None:
        """Destroy every search segment that holds words of these entries, old ones included.

        For whoever deletes them or puts them into the trash, in the same transaction and before.
        """
        # Segments are made and destroyed by one at a time: without the lock, one that is being
        # made at this moment would outlive the entry.
        lock_authors(self.order_by().values_list("author", flat=True))
        held = list(self.order_by().values_list("segment", flat=True).distinct())
        SearchSegment.objects.with_ids([pk for pk in held if pk]).delete()

    def take_back(self) -> None:
        """Take back every copy of these entries that was handed over, keys first.

        For whoever deletes them or puts them into the trash, in the same transaction and before.
        """
        self.model.copies.rel.related_model.objects.take_back_copies(self)  # type: ignore[attr-defined]

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete, and leave no copy of these words with search or in a room."""
        with transaction.atomic():
            self.take_back()
            self.unpack()
            return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]


def lock_authors(ids: Iterable[Any]) -> None:
    """Hold the making and destroying of these people's segments until the transaction ends."""
    people = get_user_model().objects.select_for_update(no_key=True).filter(pk__in=ids)
    list(people.order_by("pk").values_list("pk"))


class EntryManager(GuardedManager["Entry"]):
    def _rows(self) -> EntryQuerySet:
        return EntryQuerySet(self.model, using=self._db)

    def written_by(self, person: Person) -> EntryQuerySet:
        """Return this person's own entries, and nobody else's; what lies in the trash is away."""
        return self._rows().filter(author=person, trashed_at__isnull=True)

    def found(self, ids: models.QuerySet[Any, Any]) -> EntryQuerySet:
        """Return the entries whose ids a query on their writer's behalf finds."""
        return self._rows().filter(pk__in=ids)

    def newest_heads(
        self, person: Person, after: tuple[datetime, uuid.UUID] | None = None
    ) -> list[Entry]:
        """Return a page of this person's heads and one more, newest first.

        `after`: time and id of the entry behind which the page begins; without it, the newest.
        """
        return OLDER.all(person.pk, *after) if after else NEWEST.all(person.pk)

    def one_of(self, person: Person, row_id: uuid.UUID) -> Entry | None:
        """Return one entry of this person with relationship, exercise and step."""
        return ONE.first(person.pk, row_id)

    def hold(self, person: Person, row_id: uuid.UUID) -> Entry | None:
        """Return one entry of this person, locked until the transaction ends."""
        return HELD.first(person.pk, row_id)

    def exercises_in(self, relationship: Relationship) -> set[str]:
        """Return the keys of exercises begun in a relationship fetched on its owner's behalf."""
        return {key for (key,) in EXERCISES.all(relationship.owner_id, relationship.pk)}

    def in_trash_of(self, person: Person) -> EntryQuerySet:
        """Return what this person put into the trash, the latest first."""
        away = self._rows().filter(author=person, trashed_at__isnull=False)
        return away.order_by("-trashed_at", "-id")

    def past_trash(self, moment: datetime) -> EntryQuerySet:
        """Return what anybody put into the trash before a moment, for the daily clearing."""
        return self._rows().filter(trashed_at__lt=moment)

    def packable(self, before: datetime) -> EntryQuerySet:
        """Return what anybody wrote that search has not packed, for packing in the background.

        An entry saved again is left alone until it has rested since `before`.
        """
        rested = models.Q(segment__isnull=True) | models.Q(updated_at__lt=before)
        return self._rows().filter(UNPACKED, rested, trashed_at__isnull=True)

    def all_of(self, person: Person) -> EntryQuerySet:
        """Return everything this person wrote and did not delete, the trash included."""
        return self._rows().filter(author=person)

    def in_jar_of(self, relationship: Relationship) -> EntryQuerySet:
        """Return the marbles of a relationship that was fetched on its owner's behalf."""
        jar = self._rows().filter(author_id=relationship.owner_id, relationship=relationship)
        return jar.filter(marble__isnull=False, trashed_at__isnull=True)


class Entry(models.Model):
    """Anything somebody writes. Kind, times and guide keys are plain; every word is sealed.

    `sealed_head` holds title, first and last words and feelings; `sealed_body` text or answers;
    `sealed_questions` the wording of the questions answered, as it stood that day. `sealed_until`
    is there while a letter is closed, and holds the day on which its writer wants to open it.
    """

    FREE, EXERCISE, CHECKIN, GRATITUDE, LETTER = (
        "free",
        "exercise",
        "checkin",
        "gratitude",
        "letter",
    )
    KINDS = [
        (FREE, "A free page"), (EXERCISE, "An exercise"), (CHECKIN, "A check-in"),
        (GRATITUDE, "Something good"), (LETTER, "A letter"),
    ]  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    relationship = models.ForeignKey(Relationship, null=True, on_delete=models.SET_NULL)
    kind = models.CharField(max_length=12, choices=KINDS)
    exercise = models.ForeignKey(Exercise, null=True, on_delete=models.PROTECT)
    step = models.ForeignKey(Step, null=True, on_delete=models.PROTECT)
    prompt = models.ForeignKey(Prompt, null=True, on_delete=models.PROTECT)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    marble = models.PositiveIntegerField(null=True)
    trashed_at = models.DateTimeField(null=True)
    # Where search has packed this entry, and which version of it.
    segment = models.ForeignKey(SearchSegment, null=True, on_delete=models.SET_NULL)
    packed = models.PositiveIntegerField(default=0)
    sealed_head = models.BinaryField(editable=False)
    sealed_body = models.BinaryField(editable=False)
    sealed_questions = models.BinaryField(editable=False, null=True)
    sealed_until = models.BinaryField(editable=False, null=True)

    objects = EntryManager()
    unscoped = models.Manager.from_queryset(EntryQuerySet)()

    class Meta:
        base_manager_name = "unscoped"
        indexes = [
            models.Index(fields=["author", "-created_at", "-id"], name="entries_of_a_person"),
            models.Index(
                fields=["author", "-updated_at"],
                name="unfinished_exercises",
                condition=models.Q(kind="exercise", finished_at__isnull=True),
            ),
            models.Index(
                fields=["author", "exercise"],
                name="exercises_of_a_person",
                condition=models.Q(exercise__isnull=False),
            ),
            models.Index(
                fields=["author", "-created_at", "-id"],
                name="entries_not_yet_packed",
                condition=UNPACKED,
            ),
            models.Index(
                fields=["author", "-trashed_at", "-id"],
                name="trash_of_a_person",
                condition=models.Q(trashed_at__isnull=False),
            ),
            models.Index(
                fields=["author"],
                name="closed_letters",
                condition=models.Q(sealed_until__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["relationship", "marble"], name="one_marble_per_place_in_a_jar"
            )
        ]

    def __str__(self) -> str:
        return f"entry {self.pk}"

    def put_away(self) -> None:
        """Put it into the trash, and leave no copy of these words with search or in a room."""
        self.trashed_at = timezone.now()
        with transaction.atomic():
            mine = type(self).unscoped.filter(pk=self.pk)
            mine.take_back()
            mine.unpack()
            self.save(update_fields=["trashed_at"])

    def put_back(self) -> None:
        """Take it out of the trash."""
        self.trashed_at = None
        self.save(update_fields=["trashed_at"])

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete, and leave no copy of these words with search or in a room."""
        with transaction.atomic():
            mine = type(self).unscoped.filter(pk=self.pk)
            mine.take_back()
            mine.unpack()
            return super().delete(*args, **kwargs)

    @property
    def is_letter(self) -> bool:
        """Whether it can be closed until a day, and let go; asks for the exercise once."""
        return self.kind == self.LETTER or (
            self.exercise is not None and self.exercise.key == UNSENT
        )

    @property
    def closed(self) -> bool:
        """Whether it is a letter that its writer closed, and has not opened since."""
        return self.sealed_until is not None

    def close(self, keyring: Keyring, until: date) -> None:
        """Close a letter until a day; nothing shows its words before its writer opens it."""
        self.sealed_until = keyring.seal(self, "until", until.isoformat())
        self.save(update_fields=["sealed_until"])

    def unclose(self) -> None:
        """Open a closed letter."""
        self.sealed_until = None
        self.save(update_fields=["sealed_until"])

    def until(self, keyring: Keyring) -> date | None:
        """Return the day until which a letter is closed; None for everything else."""
        day = keyring.open(self, "until")
        return date.fromisoformat(day) if day else None

    def head(self, keyring: Keyring) -> dict[str, Any]:
        """Open title, first and last words, and feelings."""
        return dict(keyring.open(self, "head"))

    def body(self, keyring: Keyring) -> dict[str, Any]:
        """Open the text or the answers."""
        return dict(keyring.open(self, "body"))

    def questions(self, keyring: Keyring) -> list[dict[str, Any]]:
        """Open the wording of the questions this entry answered."""
        return list(keyring.open(self, "questions") or [])


def _exercises(person: Person, relationship: Relationship) -> Any:
    mine = Entry.objects.written_by(person).filter(relationship=relationship)
    return mine.filter(exercise__isnull=False).values_list("exercise__key").distinct()


AUTHOR, MOMENT, ID = Entry.author.field, Entry.created_at.field, Entry.id.field
NEWEST = Prepared(lambda a: Entry.objects.written_by(a).newest().in_lines()[: PAGE + 1], AUTHOR)
OLDER = Prepared(
    lambda a, *place: (
        Entry.objects.written_by(a).newest().in_lines().older_than(*place)[: PAGE + 1]
    ),
    AUTHOR, MOMENT, ID,
)  # fmt: skip
ONE = Prepared(
    lambda a, row_id: (
        Entry.objects.written_by(a)
        .filter(id=row_id)
        .select_related("relationship", "exercise", "step")
    ),
    AUTHOR, ID,
)  # fmt: skip
HELD = Prepared(
    lambda a, row_id: Entry.objects.written_by(a).filter(id=row_id).select_for_update(), AUTHOR, ID
)
EXERCISES = Prepared(_exercises, AUTHOR, Entry.relationship.field)


TRASH_FOR = timedelta(days=30)
RECEIPTS_FOR = timedelta(days=1)
HISTORY_FOR = timedelta(days=90)


class RevisionQuerySet(models.QuerySet["Revision"]):
    def with_words(self) -> RevisionQuerySet:
        """Leave out the autosaves of which only the receipt is left."""
        return self.filter(sealed_body__isnull=False)

    def same_five_minutes(self, revision: Revision) -> RevisionQuerySet:
        """Return the other autosaves of the five minutes, by the clock, in which this one fell."""
        moment = revision.created_at
        begun = moment.replace(minute=moment.minute // 5 * 5, second=0, microsecond=0)
        return self.filter(auto=True, created_at__gte=begun).exclude(pk=revision.pk)


class RevisionManager(GuardedManager["Revision"]):
    def _rows(self) -> RevisionQuerySet:
        return RevisionQuerySet(self.model, using=self._db)

    def of(self, entry: Entry) -> RevisionQuerySet:
        """Return the versions of an entry that was fetched on its writer's behalf, newest first."""
        return self._rows().filter(entry=entry).order_by("-version", "-created_at")

    def of_each(self, entries: Iterable[Entry]) -> RevisionQuerySet:
        """Return the versions of entries that were fetched on their writer's behalf."""
        return self._rows().filter(entry__in=[entry.pk for entry in entries])

    def answer_to(self, entry: Entry, save_id: uuid.UUID) -> Revision | None:
        """Return what a save of this id left behind, if it came before."""
        return ANSWER.first(entry.pk, save_id)

    def outlived(self, now: datetime) -> RevisionQuerySet:
        """Return versions past their ninety days, and receipts past their day."""
        receipts = models.Q(sealed_body__isnull=True, created_at__lt=now - RECEIPTS_FOR)
        return self._rows().filter(receipts | models.Q(created_at__lt=now - HISTORY_FOR))


class Revision(models.Model):
    """One saved version of an entry, or a text that lost a race and was kept beside it.

    Of autosaves (`auto`) one in five minutes keeps its words; the others stay for a day without
    them, so that a save sent twice gets the same answer.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE)
    version = models.PositiveIntegerField()
    save_id = models.UUIDField()
    beside = models.BooleanField(default=False)
    auto = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    sealed_body = models.BinaryField(editable=False, null=True)

    objects = RevisionManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["entry", "save_id"], name="one_answer_per_save"),
        ]
        indexes = [models.Index(fields=["entry", "-version"], name="versions_of_an_entry")]

    def __str__(self) -> str:
        return f"version {self.version} of entry {self.entry_id}"

    def body(self, keyring: Keyring) -> dict[str, Any]:
        """Open title, text or answers as they were saved."""
        return dict(keyring.open(self, "body"))


ANSWER = Prepared(
    lambda entry, save_id: Revision.objects.of(entry).filter(save_id=save_id),
    Revision.entry.field, Revision.save_id.field,
)  # fmt: skip
