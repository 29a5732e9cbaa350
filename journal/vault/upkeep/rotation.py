"""Lock every data key with the first key of JOURNAL_KEYS. No word is touched."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.db import models, transaction

from .. import keks, small
from ..keks import Kek
from ..models import DataKey, KeyWrap
from ..sealing import VaultError
from .blobs import BATCH, secret_of

Say = Callable[[str], None]


@dataclass
class Rotated:
    """What a rotation did."""

    keys: int = 0
    secrets: int = 0
    failed: int = 0
    still_needed: set[str] = field(default_factory=set)


def rotate(say: Say) -> Rotated:
    """Bring every data key and every small secret under the first key.

    Each batch is one transaction: the new wraps are written, then the old ones removed. Killed at
    any moment, it leaves every key openable; run again, it does what is left.
    """
    done = Rotated()
    kek = keks.first()
    for batch in _batches(kek):
        with transaction.atomic():
            # Locked, so that a key which is being destroyed at this moment gets no new wrap.
            for data_key in DataKey.objects.select_for_update().filter(pk__in=batch):
                if _rewrap(data_key, kek):
                    done.keys += 1
                else:
                    done.failed += 1
        say(f"{done.keys} keys locked with {kek.id}")
    for store in small.stores():
        _rotate_store(store, kek, done)
        say(f"{done.secrets} small secrets sealed with {kek.id}")
    done.still_needed.update(_stale(kek).values_list("kek_id", flat=True))
    return done


def _stale(kek: Kek) -> models.QuerySet[KeyWrap]:
    return KeyWrap.objects.filter(method=KeyWrap.Method.KEK).exclude(kek_id=kek.id)


def _batches(kek: Kek) -> Iterator[list[UUID]]:
    after = UUID(int=0)
    while True:
        ids = _stale(kek).filter(data_key__gt=after).order_by("data_key")
        batch = list(ids.values_list("data_key", flat=True).distinct()[:BATCH])
        if not batch:
            return
        yield batch
        after = batch[-1]


def _rewrap(data_key: DataKey, kek: Kek) -> bool:
    wraps = data_key.wraps.filter(method=KeyWrap.Method.KEK)
    try:
        secret = secret_of(data_key.pk)
    except VaultError:
        return False
    wraps.filter(kek_id=kek.id).delete()
    kek_id, wrapped = keks.wrap(secret, data_key.pk, data_key.author_id, kek)
    KeyWrap.objects.create(data_key=data_key, kek_id=kek_id, wrapped=wrapped)
    wraps.exclude(kek_id=kek.id).delete()
    return True


def _rotate_store(store: small.TokenStore, kek: Kek, done: Rotated) -> None:
    # All at hand first: the store is written to while we go through it.
    for handle, token in list(store.each()):
        try:
            kek_id = small.kek_id_of(token)
            if kek_id == kek.id:
                continue
            fresh = small.seal_with_kek(store.label, small.open_with_kek(store.label, token))
        except VaultError:
            done.failed += 1
            continue
        if store.replace(handle, token, fresh):
            done.secrets += 1
        else:
            # Changed by its owner at this moment, perhaps under the old key: run again.
            done.still_needed.add(kek_id)
