"""Erasing one's account: asked for the password again, said what goes, and gone at once."""

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from journal.vault.asking import Asking


class EraseForm(forms.Form):
    """One tick, so that no slip of a thumb erases a life's words."""

    sure = forms.BooleanField(
        label="Erase everything. I know that nobody can bring it back.",
        error_messages={"required": "Tick this first, if you mean it. Nothing was erased."},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required
def erase(request: Asking) -> HttpResponse:
    """Say what goes and what stays; by POST, erase the account and end its sessions."""
    form = EraseForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "privacy/erase.html", {"form": form}, status=status)
    person = request.user
    logout(request)
    person.delete()
    response = render(request, "privacy/erased.html")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
