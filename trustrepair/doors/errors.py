"""Pages for when something is wrong: plain, the same for everyone, without a trace of words."""

from collections.abc import Callable, ItemsView
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.debug import SafeExceptionReporterFilter

from journal.vault.owner import is_somebody_elses

# What browsers say of a request that a page of another site has made.
ELSEWHERE = {"cross-site", "same-site"}


def from_elsewhere(request: HttpRequest) -> bool:
    """Whether a page of another site made this request; browsers before 2023 say only `Origin`."""
    if told := request.headers.get("Sec-Fetch-Site"):
        return told in ELSEWHERE
    ours = {settings.SITE_URL, f"{request.scheme}://{request.get_host()}"}
    return request.headers.get("Origin", settings.SITE_URL) not in ours


class SilentReporterFilter(SafeExceptionReporterFilter):
    """Keep what people typed out of every error report: no POST, no variables of any frame."""

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        return {}

    def get_traceback_frame_variables(self, request: Any, tb_frame: Any) -> ItemsView[str, Any]:
        return {}.items()


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, or 413 where the post was larger than we take."""
    if isinstance(exception, RequestDataTooBig):
        return too_large(request)
    return render(request, "400.html", status=400)


def too_large(request: HttpRequest, most: int = 0) -> HttpResponse:
    """413, for a post larger than we take from whoever sent it; `most`: a file's megabytes."""
    return render(request, "413.html", {"most": most}, status=413)


def busy(request: HttpRequest) -> HttpResponse:
    """503, while somebody else's large file is looked through."""
    response = render(request, "503.html", status=503)
    response["Retry-After"] = "60"
    return response


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, for what one may know exists but may not do."""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, the same for what is not there and what is not yours."""
    return render(request, "404.html", status=404)


class WrongMethodMiddleware:
    """Put a page into the empty answer that Django's decorators give to a wrong method."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            response.content = render_to_string("405.html", request=request)
        return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500, rendered without request or database so that it cannot fail in turn."""
    return render(None, "500.html", {"discreet_name": settings.DISCREET_NAME}, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a post whose form has grown old, with the words given back to be sent again."""
    if from_elsewhere(request):
        # The words of another site's form are not shown as if somebody had written them here.
        return render(request, "403_csrf.html", {"why": "old", "fields": []}, status=403)
    if is_somebody_elses(request):
        return somebody_else(request)
    view = request.resolver_match.func if request.resolver_match else None
    needs_account = getattr(view, "login_required", True)
    signed_out = needs_account and not request.user.is_authenticated
    return words_again(request, "signed-out" if signed_out else "old", 403)


def somebody_else(request: HttpRequest) -> HttpResponse:
    """409 for words typed as one person and sent as another, who must not get them."""
    if request.accepts("text/html"):
        return words_again(request, "somebody-else", 409)
    return JsonResponse({"why": "somebody-else"}, status=409)


def words_again(request: HttpRequest, why: str, status: int) -> HttpResponse:
    """Give the posted words back in a form of their own, unless there is a password among them.

    `why`: "old", "locked", "signed-out" or "somebody-else". Only an old form and one that met a
    lock get a token at once. A post without one comes back here with its words, so that the others
    lose none until the right person has signed in elsewhere.
    """
    names = [name for name in request.POST if name != "csrfmiddlewaretoken"]
    kept = [(name, value) for name in names for value in request.POST.getlist(name)]
    secret = any("password" in name for name in names)
    context = {"why": why, "fields": [] if secret else kept}
    return render(request, "403_csrf.html", context, status=status)
