"""A keyring: one person's keys, for as long as one request or one command lasts.

Whoever holds no keyring has no words. A keyring opens what this person wrote for themselves, and
what was written in the spaces it was made for; nothing else.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, NoReturn, Self, TypeVar
from uuid import UUID, uuid4

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, models, transaction
from django.db.models import Q

from steps.prepared import Prepared

from . import keks, sealing
from .models import DataKey, KeyWrap
from .sealing import Blob, DataKeyMaterial, KeyMissing, VaultError

Row = TypeVar("Row", bound=models.Model)


class Keyring:
    """Seals and opens for one person. Costs one query, when first used; none before."""

    __slots__ = ("_author", "_keys", "_live", "_loaded", "_shut", "_spaces", "_unproved")

    def __init__(self, author: Any, spaces: Collection[UUID] = ()) -> None:
        self._author = author
        self._spaces = frozenset(spaces)
        self._loaded = False
        self._keys: dict[UUID, DataKeyMaterial] = {}
        self._live: dict[UUID | None, UUID] = {}
        self._shut: dict[UUID, VaultError] = {}
        self._unproved: set[UUID] = set()

    @classmethod
    def of(cls, person: AbstractBaseUser | AnonymousUser, spaces: Collection[UUID] = ()) -> Self:
        """Return the keyring of a person, for their own writing and for `spaces`.

        The caller answers for the spaces: they must be those the person is in now.

        Raises:
            KeyMissing: nobody is signed in, or the person is not stored yet.
        """
        if person.pk is None:
            raise KeyMissing("Only somebody with an account has keys.")
        return cls(person.pk, spaces)

    def admit(self, spaces: Collection[UUID]) -> None:
        """Let it open the words of more spaces; the caller answers for them, as for `of`.

        It costs the next opening a query, so admit all of a page before the first is opened.
        """
        if not self._spaces.issuperset(spaces):
            self._spaces |= frozenset(spaces)
            self._loaded = False
            self._shut.clear()

    def __repr__(self) -> str:
        return f"<Keyring of person {self._author}>"

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("Keyrings are neither copied nor pickled.")

    def seal(self, row: models.Model, field: str, value: Any, space: UUID | None = None) -> bytes:
        """Return `value` sealed for `sealed_<field>` of `row`; the first seal makes the key.

        Args:
            row: an instance with a uuid as primary key; it need not be stored yet.
            value: anything JSON can say; lone surrogates survive.
            space: seal under this person's key for a space instead of under their own.

        Raises:
            KeyMissing: the key is locked with a key of the host's that is not here, or this
                keyring was not made for that space.
        """
        label, row_id = sealing.place_of(row)
        plain = sealing.pack(value)
        return sealing.seal(self._key_to_seal(space), label, field, row_id, plain)

    def open(self, row: models.Model, field: str) -> Any:
        """Return the value in `sealed_<field>` of `row`; None where nothing is kept.

        Raises:
            KeyMissing: it was sealed with a key that is not on this keyring.
            CannotOpen: it was changed, or moved here from another row, field or model.
        """
        label, row_id = sealing.place_of(row)
        return self.open_value(label, field, row_id, getattr(row, f"sealed_{field}"))

    def open_many(self, rows: Iterable[Row], *fields: str) -> Iterator[tuple[Row, dict[str, Any]]]:
        """Yield each row with its opened `fields` by name; raises as `open` does."""
        for row in rows:
            yield row, {field: self.open(row, field) for field in fields}

    def open_value(self, label: str, field: str, row: UUID, blob: Blob | None) -> Any:
        """Open one value without an instance, for scans over `values_list`.

        Args:
            label: the model's label, such as "journal.Entry".
            field: the name without `sealed_`.
            row: the row's uuid.
        """
        return sealing.unpack(self.open_packed(label, field, row, blob)) if blob else None

    def open_packed(self, label: str, field: str, row: UUID, blob: Blob) -> bytes:
        """Open one value and leave it packed, for scans that look before they unpack."""
        key = self._key_to_open(sealing.key_id_of(blob))
        return sealing.open_blob(key, label, field, row, blob)

    def _key_to_open(self, key_id: UUID) -> DataKeyMaterial:
        key = self._keys.get(key_id)
        if key is None and key_id not in self._shut:
            # Not loaded, or made by another request or by `keys reencrypt` since we looked.
            self._load()
            key = self._keys.get(key_id)
        if key is None:
            raise self._why_shut(key_id)
        return key

    def _why_shut(self, key_id: UUID) -> VaultError:
        why = self._shut.setdefault(key_id, KeyMissing(f"No key {key_id} is on this keyring."))
        # A new one each time: raising one object twice would chain the tracebacks.
        return type(why)(*why.args)

    def _key_to_seal(self, space: UUID | None) -> DataKeyMaterial:
        if space is not None and space not in self._spaces:
            raise KeyMissing(f"This keyring was not made for the space {space}.")
        if not self._loaded:
            self._load()
        key_id = self._live.get(space)
        if key_id in self._unproved and not DataKey.objects.filter(pk=key_id).exists():
            # The transaction that made the key was rolled back: words under it would be lost.
            key_id = None
        if key_id is None:
            key_id = self._make_key(space)
        if key_id in self._shut:
            raise self._why_shut(key_id)
        return self._keys[key_id]

    def _load(self) -> None:
        wraps = _wraps_of(self._author, self._spaces)
        self._live = {}
        for key_id, author, space, retired_at, kek_id, wrapped in wraps:
            if retired_at is None and author == self._author:
                self._live[space] = key_id
            if key_id in self._keys:
                continue
            try:
                secret = keks.unwrap(kek_id, wrapped, key_id, author)
            except VaultError as error:
                self._shut[key_id] = error
            else:
                self._keys[key_id] = DataKeyMaterial(key_id, secret)
                self._shut.pop(key_id, None)
        self._loaded = True

    def _make_key(self, space: UUID | None) -> UUID:
        secret = sealing.new_secret()
        key_id = uuid4()
        try:
            with transaction.atomic():
                add_key(key_id, self._author, space, secret)
        except IntegrityError:
            # Another request made it first; the constraint lets one of the two win.
            self._load()
            if space not in self._live:
                raise
            return self._live[space]
        self._keys[key_id] = DataKeyMaterial(key_id, secret)
        self._live[space] = key_id
        if transaction.get_connection().in_atomic_block:
            self._unproved.add(key_id)
            transaction.on_commit(lambda: self._unproved.discard(key_id))
        return key_id


def _wraps(author: Any, spaces: Collection[UUID] = ()) -> Any:
    wanted = Q(data_key__author_id=author, data_key__space__isnull=True)
    if spaces:
        wanted |= Q(data_key__space__in=spaces)
    return KeyWrap.objects.filter(wanted, method=KeyWrap.Method.KEK).values_list(
        "data_key_id",
        "data_key__author_id",
        "data_key__space",
        "data_key__retired_at",
        "kek_id",
        "wrapped",
    )


def _with(author: Any, *spaces: Any) -> Any:
    return _wraps(author, spaces)


FEW, SOME, MANY = 12, 36, 120
OWN = Prepared(_wraps, DataKey.author.field)
WITH_FEW = Prepared(_with, DataKey.author.field, *[DataKey._meta.get_field("space")] * FEW)
WITH_SOME = Prepared(_with, DataKey.author.field, *[DataKey._meta.get_field("space")] * SOME)
WITH_MANY = Prepared(_with, DataKey.author.field, *[DataKey._meta.get_field("space")] * MANY)


def _wraps_of(author: Any, spaces: Collection[UUID]) -> Iterable[Any]:
    """Return the columns of a person's keys and of those of some spaces, in one query."""
    if not spaces:
        return OWN.all(author)
    for most, query in ((FEW, WITH_FEW), (SOME, WITH_SOME), (MANY, WITH_MANY)):
        if len(spaces) <= most:
            first, *rest = spaces
            return query.all(author, first, *rest, *[first] * (most - len(spaces)))
    return _wraps(author, spaces)


def add_key(key_id: UUID, author: Any, space: UUID | None, secret: bytes) -> None:
    """Store a data key, locked with the first key of the host's. The caller holds a transaction.

    Raises:
        IntegrityError: the author has a live key there already.
    """
    kek_id, wrapped = keks.wrap(secret, key_id, author)
    DataKey.objects.create(id=key_id, author_id=author, space=space)
    KeyWrap.objects.create(data_key_id=key_id, kek_id=kek_id, wrapped=wrapped)
