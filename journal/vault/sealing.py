"""Sealing and opening: bytes in, bytes out, no database and no settings.

A blob is `magic(2) version(1) key id(16) nonce(12) ciphertext+tag`, 47 bytes more than the text.
It is bound to its place by associated data, each part length-prefixed: magic and version, model
label, field, row and key id. A blob moved to another row, field, model or owner does not open.
"""

import json
import os
from functools import lru_cache
from typing import Any, NoReturn
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import models

MAGIC = b"TR"
VERSION = b"\x01"
PREFIX = MAGIC + VERSION
KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
_KEY_ID_END = len(PREFIX) + 16
_NONCE_END = _KEY_ID_END + NONCE_BYTES
OVERHEAD = _NONCE_END + TAG_BYTES

Blob = bytes | bytearray | memoryview


class VaultError(Exception):
    """Something sealed stays shut. The message names ids, never words or keys."""


class CannotOpen(VaultError):
    """The bytes are not a blob, were changed, or belong to another place or key."""


class KeyMissing(VaultError):
    """The key that would open or seal this is not here."""


class DataKeyMaterial:
    """A key ready for use: its id and one cipher. It cannot be printed, copied or pickled."""

    __slots__ = ("_cipher", "id")

    def __init__(self, id: UUID, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise ValueError("A key has 32 bytes.")
        self.id = id
        self._cipher = AESGCM(secret)

    def __repr__(self) -> str:
        return f"<DataKeyMaterial {self.id}>"

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("Keys are neither copied nor pickled.")


def new_secret() -> bytes:
    """Return 32 fresh random bytes."""
    return os.urandom(KEY_BYTES)


def length_prefixed(*parts: bytes) -> bytes:
    """Join parts so that no two different lists of parts give the same bytes."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


@lru_cache(maxsize=512)
def _place(label: str, field: str) -> bytes:
    return length_prefixed(PREFIX, label.encode(), field.encode())


def _context(key_id: bytes, label: str, field: str, row: UUID) -> bytes:
    return _place(label, field) + length_prefixed(row.bytes, key_id)


def seal(key: DataKeyMaterial, label: str, field: str, row: UUID, plain: bytes) -> bytes:
    """Seal `plain` for one field of one row of one model (`label`, such as "journal.Entry")."""
    key_id = key.id.bytes
    nonce = os.urandom(NONCE_BYTES)
    sealed = key._cipher.encrypt(nonce, plain, _context(key_id, label, field, row))
    return PREFIX + key_id + nonce + sealed


def open_blob(key: DataKeyMaterial, label: str, field: str, row: UUID, blob: Blob) -> bytes:
    """Return what was sealed.

    Raises:
        CannotOpen: for anything but the untouched blob of this very place under this key.
    """
    blob = _checked(blob)
    key_id = key.id.bytes
    if blob[len(PREFIX) : _KEY_ID_END] != key_id:
        raise CannotOpen(f"{label}.{field} of {row} was sealed with another key.")
    nonce = blob[_KEY_ID_END:_NONCE_END]
    try:
        # A view, for a copy of half a megabyte costs more than opening it.
        rest = memoryview(blob)[_NONCE_END:]
        return key._cipher.decrypt(nonce, rest, _context(key_id, label, field, row))
    except InvalidTag:
        raise CannotOpen(f"{label}.{field} of {row} does not open.") from None


def key_id_of(blob: Blob) -> UUID:
    """Return the id of the key that a blob names.

    Raises:
        CannotOpen: these bytes are not a blob.
    """
    return UUID(bytes=_checked(blob)[len(PREFIX) : _KEY_ID_END])


def _checked(blob: Blob) -> bytes:
    if not isinstance(blob, bytes):
        if not isinstance(blob, bytearray | memoryview):
            raise CannotOpen("This is not sealed.")
        blob = bytes(blob)
    if len(blob) < OVERHEAD or not blob.startswith(PREFIX):
        raise CannotOpen("This is not sealed, or in a format of another version.")
    return blob


def pack(value: Any) -> bytes:
    """Return a JSON value as bytes. ASCII only, so that even a lone surrogate survives."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode()


def unpack(plain: bytes) -> Any:
    """Return the value that `pack` was given.

    Raises:
        CannotOpen: these bytes were not made by `pack`.
    """
    try:
        return json.loads(plain)
    except ValueError:
        raise CannotOpen("What was sealed here is not a value.") from None


def place_of(row: models.Model) -> tuple[str, UUID]:
    """Return the label and the id that bind a blob to this row, the same for a proxy model.

    Raises:
        TypeError: the row's primary key is not a uuid made before the first write.
    """
    row_id = row.pk
    if not isinstance(row_id, UUID):
        raise TypeError(f"{row._meta.label} needs a uuid as its primary key before it is sealed.")
    concrete = row._meta.concrete_model or type(row)
    return concrete._meta.label, row_id
