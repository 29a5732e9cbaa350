"""The request as pages for signed-in people know it."""

from typing import Any

from django.http import HttpRequest

from journal.vault.keyring import Keyring


class Asking(HttpRequest):
    """A request on somebody's behalf: `user` is that person, `keyring` opens what is theirs.

    Only a name for types: `LoginRequiredMiddleware` and `KeyringMiddleware` make it true.
    """

    user: Any
    keyring: Keyring
