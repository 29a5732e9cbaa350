"""Each partner's yes to a coach in their room: to letting one in, and to letting them stay."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from journal.spaces.models import Invitation, Membership
from journal.vault.guard import GuardedManager, Person


class ConsentManager(GuardedManager["Consent"]):
    def to(self, invitation: Invitation) -> models.QuerySet[Consent]:
        """Return who has said yes to an invitation that was fetched on a member's behalf."""
        return self._rows().filter(invitation=invitation)

    def give(self, invitation: Invitation, person: Person) -> None:
        """Say yes on a partner's behalf; twice is once."""
        self._rows().get_or_create(invitation=invitation, person=person)

    def take_back(self, invitation: Invitation, person: Person) -> None:
        """Take a partner's yes back; without one there is nothing to do."""
        self._rows().filter(invitation=invitation, person=person).delete()


class Consent(models.Model):
    """One partner's yes to a coach who is invited into the couple's room."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="consents")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ConsentManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["invitation", "person"], name="one_yes_a_person"),
        ]

    def __str__(self) -> str:
        return f"consent {self.pk}"


class RenewalManager(GuardedManager["Renewal"]):
    def to(self, guest: Membership) -> models.QuerySet[Renewal]:
        """Return who said that a coach may stay longer, in a room fetched for a partner."""
        return self._rows().filter(guest=guest)

    def give(self, guest: Membership, person: Person) -> None:
        """Say on a partner's behalf that a coach may stay longer; twice is once."""
        self._rows().get_or_create(guest=guest, person=person)


class Renewal(models.Model):
    """One partner's yes to letting the coach in their room stay longer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    guest = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="renewals")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    created_at = models.DateTimeField(default=timezone.now)

    objects = RenewalManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["guest", "person"], name="one_renewal_a_person"),
        ]

    def __str__(self) -> str:
        return f"renewal {self.pk}"
