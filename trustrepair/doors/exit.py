"""Leave quickly: keep the unsent words, end the session, be somewhere else."""

import logging

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.middleware.csrf import CsrfViewMiddleware
from django.template.loader import render_to_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from journal.entries.leaving import keep_unsent
from journal.relationships.guests import COOKIE
from journal.vault.asking import Asking
from journal.vault.owner import is_somebody_elses
from trustrepair.doors.errors import from_elsewhere
from trustrepair.doors.leaving import MARK

logger = logging.getLogger(__name__)


@csrf_exempt  # public pages have no session to keep a token in; words are kept only with a token
@login_not_required
@require_POST
def leave(request: Asking) -> HttpResponse:
    """Keep what was being written, sign out, forget this browser, and go to a neutral page."""
    if request.user.is_authenticated:
        keep_words(request)
        logout(request)
    response = elsewhere()
    if from_elsewhere(request):
        return response  # another site's form may not throw a guest's only key away
    # Whoever was half-way through signing in or through a new password has a session, too.
    request.session.flush()
    response.delete_cookie(COOKIE, samesite="Lax")
    response.delete_cookie(MARK, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def elsewhere() -> HttpResponse:
    """Return the answer that leads to the neutral page and leaves nothing to go back to.

    Not a redirect: our policy lets forms lead to this site alone, and Chromium holds a form's
    redirects to that too, so that without scripts nobody would get out.
    """
    context = {"discreet_name": settings.DISCREET_NAME, "exit_url": settings.EXIT_URL}
    page = render_to_string("exit.html", context)
    return HttpResponse(page, headers={"Refresh": f"0; url={settings.EXIT_URL}"})


def keep_words(request: Asking) -> None:
    """Keep the unsent words of one of our own pages; what fails there holds nobody back."""
    try:
        if from_our_page(request) and not is_somebody_elses(request):
            keep_unsent(request)
    except Exception as error:  # too large to read, a key that is gone, a full disk: leave anyway
        logger.error("Unsent words could not be kept: %s.", type(error).__name__)


class TokenCheck(CsrfViewMiddleware):
    """Django's check of a form's token, without a page to say that it failed."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponseForbidden:
        return HttpResponseForbidden()


def from_our_page(request: HttpRequest) -> bool:
    """Whether the post carries the token of one of our own forms."""

    def ours(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    return TokenCheck(ours).process_view(request, ours, (), {}) is None
