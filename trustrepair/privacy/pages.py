"""Who can read what, in plain words."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from steps.pages import indexable


@login_not_required
@require_safe
@indexable
def who_reads_what(request: HttpRequest) -> HttpResponse:
    """Say what is sealed, what stays plain, and what a host with database and key could do."""
    return render(request, "privacy.html")
