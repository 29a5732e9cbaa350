"""What a room keeps beside its posts: the week's questions, agreements, and where one has read to.

Words are posts, each under a key of its own; these rows only say how posts belong together. What is
one person's own in a room (a signed copy, the stitches, how far they have read) is sealed under
their own key, and stays with them or goes with their membership.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from journal.spaces.models import Membership, Post, Space
from journal.vault.guard import GuardedManager, Person
from journal.vault.keyring import Keyring
from steps.models import Prompt


class QuestionManager(GuardedManager["Question"]):
    def in_week(self, space: Any, monday: Any) -> models.QuerySet[Question]:
        """Return the one question of a week in a room that was fetched on a member's behalf."""
        return self._rows().filter(space=space, monday=monday).select_related("prompt")

    def one_in(self, space: Space, row_id: uuid.UUID) -> Question | None:
        """Return one question of such a room."""
        return self._rows().filter(space=space, pk=row_id).select_related("prompt").first()

    def asked_in(self, space: Space) -> list[str]:
        """Return the guide's keys of everything asked in such a room, the longest ago first."""
        rows = self._rows().filter(space=space).order_by("monday")
        return list(rows.values_list("prompt__key", flat=True))

    def ask(self, space: Space, monday: date, prompt: Prompt) -> Question:
        """Keep what is asked in a week; of two at one moment the first one counts."""
        try:
            with transaction.atomic():
                row = Question(space=space, monday=monday, prompt=prompt)
                row.save(force_insert=True)
                return row
        except IntegrityError:
            return self._rows().select_related("prompt").get(space=space, monday=monday)

    def hold(self, space: Space, row_id: uuid.UUID) -> Question | None:
        """Return a question of such a room, locked until the transaction ends."""
        held = self._rows().select_for_update(of=("self",)).select_related("prompt")
        return held.filter(space=space, pk=row_id).first()


class Question(models.Model):
    """The guide's question that a room is asked in one ISO week."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="questions")
    monday = models.DateField()
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT)

    objects = QuestionManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["space", "monday"], name="one_question_a_week"),
        ]

    def __str__(self) -> str:
        return f"question {self.pk}"

    def answers(self) -> models.QuerySet[Answer]:
        """Return all answers to it, for whoever holds it; their words are not opened here."""
        return Answer.unscoped.filter(question=self).select_related("post")

    def open_answers(self) -> None:
        """Let everybody in the room see all answers, at one moment."""
        waiting = Post.unscoped.filter(answer__question=self, opened_at__isnull=True)
        waiting.update(opened_at=timezone.now())


class AnswerManager(GuardedManager["Answer"]):
    def by(self, person: Person, question: Question) -> Answer | None:
        """Return this person's own answer to a question."""
        mine = self._rows().filter(person=person, question=question)
        return mine.select_related("post").first()


class Answer(models.Model):
    """Whose post answers which question: one each. It goes with the post."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    question = models.ForeignKey(Question, on_delete=models.CASCADE)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    post = models.OneToOneField(Post, on_delete=models.CASCADE)

    objects = AnswerManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["question", "person"], name="one_answer_each"),
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"


class AgreementManager(GuardedManager["Agreement"]):
    def in_room(self, space: Space) -> models.QuerySet[Agreement]:
        """Return what goes on in a room that was fetched on a member's behalf, newest first."""
        return self._rows().filter(space=space, ended_at=None).order_by("-begun_at", "-id")

    def reaching(self, person: Person, space: Space) -> models.QuerySet[Agreement]:
        """Return what of it reaches somebody who keeps away: what they worded, or both signed."""
        signed = Signature.objects.of(person).order_by().values("agreement")
        return self.in_room(space).filter(Q(words__author=person) | Q(pk__in=signed))

    def one_in(self, space: Space, row_id: uuid.UUID) -> Agreement | None:
        """Return one promise of such a room, going on or ended."""
        return self._rows().filter(space=space, kind=Agreement.PROMISE, pk=row_id).first()

    def hold(self, space: Space, row_id: uuid.UUID) -> Agreement | None:
        """Return what is worded together in such a room, locked until the transaction ends."""
        return self._rows().select_for_update().filter(space=space, pk=row_id).first()


