"""The request as pages for signed-in people know it."""

import uuid
from typing import Any

from django.http import HttpRequest

from journal.vault.keyring import Keyring


class Asking(HttpRequest):
    """A request on somebody's behalf: `user` is that person, `keyring` opens what is theirs.

    Only a name for types: `LoginRequiredMiddleware` and `KeyringMiddleware` make it true.
    """

    user: Any
    keyring: Keyring


def as_uuid(raw: str | None) -> uuid.UUID | None:
    """Return an id that came with a request; nonsense is nobody's."""
    try:
        return uuid.UUID(raw or "")
    except ValueError:
        return None
