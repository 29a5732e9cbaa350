"""Small secrets under a key of the host's itself, as text: secrets of second factors.

They belong to signing in, where no keyring is at hand yet. A token is `ts1.<kek id>.<base64>`,
bound to its label and its key. It does not name a row: whoever writes to the database could move
one between two people.
"""

import base64
import binascii
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from . import keks
from .keks import Kek
from .sealing import CannotOpen, length_prefixed

MARK = "ts1"


@dataclass(frozen=True)
class TokenStore:
    """Somewhere tokens are kept, told to us so that `keys rotate` and `keys verify` reach them."""

    name: str  # a plain word for the counts, such as "second factors"
    label: str  # the label they were sealed with
    each: Callable[[], Iterable[tuple[Any, str]]]  # every (handle, token)
    replace: Callable[[Any, str, str], bool]  # (handle, old, new): only if it is still `old`


_stores: dict[str, TokenStore] = {}


def register(store: TokenStore) -> None:
    """Tell the vault of a store, from `AppConfig.ready`. The same name replaces the former."""
    _stores[store.name] = store


def stores() -> list[TokenStore]:
    """Return the stores that were registered."""
    return list(_stores.values())


def _context(label: str, kek_id: str) -> bytes:
    return length_prefixed(MARK.encode(), label.encode(), kek_id.encode())


def seal_with_kek(label: str, text: str) -> str:
    """Seal a short text under the first key of the host's."""
    kek = keks.first()
    locked = kek.lock(text.encode("utf-8", "surrogatepass"), _context(label, kek.id))
    return f"{MARK}.{kek.id}.{base64.urlsafe_b64encode(locked).decode()}"


def open_with_kek(label: str, token: str) -> str:
    """Return the text of a token.

    Raises:
        KeyMissing: JOURNAL_KEYS does not hold its key.
        CannotOpen: it is no token, was changed, or was sealed with another label.
    """
    kek, locked = _taken_apart(token)
    return kek.unlock(locked, _context(label, kek.id)).decode("utf-8", "surrogatepass")


def kek_id_of(token: str) -> str:
    """Return the id of the key that a token was sealed with, or raise CannotOpen."""
    mark, _, rest = token.partition(".")
    kek_id, dot, _ = rest.rpartition(".")
    if mark != MARK or not dot:
        raise CannotOpen("This is not a token of the vault.")
    return kek_id


def _taken_apart(token: str) -> tuple[Kek, bytes]:
    kek_id = kek_id_of(token)
    try:
        locked = base64.b64decode(token.rpartition(".")[2], altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise CannotOpen("This is not a token of the vault.") from None
    return keks.named(kek_id), locked
