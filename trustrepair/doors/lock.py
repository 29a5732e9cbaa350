"""The lock: after some quiet minutes, or at once, pages stay shut until their person is back.

The session knows when somebody was last there and when it was locked. What opens it again is
allauth's own second asking (password, passkey or code, with its limits): an answer given after the
lock. Whoever is locked out gets the same answer whether there is a page or not, and words that are
sent meanwhile come back.
"""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.utils import get_next_redirect_url
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from journal.vault.asking import Asking
from trustrepair.doors.errors import words_again
from trustrepair.doors.sessions import ACTIVE, LOCKED

WRITTEN_DOWN = 50  # seconds after which being there is written down again; pages tell each minute
# What opens while locked: the way back in, the ways out, and what is the same for everybody.
OPEN = {
    "lock", "unlock", "account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn",
    "exit", "account_logout", "guide", "guide_cause", "guide_step", "guide_step_exercise",
    "guide_tool", "guide_tool_exercise", "safety", "privacy", "robots", "sitemap",
    "reminders_stop", "calendar", "health_live", "health_ready", "health_metrics",
}  # fmt: skip
# Pages ask for these by themselves: nobody need be there.
BY_ITSELF = {"lock", "margin", "room_since"}
# A script that asks for these would not know what to do with a page.
BY_SCRIPT = {"autosave", "autosave_token", "margin"}
HERE = "here"
PROOFS = {"password", "mfa"}  # of what allauth writes down; a code by mail is none


def is_signed_in(request: HttpRequest) -> bool:
    """Whether there is somebody to lock out, without making a session for strangers."""
    return "_auth_user_id" in request.session and request.user.is_authenticated


def seconds_left(request: Any) -> float:
    """Return how long the pages of whoever is signed in stay open by themselves; 0: locked."""
    records = get_authentication_records(request, request.user)
    proved = max((one["at"] for one in records if one["method"] in PROOFS), default=0.0)
    if request.session.get(LOCKED, 0.0) > proved:
        return 0
    seen = max(request.session.get(ACTIVE, 0.0), proved)
    return float(max(0, seen + request.user.lock_minutes * 60 - time.time()))


def minutes_for(request: HttpRequest) -> int:
    """Return after how many quiet minutes a person's page locks; 0 while it is locked."""
    person: Any = request.user
    return 0 if getattr(request, "locked", False) else int(person.lock_minutes)


class LockMiddleware:
    """Answer for every page that is locked, and note now and then that somebody is there.

    Stands after LoginRequiredMiddleware; sets `request.locked`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.locked = is_signed_in(request) and not seconds_left(request)  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        name = str(request.resolver_match and request.resolver_match.url_name)
        if not request.locked:  # type: ignore[attr-defined]
            if is_signed_in(request) and (name not in BY_ITSELF or HERE in request.GET):
                note_presence(request)
            return None
        return None if name in OPEN else shut(request, name)


def note_presence(request: HttpRequest) -> None:
    """Write down that somebody is there, at most about once a minute."""
    if time.time() - request.session.get(ACTIVE, 0.0) > WRITTEN_DOWN:
        request.session[ACTIVE] = time.time()


def shut(request: HttpRequest, name: str) -> HttpResponse:
    """Return the answer to somebody who is locked out; it looks nothing up."""
    if name in BY_SCRIPT or not request.accepts("text/html"):
        return JsonResponse({"why": "locked"}, status=401)
    if request.method == "POST":
        return words_again(request, "locked", 403)
    return redirect(f"{reverse('unlock')}?{urlencode({'next': request.path}, safe='/')}")


@require_http_methods(["GET", "HEAD", "POST"])
def lock(request: Asking) -> HttpResponse:
    """POST: lock at once. GET tells a page that is open how many seconds it has left.

    Asking is no sign that somebody is there, unless the page says so (`?here`).
    """
    if request.method == "POST":
        request.session[LOCKED] = time.time()
        return redirect("unlock")
    if request.locked:  # type: ignore[attr-defined]
        return JsonResponse({"why": "locked"}, status=401)
    return JsonResponse({"left": seconds_left(request)})


@require_safe
def unlock(request: Asking) -> HttpResponse:
    """Lead on to where somebody was going; while locked, past the question who they are.

    Whoever has neither password nor factor can only sign out, and in again by mail.
    """
    onward = get_next_redirect_url(request) or reverse("home")
    if not request.locked:  # type: ignore[attr-defined]
        return redirect(onward)
    ways = get_adapter().get_reauthentication_methods(request.user)
    way = ways[0]["url"] if ways else reverse("account_logout")
    return redirect(f"{way}?{urlencode({'next': onward}, safe='/')}")
