"""Open everything, count, and say nothing of what was in it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from .. import guest, keks, sealing, small
from ..models import DataKey, KeyWrap
from ..sealing import CannotOpen, KeyMissing, VaultError
from .blobs import EveryKey, SealedTable, sealed_tables

Say = Callable[[str], None]


@dataclass
class Verified:
    """How many of each kind opened, and why the others did not."""

    opened: Counter[str] = field(default_factory=Counter)
    guests: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    retired: int = 0


def verify(say: Say) -> Verified:
    """Open every wrap, every blob and every small secret."""
    found = Verified(retired=DataKey.objects.filter(retired_at__isnull=False).count())
    _verify_wraps(found)
    say(f"{found.opened['data keys']} data keys")
    keys = EveryKey()
    for table in sealed_tables():
        for batch in table.batches():
            for row, blobs in batch:
                for column, blob in blobs.items():
                    _verify_blob(table, row, column, blob, keys, found)
        for column in table.columns:
            say(f"{found.opened[f'{table.label}.{column}']} {table.label}.{column}")
    for store in small.stores():
        _verify_store(store, found)
        say(f"{found.opened[store.name]} {store.name}")
    return found


def _verify_wraps(found: Verified) -> None:
    wraps = KeyWrap.objects.filter(method=KeyWrap.Method.KEK)
    for data_key, author, kek_id, wrapped in wraps.values_list(
        "data_key_id", "data_key__author_id", "kek_id", "wrapped"
    ).iterator():
        try:
            keks.unwrap(kek_id, wrapped, data_key, author)
        except KeyMissing:
            found.faults[f"data keys locked with {kek_id}, which JOURNAL_KEYS does not hold"] += 1
        except CannotOpen:
            found.faults[f"data keys that {kek_id} does not open"] += 1
        else:
            found.opened["data keys"] += 1
    bare = DataKey.objects.filter(wraps__isnull=True).count()
    if bare:
        found.faults["data keys without any wrap"] += bare


def _verify_blob(
    table: SealedTable, row: UUID, column: str, blob: bytes, keys: EveryKey, found: Verified
) -> None:
    name = f"{table.label}.{column}"
    try:
        key_id = sealing.key_id_of(blob)
        if guest.is_guest_key(key_id):
            found.guests += 1
            return
        plain = sealing.open_blob(
            keys.get(key_id), table.label, column.removeprefix("sealed_"), row, blob
        )
        sealing.unpack(plain)
    except VaultError as error:
        now = table.read(row).get(column)
        if now is None:
            return  # deleted, and its key destroyed, while we were reading
        if now != blob:
            _verify_blob(table, row, column, now, keys, found)
            return
        why = "whose key is missing" if isinstance(error, KeyMissing) else "that do not open"
        found.faults[f"{name} {why}"] += 1
    else:
        found.opened[name] += 1


def _verify_store(store: small.TokenStore, found: Verified) -> None:
    for _, token in store.each():
        try:
            small.open_with_kek(store.label, token)
        except VaultError:
            found.faults[f"{store.name} that do not open"] += 1
        else:
            found.opened[store.name] += 1
