"""A form written as one person is never kept for another who signed in in the same browser."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from journal.vault.owner import is_somebody_elses
from trustrepair.doors.errors import somebody_else


class OwnerMiddleware:
    """Refuse a posted form that carries somebody else's mark, and give its words back.

    Stands after AuthenticationMiddleware. A view that is exempt from tokens looks for itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if request.method != "POST" or getattr(view, "csrf_exempt", False):
            return None
        return somebody_else(request) if is_somebody_elses(request) else None
