"""A talk in turns: where it stands, and which posts are its turns."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from journal.spaces.models import Membership, Post, Space
from journal.vault.guard import GuardedManager


class TalkManager(GuardedManager["Talk"]):
    def in_room(self, space: Space) -> models.QuerySet[Talk]:
        """Return the talks of a room that was fetched on a member's behalf, the latest first."""
        rows = self._rows().filter(space=space).select_related("first")
        return rows.order_by("-begun_at", "-id")

    def before(self, space: Space, row_id: uuid.UUID | None) -> models.QuerySet[Talk]:
        """Return what stands after one of these; from the latest on, where there is none such."""
        rows = self.in_room(space)
        last = rows.filter(pk=row_id).first() if row_id else None
        if last is None:
            return rows
        at = last.begun_at
        return rows.filter(Q(begun_at__lt=at) | Q(begun_at=at, pk__lt=last.pk))

    def hold(self, space: Space, row_id: uuid.UUID) -> Talk | None:
        """Return one talk of such a room, locked until the transaction ends."""
        held = self._rows().select_for_update(of=("self",)).select_related("first")
        return held.filter(space=space, pk=row_id).first()

    def is_taken(self, row_id: uuid.UUID) -> bool:
        """Whether an id is any talk's already; for the moment before one gets it."""
        return self._rows().filter(pk=row_id).exists()


class Talk(models.Model):
    """A talk between two: one speaks, the other says back what they heard, then roles turn.

    `first` speaks in round 1, the other partner in round 2. `stage` is what comes next: SAY and
    CHECK are the speaker's, HEAR the listener's. `version` counts turns: who takes one says which
    turn they have seen. The talk goes with the membership of whoever began it.
    """

    SAY, HEAR, CHECK, OVER = "say", "hear", "check", "over"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="+")
    first = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    one_device = models.BooleanField(default=False)
    stage = models.CharField(max_length=5, default=SAY)
    round = models.PositiveSmallIntegerField(default=1)
    version = models.PositiveIntegerField(default=1)
    begun_at = models.DateTimeField(default=timezone.now)
    kept_at = models.DateTimeField(null=True)

    objects = TalkManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["space", "-begun_at"], name="talks_of_a_room")]

    def __str__(self) -> str:
        return f"talk {self.pk}"

    @property
    def speaker(self) -> int:
        """Whose story this round is: 0 for who began, 1 for the other."""
        return self.round - 1

    @property
    def voice(self) -> int:
        """Whose turn it is: 0 for who began, 1 for the other."""
        return 1 - self.speaker if self.stage == self.HEAR else self.speaker

    def move(self, act: str) -> None:
        """Go on after a turn; the caller holds the row.

        "say" is heard next, "heard" is looked at by the speaker, "missing" is heard once more,
        "fits" turns the roles and ends the second round, "stop" ends it at any point.
        """
        stages = {"say": self.HEAR, "heard": self.CHECK, "missing": self.HEAR, "stop": self.OVER}
        if act == "fits":
            self.stage = self.SAY if self.round == 1 else self.OVER
            self.round = 2
        else:
            self.stage = stages[act]
        self.version += 1
        self.save(update_fields=["stage", "round", "version"])

    def keep(self) -> None:
        """Keep it in the room, now that both want it."""
        self.kept_at = self.kept_at or timezone.now()
        self.save(update_fields=["kept_at"])


class TurnManager(GuardedManager["Turn"]):
    def of(self, talk: Talk) -> models.QuerySet[Turn]:
        """Return the turns of a talk that was fetched on a member's behalf, in their order."""
        return self._rows().filter(talk=talk).select_related("post").order_by("number")

    def has_words(self, post_id: uuid.UUID) -> bool:
        """Whether a post is a turn already, of whatever talk."""
        return self._rows().filter(post=post_id).exists()


class Turn(models.Model):
    """One turn: whose, what it was, and the post with its words. A wish to keep has no words."""

    KEEP = "keep"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    talk = models.ForeignKey(Talk, on_delete=models.CASCADE, related_name="turns")
    post = models.OneToOneField(Post, null=True, on_delete=models.CASCADE)
    act = models.CharField(max_length=7)
    voice = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()

    objects = TurnManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(
                fields=["talk", "number"], condition=~Q(act="keep"), name="one_turn_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["talk", "voice"], condition=Q(act="keep"), name="one_wish_to_keep_each"
            ),
        ]

    def __str__(self) -> str:
        return f"turn {self.pk}"
