"""Words on their way in: read, checked and sealed, until the person says yes or a day is over."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from journal.vault.guard import GuardedManager, Person
from journal.vault.keyring import Keyring

IMPORTS_FOR = timedelta(days=1)


class ImportBatchManager(GuardedManager["ImportBatch"]):
    def of(self, person: Person) -> models.QuerySet[ImportBatch]:
        """Return what this person is bringing in, the latest first."""
        return self._rows().filter(author=person).order_by("-created_at", "-id")

    def outlived(self, now: datetime) -> models.QuerySet[ImportBatch]:
        """Return what anybody has left lying for a day, for the daily clearing."""
        return self._rows().filter(created_at__lt=now - IMPORTS_FOR)


class ImportBatch(models.Model):
    """One file that somebody brings in.

    `sealed_report` says what was found in it, and what became of it so far. `ready_at` is set when
    the whole file has been read; what was cut short before counts for nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    created_at = models.DateTimeField(default=timezone.now)
    ready_at = models.DateTimeField(null=True)
    sealed_report = models.BinaryField(editable=False)

    objects = ImportBatchManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"

    def __str__(self) -> str:
        return f"import {self.pk}"

    def report(self, keyring: Keyring) -> dict[str, Any]:
        """Open what was found in the file."""
        return dict(keyring.open(self, "report"))


class ImportPieceManager(GuardedManager["ImportPiece"]):
    def of(self, batch: ImportBatch) -> models.QuerySet[ImportPiece]:
        """Return the pieces of a file that was fetched on its owner's behalf, in order."""
        return self._rows().filter(batch=batch).order_by("number")

    def seal_in(self, batch: ImportBatch, number: int, keyring: Keyring, items: list[Any]) -> None:
        """Keep the next piece of a file."""
        piece = self.model(batch=batch, number=number)
        piece.sealed_items = keyring.seal(piece, "items", items)
        piece.save(force_insert=True)


class ImportPiece(models.Model):
    """Some pages of a file on its way in; deleted in the transaction that brings them in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE)
    number = models.PositiveIntegerField()
    sealed_items = models.BinaryField(editable=False)

    objects = ImportPieceManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="one_place_in_an_import")
        ]

    def __str__(self) -> str:
        return f"piece {self.number} of import {self.batch_id}"

    def items(self, keyring: Keyring) -> list[Any]:
        """Open the pages of this piece."""
        return list(keyring.open(self, "items"))
