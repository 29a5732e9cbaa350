"""Between Leave quickly and its answer: whoever is leaving is a stranger already.

The words and the end of the session travel behind a page that is gone. Until they arrive, Back
would ask for a private page with a session that still lives. So the page sets a cookie of its own
in the tick in which it goes, and with that cookie the session and a guest's key are not looked at.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from journal.relationships.guests import COOKIE

MARK = "__Host-leaving" if settings.HTTPS else "leaving"
EXIT = "/exit/"
KEYS = (settings.SESSION_COOKIE_NAME, COOKIE)


class LeavingMiddleware:
    """Do not look at the keys of a browser that is leaving. Stands before SessionMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.COOKIES.get(MARK) or request.path_info == EXIT:
            return self.get_response(request)
        hidden = {name for name in KEYS if request.COOKIES.pop(name, None)}
        response = self.get_response(request)
        # Where somebody begins anew, as to sign in, the old keys are gone and so is their mark.
        if set(KEYS) & set(response.cookies):
            for name in {MARK, *hidden} - set(response.cookies):
                response.delete_cookie(name, samesite="Lax")
        return response
