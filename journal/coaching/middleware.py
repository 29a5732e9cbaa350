"""Where coaching meets pages that stand above it and know nothing of it."""

from collections.abc import Callable
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from journal.coaching.cards import publish
from journal.coaching.consent import is_closed_to_coach
from journal.coaching.ledger import coaches_in, note_shared_room
from journal.spaces.factors import has_second_factor
from journal.vault.asking import Asking

ROOMS = ("journal.spaces", "journal.together")
WITH_OTHERS = (*ROOMS, "journal.coaching")
SHOWS = {200, 409, 422}  # a page, or a posted form that needs another look with one around it
HANDING = "hand_over_to"
WAY_OUT = "room_leave"  # open to a coach without a second step, too
POLLED = "room_since"  # asks for news of a page that is open and written down already


class CoachingMiddleware:
    """Publish a client's cards after they wrote; write down a coach's look into a couple's room.

    Pages of rooms publish nothing: they touch nobody's private tables. Whoever has no coach and is
    none pays nothing. Stands after KeyringMiddleware.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        if response.status_code in SHOWS and match is not None:
            note_look(request, match.func, match.kwargs)
        if request.method == "POST" and response.status_code < 400 and match is not None:
            asking = cast("Asking", request)
            signed_in = "_auth_user_id" in request.session and asking.user.is_authenticated
            if signed_in and is_for_oneself(match.func) and asking.user.has_coach:
                publish(asking)
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Lead elsewhere first, where something is missing.

        A coach without a second step at their sign-in comes to the page that says why. Who would
        hand a page to a coach that sees nothing just now comes to what is shown.
        """
        if request.method not in {"GET", "HEAD", "POST"}:
            return None
        if is_short_of_a_step(request, view, kwargs):
            return redirect("coach_factor")
        if request.method == "POST":
            return None
        match, user = request.resolver_match, cast("Asking", request).user
        if match and match.url_name == HANDING and user.is_authenticated:
            space_id = kwargs["space_id"]
            if is_closed_to_coach(user, space_id):
                return redirect("coaching_show", space_id)
        return None


def is_for_oneself(view: Any) -> bool:
    """Whether a page is one on which somebody writes alone: any of the journal but those of rooms.

    A page that is added later publishes, too; what nothing was written on finds nothing missing.
    """
    module = str(view.__module__)
    return module.startswith("journal.") and not module.startswith(WITH_OTHERS)


def comes_as_coach(request: HttpRequest, view: Any, kwargs: dict[str, Any], but: str) -> bool:
    """Whether a coach asks for a page of a room, one of another name than `but`."""
    if kwargs.get("space_id") is None or not str(view.__module__).startswith(ROOMS):
        return False
    match = request.resolver_match
    user = cast("Asking", request).user
    return bool(match and match.url_name != but and user.is_authenticated and user.is_coach)


def is_short_of_a_step(request: HttpRequest, view: Any, kwargs: dict[str, Any]) -> bool:
    """Whether a password alone would open a couple's room for the coach who asks."""
    if not comes_as_coach(request, view, kwargs, but=WAY_OUT):
        return False
    user = cast("Asking", request).user
    return not has_second_factor(user) and coaches_in(user, kwargs["space_id"])


def note_look(request: HttpRequest, view: Any, kwargs: dict[str, Any]) -> None:
    """Write down, before it is sent, that a page of a couple's room opens for its coach."""
    if comes_as_coach(request, view, kwargs, but=POLLED):
        note_shared_room(cast("Asking", request).user, kwargs["space_id"])