class Agreement(models.Model):
    """Something worded together by turns: each turn is a post by one of the two.

    A promise is signed by both on the very same wording; what is to happen when the jar is full is
    only worded. `words` is the post with the wording on the table, `version` counts wordings: who
    rewords or signs says which one they have seen. The first wording has the agreement's own id.
    It goes with the wording on the table, when its author leaves; signed copies stay.
    """

    PROMISE, FULL_JAR = "promise", "full-jar"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="agreements")
    kind = models.CharField(max_length=12, default=PROMISE)
    words = models.ForeignKey(Post, null=True, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField(default=1)
    begun_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    objects = AgreementManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(
                fields=["space"],
                condition=Q(kind="full-jar"),
                name="one_wish_for_the_full_jar",
            ),
        ]

    def __str__(self) -> str:
        return f"agreement {self.pk}"

    def reword(self, words: Post) -> None:
        """Put another wording on the table; the caller holds the row."""
        self.words = words
        self.version += 1
        self.save(update_fields=["words", "version"])

    def end(self) -> None:
        """End it, for both and without the other's leave; what each signed stays with each."""
        self.ended_at = self.ended_at or timezone.now()
        self.save(update_fields=["ended_at"])


class SignatureManager(GuardedManager["Signature"]):
    def of(self, person: Person) -> models.QuerySet[Signature]:
        """Return what this person and another both signed, the latest first."""
        mine = self._rows().filter(person=person, agreed_at__isnull=False)
        return mine.order_by("-agreed_at", "-id")

    def before(self, person: Person, row_id: uuid.UUID | None) -> models.QuerySet[Signature]:
        """Return what stands after one of these; from the latest on, where there is none such."""
        mine = self.of(person)
        last = mine.filter(pk=row_id).first() if row_id else None
        if last is None:
            return mine
        at = last.agreed_at
        return mine.filter(Q(agreed_at__lt=at) | Q(agreed_at=at, pk__lt=last.pk))

    def agreed(self, agreement: Any) -> models.QuerySet[Signature]:
        """Return the names under what holds of an agreement that was fetched so."""
        return self._rows().filter(agreement=agreement, agreed_at__isnull=False)

    def under(self, ids: Collection[Any]) -> models.QuerySet[Signature]:
        """Return who signed which wording of agreements that were fetched so, given their ids."""
        return self._rows().filter(agreement__pk__in=ids).order_by("signed_at", "id")

    def to(self, agreement: Agreement) -> models.QuerySet[Signature]:
        """Return who signed which wording of an agreement that was fetched so."""
        return self._rows().filter(agreement=agreement).order_by("signed_at", "id")

    def hold(self, person: Person, agreement: Agreement) -> Signature | None:
        """Return this person's signature on what holds between the two now, locked."""
        mine = self._rows().select_for_update().filter(person=person, agreement=agreement)
        return mine.filter(agreed_at__isnull=False).order_by("-version").first()

    def agree(self, agreement: Agreement) -> None:
        """Say that all have signed the wording on the table; the caller holds the agreement."""
        now = self._rows().filter(agreement=agreement, version=agreement.version)
        now.filter(agreed_at=None).update(agreed_at=timezone.now(), words=None)


class Signature(models.Model):
    """One person's name under one wording, with a copy of it that is theirs to keep.

    `sealed_copy` (text, who signed, how they are called) and `sealed_days` (a day to "kept" or
    "missed") are under the signer's own key: the copy outlives the room, and nobody else sees the
    days. Until both have signed it hangs on the post with the wording and goes with it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.ForeignKey(Agreement, null=True, on_delete=models.SET_NULL)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    version = models.PositiveIntegerField()
    words = models.ForeignKey(Post, null=True, on_delete=models.CASCADE, related_name="+")
    signed_at = models.DateTimeField(default=timezone.now)
    agreed_at = models.DateTimeField(null=True)
    sealed_copy = models.BinaryField(editable=False)
    sealed_days = models.BinaryField(editable=False, null=True)

    objects = SignatureManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "person", "version"], name="one_name_under_a_wording"
            ),
        ]

    def __str__(self) -> str:
        return f"signature {self.pk}"

    @classmethod
    def write(
        cls, agreement: Agreement, person: Person, keyring: Keyring, copy: dict[str, Any]
    ) -> None:
        """Put a person's name under the wording on the table; twice is once."""
        row = cls(agreement=agreement, person=person, version=agreement.version)
        if cls.unscoped.filter(
            agreement=agreement, person=person, version=agreement.version
        ).exists():
            return
        row.words = agreement.words
        row.sealed_copy = keyring.seal(row, "copy", copy)
        row.save(force_insert=True)

    def copy(self, keyring: Keyring) -> dict[str, Any]:
        """Open the signer's own copy."""
        return dict(keyring.open(self, "copy"))

    def days(self, keyring: Keyring) -> dict[str, str]:
        """Open how it went, day by day (ISO dates)."""
        return dict(keyring.open(self, "days") or {})

    def say(self, keyring: Keyring, day: date, said: str) -> None:
        """Keep how a day went, or that nothing is said of it (""); the caller holds the row.

        "" is kept too: it may take back what was said under an earlier wording.
        """
        days = {**self.days(keyring), day.isoformat(): said}
        self.sealed_days = keyring.seal(self, "days", days)
        self.save(update_fields=["sealed_days"])


