"""Answers of a guest, sealed under a key that lives only in the guest's cookie.

The same blob as everywhere else. Its key id is made from the key by a hash and is of uuid
version 8, so it is never taken for a data key's (version 4).
"""

import base64
import binascii
import hashlib
from typing import Any
from uuid import UUID

from django.db import models

from . import sealing
from .sealing import KEY_BYTES, DataKeyMaterial, KeyMissing


def new_key() -> str:
    """Return a fresh key as text for a cookie. The server must not keep it."""
    return base64.urlsafe_b64encode(sealing.new_secret()).decode().rstrip("=")


def seal(key: str, row: models.Model, field: str, value: Any) -> bytes:
    """Seal a JSON value for `sealed_<field>` of a row.

    Raises:
        KeyMissing: `key` was not made by `new_key`.
    """
    label, row_id = sealing.place_of(row)
    return sealing.seal(_material(key), label, field, row_id, sealing.pack(value))


def open(key: str, row: models.Model, field: str) -> Any:
    """Return the value in `sealed_<field>` of a row; None where nothing is kept.

    Raises:
        KeyMissing: `key` was not made by `new_key`.
        CannotOpen: it is not the key of this row, or the blob was changed or moved.
    """
    blob = getattr(row, f"sealed_{field}")
    if not blob:
        return None
    label, row_id = sealing.place_of(row)
    return sealing.unpack(sealing.open_blob(_material(key), label, field, row_id, blob))


def is_guest_key(key_id: UUID) -> bool:
    """Whether a blob's key id is a guest's, whom only their own browser can open."""
    return key_id.version == 8


def _material(key: str) -> DataKeyMaterial:
    try:
        secret = base64.b64decode(key + "=" * (-len(key) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if len(secret) != KEY_BYTES:
        raise KeyMissing("This is not the key of a guest.")
    digest = bytearray(hashlib.sha256(b"key id of a guest" + secret).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    return DataKeyMaterial(UUID(bytes=bytes(digest)), secret)
