"""The site's addresses, and one that does nothing."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from trustrepair.urls import urlpatterns as house

PAGE = b"<!doctype html><title>Bare</title>" + b"<p>Nothing but bytes.</p>" * 760  # 19 kB


def bare(request: HttpRequest) -> HttpResponse:
    """Return the same 19 kB each time: what Django and the server cost by themselves."""
    return HttpResponse(PAGE)


urlpatterns = [path("bare/", bare), *house]
