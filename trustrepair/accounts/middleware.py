"""Each request in its person's time zone; who they are asked again; refused forms named as such."""

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import urlencode

# Whoever had an open session could give an account of passkeys alone a password of their own.
ASK_AGAIN = {"account_set_password"}


class PersonMiddleware:
    """Activate the person's time zone, for signed-in requests alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "_auth_user_id" in request.session and request.user.is_authenticated:
            with timezone.override(request.user.zone):
                return self.get_response(request)
        return self.get_response(request)


class RefusedFormMiddleware:
    """Answer 422 where a page of allauth's shows a form again, as pages of ours do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_template_response(
        self, request: HttpRequest, response: TemplateResponse
    ) -> TemplateResponse:
        """Change the status of a page whose form holds what was wrong with a post."""
        form = (response.context_data or {}).get("form")
        if request.method == "POST" and response.status_code == 200 and form and form.errors:
            response.status_code = 422
        return response


class SureMiddleware:
    """Ask again who it is before pages of allauth's that do not ask by themselves.

    Nothing that was posted waits meanwhile: a new password must not lie in the session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or match.url_name not in ASK_AGAIN or not request.user.is_authenticated:
            return None
        if not is_reauthentication_required(request, app="allauth.account"):
            return None
        [first, *_] = get_adapter().get_reauthentication_methods(request.user)
        return redirect(f"{first['url']}?{urlencode({REDIRECT_FIELD_NAME: request.path})}")
