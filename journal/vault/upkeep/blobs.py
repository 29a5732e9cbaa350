"""Every sealed blob of the database, and every key, for the commands alone.

A blob names its key, so nothing here asks whose row it is. Words are opened only to be sealed
again or to be counted; they never reach a page, a log or the terminal.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models

from .. import keks
from ..models import KeyWrap
from ..sealing import DataKeyMaterial, KeyMissing, VaultError

BATCH = 100
KEYS_AT_ONCE = 5_000

Blobs = dict[str, bytes]  # by column, the empty ones left out


@dataclass(frozen=True)
class SealedTable:
    """A model that holds sealed columns, asked past its guarded manager."""

    model: type[models.Model]
    columns: tuple[str, ...]

    @property
    def label(self) -> str:
        """The label that blobs of this model are bound to."""
        return self.model._meta.label

    def batches(self) -> Iterator[list[tuple[UUID, Blobs]]]:
        """Yield all rows in the order of their ids.

        Each batch is one query of its own, so no lock and no cursor is held in between.
        """
        after: UUID | None = None
        while True:
            rows = self.model._base_manager.order_by("pk")
            if after is not None:
                rows = rows.filter(pk__gt=after)
            batch = list(rows.values_list("pk", *self.columns)[:BATCH])
            if not batch:
                return
            yield [(row, self._filled(blobs)) for row, *blobs in batch]
            after = batch[-1][0]

    def read(self, row: UUID) -> Blobs:
        """Return the blobs of one row as they are now; none for a row that is gone."""
        found = self.model._base_manager.filter(pk=row).values_list(*self.columns).first()
        return self._filled(found) if found else {}

    def replace(self, row: UUID, old: Blobs, new: Blobs) -> bool:
        """Store `new` if the row still holds `old`; say whether it did."""
        return bool(self.model._base_manager.filter(pk=row, **old).update(**new))

    def _filled(self, blobs: Iterable[Any]) -> Blobs:
        pairs = zip(self.columns, blobs, strict=True)
        return {column: bytes(blob) for column, blob in pairs if blob}


def sealed_tables() -> list[SealedTable]:
    """Return every model of every app that has a `sealed_` column."""
    tables = []
    for model in apps.get_models():
        columns = tuple(
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, models.BinaryField) and field.name.startswith("sealed_")
        )
        if columns and not model._meta.proxy:
            tables.append(SealedTable(model, columns))
    return tables


class EveryKey:
    """Any data key by its id, whoever's it is."""

    def __init__(self) -> None:
        self._keys: dict[UUID, DataKeyMaterial] = {}

    def get(self, key_id: UUID) -> DataKeyMaterial:
        """Return a key.

        Raises:
            KeyMissing: there is no such key, or the key that locks it is not in JOURNAL_KEYS.
            CannotOpen: its wrap was changed.
        """
        if key_id not in self._keys:
            if len(self._keys) >= KEYS_AT_ONCE:
                self._keys.clear()
            self._keys[key_id] = DataKeyMaterial(key_id, secret_of(key_id))
        return self._keys[key_id]


def secret_of(key_id: UUID) -> bytes:
    """Return a data key's own bytes by whichever of its wraps opens; raises as `EveryKey.get`."""
    wraps = KeyWrap.objects.filter(data_key=key_id, method=KeyWrap.Method.KEK)
    fault: VaultError = KeyMissing(f"There is no key {key_id}.")
    for author, kek_id, wrapped in wraps.values_list("data_key__author_id", "kek_id", "wrapped"):
        try:
            return keks.unwrap(kek_id, wrapped, key_id, author)
        except VaultError as error:
            fault = error
    raise fault
