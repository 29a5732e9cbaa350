"""Puts `request.keyring` in place: the keys of whoever is signed in, and nobody else's."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from .keyring import Keyring
from .sealing import KeyMissing


class KeyringMiddleware:
    """Set `request.keyring`, which costs nothing until it is used.

    Using it while nobody is signed in raises KeyMissing. Stands after AuthenticationMiddleware.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        give_keyring(request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Look once more where a key is missing: what it opened may have been taken back.

        A page fetches rows and then their keys. What somebody takes back between the two has no
        key any more; a moment later it is not there, and that is what the page shall say. A key
        that is missing for another reason is missed again.
        """
        match = request.resolver_match
        looking = request.method in {"GET", "HEAD"}
        if not isinstance(exception, KeyMissing) or not looking or match is None:
            return None
        give_keyring(request)
        again: HttpResponse = match.func(request, *match.args, **match.kwargs)
        return again


def give_keyring(request: HttpRequest) -> None:
    """Put a keyring in place that has fetched nothing yet."""
    request.keyring = SimpleLazyObject(  # type: ignore[attr-defined]
        lambda: Keyring.of(request.user)
    )
