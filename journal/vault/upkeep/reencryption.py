"""A new data key for everybody, or for one person, and every blob sealed again under it."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import models, transaction
from django.utils import timezone

from .. import sealing
from ..keyring import add_key
from ..models import DataKey, destroy
from ..sealing import DataKeyMaterial, KeyMissing, VaultError
from .blobs import Blobs, EveryKey, SealedTable, sealed_tables

Say = Callable[[str], None]
# A request that took the old key from its keyring just before it was retired may still write
# under it. Nothing that this site answers lasts that long.
GRACE = timedelta(minutes=15)
MOST_WALKS = 5
SAY_EVERY = 10_000


@dataclass
class Reencrypted:
    """What a run did."""

    made: int = 0
    resealed: int = 0
    failed: int = 0
    destroyed: int = 0
    waiting: int = 0


def reencrypt(say: Say, person: Any = None, grace: timedelta = GRACE) -> Reencrypted:
    """Retire the live keys, seal everything under new ones, and destroy the retired ones.

    Where a former run left retired keys, this run ends what that one began instead of beginning
    again. Killed at any moment, it leaves every blob openable.

    Args:
        person: only this person's keys; everybody's without.
        grace: how long a key must have been retired before it may be destroyed.
    """
    done = Reencrypted()
    keys = DataKey.objects.filter(author=person) if person else DataKey.objects.all()
    _begin(keys, done, say)
    retired = keys.filter(retired_at__isnull=False)
    for _ in range(MOST_WALKS):
        began = timezone.now()
        walk = _Walk(retired.values_list("pk", flat=True))
        walk.through_all_tables(say)
        done.resealed += walk.moved
        done.failed = walk.failed
        if not walk.tried:
            break
    _end(walk.retired - walk.left, began - grace, done)
    done.waiting = retired.count()
    return done


def _begin(keys: models.QuerySet[DataKey], done: Reencrypted, say: Say) -> None:
    """Put a new live key in the place of each that has no retired one beside it, oldest first."""
    unfinished = set(keys.filter(retired_at__isnull=False).values_list("author_id", "space"))
    live = keys.filter(retired_at__isnull=True).order_by("created_at", "pk")
    for pk, author, space in list(live.values_list("pk", "author_id", "space")):
        if (author, space) in unfinished:
            continue
        with transaction.atomic():
            still_live = DataKey.objects.filter(pk=pk, retired_at__isnull=True)
            if still_live.update(retired_at=timezone.now()):
                add_key(uuid4(), author, space, sealing.new_secret())
                done.made += 1
    say(f"{done.made} new keys")


def _end(empty: Collection[UUID], before: datetime, done: Reencrypted) -> None:
    """Destroy the keys that a whole walk found nothing under, unless they were just retired."""
    for data_key in list(DataKey.objects.filter(retired_at__lte=before)):
        if data_key.pk in empty:
            destroy(data_key)
            done.destroyed += 1


class _Walk:
    """One walk over all sealed rows, sealing again what is under a retired key."""

    def __init__(self, retired: Iterable[UUID]) -> None:
        self.retired = frozenset(retired)
        self.left: set[UUID] = set()  # retired keys that something was found under
        self.tried = self.moved = self.failed = 0
        self._keys = EveryKey()
        self._successors: dict[UUID, DataKeyMaterial] = {}

    def through_all_tables(self, say: Say) -> None:
        """Look at every row of every sealed table."""
        for table in sealed_tables():
            rows = 0
            for batch in table.batches():
                self._batch(table, batch)
                rows += len(batch)
                if rows % SAY_EVERY == 0:
                    say(f"{table.label}: {rows} rows")
            say(f"{table.label}: {rows} rows, {self.moved} rows sealed again so far")

    def _batch(self, table: SealedTable, batch: list[tuple[UUID, Blobs]]) -> None:
        changes = [(row, old, self._sealed_again(table, row, old)) for row, old in batch]
        changes = [change for change in changes if change[2]]
        if not changes:
            return
        self.tried += len(changes)
        # The cryptography is done: the transaction holds the database for the writes alone.
        with transaction.atomic():
            for row, old, new in changes:
                self.moved += table.replace(row, {column: old[column] for column in new}, new)

    def _sealed_again(self, table: SealedTable, row: UUID, blobs: Blobs) -> Blobs:
        """Return new blobs for the columns that are under a retired key."""
        fresh: Blobs = {}
        for column, blob in blobs.items():
            field = column.removeprefix("sealed_")
            try:
                key_id = sealing.key_id_of(blob)
                if key_id not in self.retired:
                    continue
                self.left.add(key_id)
                plain = sealing.open_blob(self._keys.get(key_id), table.label, field, row, blob)
                key = self._successor(key_id)
            except VaultError:
                self.failed += 1
            else:
                fresh[column] = sealing.seal(key, table.label, field, row, plain)
        return fresh

    def _successor(self, key_id: UUID) -> DataKeyMaterial:
        """Return the live key of the same author and space, or raise KeyMissing."""
        if key_id not in self._successors:
            same = DataKey.objects.filter(pk=key_id).values("author_id", "space").first()
            live = DataKey.objects.filter(**same, retired_at__isnull=True).first() if same else None
            if live is None:
                raise KeyMissing(f"Nothing follows the key {key_id}.")
            self._successors[key_id] = self._keys.get(live.pk)
        return self._successors[key_id]
