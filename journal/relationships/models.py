"""A relationship being mended, the steps walked in it, and a guest's first answers."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from journal.relationships.story import Story
from journal.vault.guard import GuardedManager, Person
from journal.vault.keyring import Keyring
from steps.models import Step
from steps.prepared import Prepared

GUEST_HOURS = 24


class RelationshipManager(GuardedManager["Relationship"]):
    def owned_by(self, person: Person) -> models.QuerySet[Relationship]:
        """Return this person's relationships, the one last chosen first."""
        return self._rows().filter(owner=person).order_by("-chosen_at", "id")

    def all_of(self, person: Person) -> list[Relationship]:
        """Return the rows of `owned_by`, by the way that costs least."""
        return OWNED.all(person.pk)


class Relationship(models.Model):
    """One person's private record of what they are mending."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    created_at = models.DateTimeField(default=timezone.now)
    chosen_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)
    sealed_story = models.BinaryField(editable=False)

    objects = RelationshipManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["owner", "-chosen_at"], name="relationships_of_a_person")]

    def __str__(self) -> str:
        return f"relationship {self.pk}"

    @classmethod
    def begin(cls, person: Person, keyring: Keyring, story: Story) -> Relationship:
        """Start a relationship for this person; it becomes the chosen one."""
        row = cls(owner=person)
        row.sealed_story = keyring.seal(row, "story", story.to_seal())
        row.save(force_insert=True)
        return row

    def read(self, keyring: Keyring) -> Story:
        """Open the story; raises CannotOpen for a keyring that is not the owner's."""
        return Story.from_sealed(keyring.open(self, "story"))

    def rewrite(self, keyring: Keyring, **values: Any) -> Story:
        """Change values of the story; two changes at once both count."""
        with transaction.atomic():
            row = type(self).unscoped.select_for_update().get(pk=self.pk)
            story = row.read(keyring).changed(**values)
            self.sealed_story = keyring.seal(self, "story", story.to_seal())
            self.version = row.version + 1
            self.save(update_fields=["sealed_story", "version"])
        return story

    def choose(self) -> None:
        """Make this the relationship that Today and the path speak of."""
        self.chosen_at = timezone.now()
        self.save(update_fields=["chosen_at"])

    def let_go(self, with_pages: bool) -> None:
        """Delete the record and its path; its pages go too, or stay without it."""
        with transaction.atomic():
            # Held from here on, so that a page saved at this moment is either seen or sees this.
            type(self).unscoped.select_for_update().filter(pk=self.pk).first()
            pages = type(self).entry_set.rel.related_model.unscoped.filter(relationship=self)  # type: ignore[attr-defined]
            if with_pages:
                pages.delete()
            else:
                pages.update(relationship=None, marble=None)
            self.delete()


OWNED = Prepared(lambda owner: Relationship.objects.owned_by(owner), Relationship.owner.field)


class PathStepManager(GuardedManager["PathStep"]):
    def of(self, relationship: Relationship) -> models.QuerySet[PathStep]:
        """Return the steps walked in a relationship that was fetched on its owner's behalf."""
        return self._rows().filter(relationship=relationship).select_related("step")

    def walked_in(self, relationship: Relationship) -> list[PathStep]:
        """Return the rows of `of`, by the way that costs least."""
        return WALKED.all(relationship.pk)


class PathStep(models.Model):
    """What a person said of one step: open, enough for now, or set aside."""

    OPEN, ENOUGH, ASIDE = "open", "done", "aside"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    relationship = models.ForeignKey(Relationship, on_delete=models.CASCADE)
    step = models.ForeignKey(Step, on_delete=models.PROTECT)
    changed_at = models.DateTimeField(default=timezone.now)
    sealed_state = models.BinaryField(editable=False)

    objects = PathStepManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(
                fields=["relationship", "step"], name="one_word_per_step_and_relationship"
            )
        ]

    def __str__(self) -> str:
        return f"step {self.step_id} of relationship {self.relationship_id}"

    @classmethod
    def say(cls, relationship: Relationship, step: Step, keyring: Keyring, state: str) -> PathStep:
        """Keep what the person says of a step; opening a finished step begins its next round."""
        with transaction.atomic():
            # Two pages that speak of a step for the first time at one moment: one after the other.
            Relationship.unscoped.select_for_update().get(pk=relationship.pk)
            known = cls.unscoped.filter(relationship=relationship, step=step).first()
            said: dict[str, Any] = known.read(keyring) if known else {"state": "", "round": 0}
            again = state == cls.OPEN and said["state"] == cls.ENOUGH
            row = known or cls(relationship=relationship, step=step)
            row.sealed_state = keyring.seal(
                row, "state", {"state": state, "round": max(1, said["round"] + again)}
            )
            row.changed_at = timezone.now()
            row.save()
        return row

    def read(self, keyring: Keyring) -> dict[str, Any]:
        """Return {"state": …, "round": 1, 2, …}."""
        return dict(keyring.open(self, "state"))


WALKED = Prepared(lambda row: PathStep.objects.of(row), PathStep.relationship.field)


class GuestManager(GuardedManager["Guest"]):
    def with_id(self, row_id: uuid.UUID) -> models.QuerySet[Guest]:
        """Return the row a cookie names, unless its day is over. Its key opens it, or nothing."""
        return self._rows().filter(id=row_id, expires_at__gt=timezone.now())

    def claimed(self, row_id: uuid.UUID) -> models.QuerySet[Guest]:
        """Return the row of somebody who just opened it, be its day over this very moment."""
        return self._rows().filter(id=row_id)

    def expired(self) -> models.QuerySet[Guest]:
        """Return the rows whose day is over."""
        return self._rows().filter(expires_at__lte=timezone.now())


def a_day_from_now() -> datetime:
    """Return the moment a guest's answers end."""
    return timezone.now() + timedelta(hours=GUEST_HOURS)


class Guest(models.Model):
    """First answers of somebody without an account, sealed under a key in their cookie alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    expires_at = models.DateTimeField(default=a_day_from_now, db_index=True)
    sealed_answers = models.BinaryField(editable=False)

    objects = GuestManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"

    def __str__(self) -> str:
        return f"guest {self.pk}"
