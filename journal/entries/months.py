"""One sentence at the end of a month: when it is asked for, and where it belongs.

It is asked for on the last three days of a month and the first four of the next, and only where
something was written in that month. It belongs to the month in the middle of which one stands two
weeks before: so a page that was left open for days still lands where it was asked.
"""

import uuid
from calendar import monthrange
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from journal.entries.forms import LineForm
from journal.entries.models import MONTH, Entry
from journal.entries.writing import Draft, keep
from journal.vault.asking import Asking
from steps.models import Prompt

LAST, FIRST = 3, 4  # days of this month, and of the next
MIDDLE = 14


def month_asked(today: date) -> date | None:
    """Return the first day of the month that is asked about on a day; None on most days."""
    near_its_end = today.day > monthrange(today.year, today.month)[1] - LAST
    return month_of(today) if near_its_end or today.day <= FIRST else None


def month_of(day: date) -> date:
    """Return the first day of the month to which a sentence written on a day belongs."""
    return (day - timedelta(days=MIDDLE)).replace(day=1)


def next_month(first: date) -> date:
    """Return the first day of the month after one."""
    return (first + timedelta(days=31)).replace(day=1)


def question(month: date) -> str:
    """Return what is asked at the end of a month."""
    return f"What will you want to remember of {month:%B}?"


def middle(first: date) -> date:
    """Return the day of a month from which on a sentence belongs to it."""
    return first + timedelta(days=MIDDLE)


def midnight(day: date) -> datetime:
    """Return the first moment of a day where the person is."""
    return timezone.make_aware(datetime.combine(day, time.min))


@require_http_methods(["GET", "HEAD", "POST"])
def sentence(request: Asking) -> HttpResponse:
    """Ask for one sentence about the month, and keep it as a page of its own."""
    month = month_of(timezone.localdate())
    form = LineForm(request.POST if request.method == "POST" else None, initial=LineForm.fresh())
    if request.method != "POST" or not form.is_valid():
        context = {
            "form": form,
            "ids": form.renewed() if form.is_bound else form.initial,
            "question": question(month),
        }
        return render(request, "journal/month.html", context, status=422 if form.errors else 200)
    draft = Draft(
        entry_id=form.cleaned_data["entry_id"],
        save_id=form.cleaned_data["save_id"],
        base_version=0,
        kind=Entry.FREE,
        title=f"{month:%B} {month.year}, to remember",
        text=form.cleaned_data["text"],
        prompt=Prompt.objects.get(key=MONTH),
    )
    if keep(request.user, request.keyring, draft).beside:
        # A page gone back to and written anew: one more sentence, not a clash.
        keep(
            request.user,
            request.keyring,
            replace(draft, entry_id=uuid.uuid4(), save_id=uuid.uuid4()),
        )
    return redirect("lookback")
