"""A coach's Library: exercises of their own, and the versions that were assigned from it."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from journal.coaching.models import made_once
from journal.vault.guard import GuardedManager, Person
from journal.vault.keyring import Keyring


class OwnExerciseManager(GuardedManager["OwnExercise"]):
    def made_by(self, coach: Person) -> models.QuerySet[OwnExercise]:
        """Return this coach's own exercises, retired ones too, the latest first."""
        return self._rows().filter(coach=coach).order_by("-created_at", "-id")

    def is_taken(self, row_id: uuid.UUID) -> bool:
        """Whether an id is anybody's already; for the moment before an exercise gets it."""
        return self._rows().filter(pk=row_id).exists()


class OwnExercise(models.Model):
    """An exercise that a coach made; its words are in its versions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    coach = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    created_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True)

    objects = OwnExerciseManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["coach", "-created_at"], name="exercises_of_a_coach")]

    def __str__(self) -> str:
        return f"own exercise {self.pk}"

    @classmethod
    def hold_or_begin(cls, coach: Person, row_id: uuid.UUID) -> OwnExercise:
        """Return a coach's exercise, locked until the transaction ends; a new one is made.

        Args:
            row_id: the id that a form brought along; one that is somebody else's is not used.
        """

        def held() -> OwnExercise:
            known = cls.objects.made_by(coach).select_for_update().filter(pk=row_id).first()
            if known is not None:
                return known
            row = cls(id=uuid.uuid4() if cls.objects.is_taken(row_id) else row_id, coach=coach)
            row.save(force_insert=True)
            return row

        return made_once(held)


class OwnExerciseVersionManager(GuardedManager["OwnExerciseVersion"]):
    def made_by(self, coach: Person) -> models.QuerySet[OwnExerciseVersion]:
        """Return every version of this coach's exercises, the latest version first."""
        mine = self._rows().filter(exercise__coach=coach).select_related("exercise")
        return mine.order_by("-version", "-created_at")


class OwnExerciseVersion(models.Model):
    """One version of a coach's exercise, under the coach's own key; what was assigned keeps its."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    exercise = models.ForeignKey(OwnExercise, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    sealed_body = models.BinaryField(editable=False)

    objects = OwnExerciseVersionManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["exercise", "version"], name="versions_counted_up"),
        ]

    def __str__(self) -> str:
        return f"version {self.version} of own exercise {self.exercise_id}"

    def read(self, keyring: Keyring) -> dict[str, Any]:
        """Open the exercise: title, purpose, minutes, questions."""
        return dict(keyring.open(self, "body"))
