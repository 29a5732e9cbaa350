"""Letters kept unsent: closed until a day, opened, or let go for good."""

import uuid
from collections.abc import Iterable
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from journal.entries.forms import DayField
from journal.entries.listing import by_month, lines, page_among
from journal.entries.models import Entry
from journal.relationships.chosen import Mending
from journal.vault.asking import Asking
from journal.vault.keyring import Keyring


class CloseForm(forms.Form):
    """The day on which a letter is to be opened."""

    until = DayField(label="Open it on")

    def clean_until(self) -> date:
        day: date | None = self.cleaned_data["until"]
        if day is None:
            raise ValidationError("Choose a day.")
        if day <= timezone.localdate():
            raise ValidationError("Choose a day that is still to come.")
        return day


@require_safe
def letters(request: Asking) -> HttpResponse:
    """List this person's letters, closed ones as envelopes."""
    mine = Entry.objects.written_by(request.user).letters()
    entries, older = page_among(mine, request.GET.get("after", ""))
    names = Mending.of(request).names()
    months = by_month(lines(entries, request.keyring, names))
    return render(request, "journal/letters.html", {"months": months, "older": older})


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: Asking, entry_id: uuid.UUID) -> HttpResponse:
    """Ask for the day on which a letter is to be opened, and close it until then."""
    row = letter_of(request, entry_id)
    if row.closed:
        return redirect("entry", row.pk)
    form = CloseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        row.close(request.keyring, form.cleaned_data["until"])
        return redirect("entry", row.pk)
    line = lines([row], request.keyring)[0]
    context = {"entry": row, "line": line, "form": form}
    return render(request, "journal/letter_close.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def open_now(request: Asking, entry_id: uuid.UUID) -> HttpResponse:
    """Ask once more before a letter is opened ahead of its day; open it."""
    row = letter_of(request, entry_id)
    if row.closed and request.method != "POST":
        line = lines([row], request.keyring)[0]
        due = is_due(row, request.keyring)
        return render(request, "journal/letter_open.html", {"entry": row, "line": line, "due": due})
    if row.closed:
        row.unclose()
    return redirect("entry", row.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def let_go(request: Asking, entry_id: uuid.UUID) -> HttpResponse:
    """Part with a letter for good: every version of it, and what search knew of it."""
    row = letter_of(request, entry_id)
    if request.method != "POST":
        return render(request, "journal/letter_let_go.html", {"entry": row})
    row.delete()
    return redirect("letter_gone")


@require_safe
def gone(request: Asking) -> HttpResponse:
    """Say that it is gone, and nothing more."""
    return render(request, "journal/letter_gone.html")


def letter_of(request: Asking, entry_id: uuid.UUID) -> Entry:
    """Return one letter of this person's; raises Http404 for everything else."""
    row = Entry.objects.one_of(request.user, entry_id)
    if row is None or not row.is_letter:
        raise Http404
    return row


def is_due(letter: Entry, keyring: Keyring) -> bool:
    """Whether the day of a closed letter has come, where its writer is."""
    day = letter.until(keyring)
    return day is not None and day <= timezone.localdate()


def due_letter(closed: Iterable[Entry], keyring: Keyring) -> str:
    """Return the address of the first closed letter whose day has come; "" when there is none."""
    due = [row for row in closed if is_due(row, keyring)]
    return f"/journal/{due[0].pk}/" if due else ""