class BookmarkManager(GuardedManager["Bookmark"]):
    def of(self, membership: Membership) -> Bookmark:
        """Return the mark of a person's own membership; a new one, not kept yet, if need be.

        A kept one has `newest`: when another last opened something in the room.
        """
        return self.by(membership).first() or Bookmark(membership=membership)

    def by(self, membership: Any) -> models.QuerySet[Bookmark]:
        """Return it as the only row there can be."""
        return self._with_newest(self._rows().filter(membership=membership))

    def in_rooms_of(self, person: Person, now: Any) -> models.QuerySet[Bookmark]:
        """Return this person's marks with `newest`; not of rooms they keep away from `now`."""
        rows = self._rows().filter(membership__person=person).select_related("membership")
        awake = Q(membership__paused_until=None) | Q(membership__paused_until__lte=now)
        here = Q(membership__stays_until=None) | Q(membership__stays_until__gt=now)
        return self._with_newest(rows.filter(awake, here))

    def _with_newest(self, rows: models.QuerySet[Bookmark]) -> models.QuerySet[Bookmark]:
        opened = Post.unscoped.filter(space=OuterRef("membership__space"), opened_at__isnull=False)
        of_others = opened.exclude(author=OuterRef("membership__person"))
        newest = of_others.order_by("-opened_at").values("opened_at")[:1]
        return rows.annotate(newest=Subquery(newest))


class Bookmark(models.Model):
    """How far one person has read in a room, for their own Today alone.

    `sealed_mark` holds "seen" (a time), "passed" (the Monday of a week whose question they leave
    out) and "names", under their own key: nobody can look up when somebody was here. It goes with
    the membership.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    membership = models.OneToOneField(Membership, on_delete=models.CASCADE)
    sealed_mark = models.BinaryField(editable=False)

    objects = BookmarkManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"

    def __str__(self) -> str:
        return f"bookmark {self.pk}"

    @classmethod
    def known(cls, membership: Membership, row_id: uuid.UUID, blob: bytes, newest: Any) -> Bookmark:
        """Return a kept mark from its columns."""
        row = cls(id=row_id, membership=membership, sealed_mark=blob)
        row._state.adding, row._state.db = False, membership._state.db
        row.newest = newest  # type: ignore[attr-defined]
        return row

    def read(self, keyring: Keyring) -> dict[str, str]:
        """Open the mark; one that is not kept yet says nothing."""
        return dict(keyring.open(self, "mark")) if self.sealed_mark else {}

    def put(self, keyring: Keyring, **values: str) -> None:
        """Change some of what it says; without a change nothing is written."""
        before = self.read(keyring)
        after = {**before, **values}
        if after == before:
            return
        self.sealed_mark = keyring.seal(self, "mark", after)
        try:
            with transaction.atomic():
                self.save()
        except IntegrityError:
            return  # another tab has made the first one at this moment

    def has_news(self, keyring: Keyring) -> bool:
        """Whether another has opened something since the person was last here."""
        return is_new(self.read(keyring), getattr(self, "newest", None))

    def seen(self, keyring: Keyring, names: str) -> None:
        """Say that the person has been here, where that is not known already."""
        if not self.sealed_mark or self.has_news(keyring):
            self.put(keyring, seen=timezone.now().isoformat(), names=names)


def is_new(mark: dict[str, str], newest: datetime | None) -> bool:
    """Whether an opened mark knows nothing yet of what was opened at `newest`."""
    seen = mark.get("seen")
    return newest is not None and (not seen or newest > datetime.fromisoformat(seen))


class PlanTimeManager(GuardedManager["PlanTime"]):
    def ahead_of(self, person: Person) -> models.QuerySet[PlanTime]:
        """Return when there is time together in the rooms this person is in now."""
        seen = Post.objects.visible_to(person).filter(kind=Post.PLAN).values("pk")
        return self._rows().filter(post__in=seen, at__gte=timezone.now()).order_by("at", "id")

    def put(self, post: Post, at: datetime) -> None:
        """Keep the instant of a plan, for whoever has just written it."""
        self._rows().update_or_create(post=post, defaults={"at": at})


class PlanTime(models.Model):
    """The instant of a plan, for calendars: they have no keys, and need no more than this."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    post = models.OneToOneField(Post, on_delete=models.CASCADE)
    at = models.DateTimeField()

    objects = PlanTimeManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"

    def __str__(self) -> str:
        return f"time of plan {self.post_id}"
