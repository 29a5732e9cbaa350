"""Puts `request.keyring` in place: the keys of whoever is signed in, and nobody else's."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from .keyring import Keyring


class KeyringMiddleware:
    """Set `request.keyring`, which costs nothing until it is used.

    Using it while nobody is signed in raises KeyMissing. Stands after AuthenticationMiddleware.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.keyring = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: Keyring.of(request.user)
        )
        return self.get_response(request)
