"""Key-encryption keys: the host's keys, which lock the data keys and nothing else.

They come from JOURNAL_KEYS as an ordered list `id:key,id:key`. The first locks, all open.
No message of this module shows any part of a key.
"""

import base64
import binascii
import os
import re
from collections.abc import Collection
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NoReturn
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from .sealing import (
    KEY_BYTES,
    NONCE_BYTES,
    TAG_BYTES,
    CannotOpen,
    KeyMissing,
    length_prefixed,
    new_secret,
)

PREFIX = b"TK\x01"
# Shorter than any key, so that a key put in the place of its id is never shown as one.
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
HEX = re.compile(r"[0-9a-fA-F]{64}")


class Kek:
    """One key of the host's. A key service elsewhere could stand behind the same four methods."""

    __slots__ = ("_cipher", "_secret", "id")

    def __init__(self, id: str, secret: bytes) -> None:
        self.id = id
        self._secret = secret
        self._cipher = AESGCM(secret)

    def __repr__(self) -> str:
        return f"<Kek {self.id}>"

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("Keys are neither copied nor pickled.")

    def lock(self, plain: bytes, context: bytes) -> bytes:
        """Encrypt bytes so that they open in this context alone."""
        nonce = os.urandom(NONCE_BYTES)
        return PREFIX + nonce + self._cipher.encrypt(nonce, plain, context)

    def unlock(self, locked: bytes, context: bytes) -> bytes:
        """Decrypt what `lock` made, or raise CannotOpen."""
        start = len(PREFIX) + NONCE_BYTES
        if len(locked) < start + TAG_BYTES or not locked.startswith(PREFIX):
            raise CannotOpen("This was not locked by a key of the host's.")
        try:
            return self._cipher.decrypt(locked[len(PREFIX) : start], locked[start:], context)
        except InvalidTag:
            raise CannotOpen(f"What key {self.id} locked does not open.") from None

    def on_paper(self) -> str:
        """Return the key as 64 hexadecimal digits. Only `keys sheet` may ask."""
        return self._secret.hex()


@lru_cache(maxsize=8)
def parse(text: str) -> tuple[Kek, ...]:
    """Read a list of keys in the order given, divided by commas or line ends.

    A key is 32 bytes in base64 (standard or urlsafe) or in 64 hexadecimal digits, as on the
    printed sheet; spaces within it do not count. Lines that begin with # are left out.

    Raises:
        ImproperlyConfigured: one clear sentence, without any part of a key.
    """
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    entries = [e for e in ("".join(part.split()) for part in ",".join(lines).split(",")) if e]
    if not entries:
        raise ImproperlyConfigured("JOURNAL_KEYS is empty; `manage.py keys new` makes a key.")
    keks = tuple(_parse_entry(number, entry) for number, entry in enumerate(entries, 1))
    by_id: dict[str, Kek] = {}
    by_secret: dict[bytes, Kek] = {}
    for kek in keks:
        if kek.id in by_id:
            raise ImproperlyConfigured(f"JOURNAL_KEYS names {kek.id} twice.")
        if twin := by_secret.get(kek._secret):
            raise ImproperlyConfigured(f"JOURNAL_KEYS has one key as both {twin.id} and {kek.id}.")
        by_id[kek.id] = by_secret[kek._secret] = kek
    return keks


def _parse_entry(number: int, entry: str) -> Kek:
    kek_id, colon, encoded = entry.partition(":")
    if not colon or not ID.fullmatch(kek_id):
        raise ImproperlyConfigured(
            f"Entry {number} of JOURNAL_KEYS must be id:key, the id of at most 32 letters, "
            "digits, dots, dashes or underscores."
        )
    secret = _decode(encoded)
    if secret is None:
        raise ImproperlyConfigured(f"The key {kek_id} in JOURNAL_KEYS is not valid base64.")
    if len(secret) != KEY_BYTES:
        raise ImproperlyConfigured(
            f"The key {kek_id} in JOURNAL_KEYS has {len(secret)} bytes; it must have {KEY_BYTES}."
        )
    return Kek(kek_id, secret)


def _decode(encoded: str) -> bytes | None:
    if HEX.fullmatch(encoded):
        return bytes.fromhex(encoded)
    bare = encoded.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def keks() -> tuple[Kek, ...]:
    """Return the keys of JOURNAL_KEYS, in order."""
    return parse(settings.JOURNAL_KEYS)


def first() -> Kek:
    """Return the key that locks."""
    return keks()[0]


def held() -> dict[str, Kek]:
    """Return every key of JOURNAL_KEYS by its id."""
    return {kek.id: kek for kek in keks()}


def named(kek_id: str) -> Kek:
    """Return one key by its id.

    Raises:
        KeyMissing: JOURNAL_KEYS does not hold it.
    """
    try:
        return held()[kek_id]
    except KeyError:
        raise KeyMissing(f"JOURNAL_KEYS does not hold the key {kek_id}.") from None


def _context(data_key: UUID, author: Any, kek_id: str) -> bytes:
    return length_prefixed(PREFIX, data_key.bytes, str(author).encode(), b"kek", kek_id.encode())


def wrap(secret: bytes, data_key: UUID, author: Any, kek: Kek | None = None) -> tuple[str, bytes]:
    """Lock a data key for its author, with the first key or `kek`. Return the key's id and bytes.

    `author` is the author's primary key: a wrap moved to another author's key does not open.
    """
    kek = kek or first()
    return kek.id, kek.lock(secret, _context(data_key, author, kek.id))


def unwrap(kek_id: str, wrapped: bytes | memoryview, data_key: UUID, author: Any) -> bytes:
    """Return the data key that `wrap` locked.

    Raises:
        KeyMissing: JOURNAL_KEYS does not hold the key `kek_id`.
        CannotOpen: the wrap was changed, moved, or locked by a different key of the same name.
    """
    secret = named(kek_id).unlock(bytes(wrapped), _context(data_key, author, kek_id))
    if len(secret) != KEY_BYTES:
        raise CannotOpen(f"What key {kek_id} locked is not a key.")
    return secret


def new_kek(taken: Collection[str] = ()) -> str:
    """Return a fresh line for JOURNAL_KEYS, such as `k20261122:…`, named unlike any of `taken`."""
    today = datetime.now(UTC).strftime("k%Y%m%d")
    names = [today, *(f"{today}.{number}" for number in range(2, len(taken) + 3))]
    name = next(name for name in names if name not in taken)
    return f"{name}:{base64.urlsafe_b64encode(new_secret()).decode()}"
