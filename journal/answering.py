"""Answering a note: one screen, straight from its link, kept in the journal like any page."""

import uuid
from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from journal.entries import exercising, pages
from journal.entries.models import DIALLED, FURTHER_OFF, Entry
from journal.entries.sheets import address, posted_entry, sheet_for, unfinished
from journal.relationships.chosen import Mending
from journal.together.plans import address_of
from journal.vault.asking import Asking
from steps import catalogue
from steps.reminders.models import Delivery, Reminder

STUCK, STEP_FINISHED = "stuck", "step-finished"


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: Asking, delivery_id: uuid.UUID) -> HttpResponse:
    """Open what a note is for. One that was answered before leads to Today."""
    mine = Delivery.objects.of(request.user).select_related("reminder")
    delivery = mine.filter(id=delivery_id).first()
    if delivery is None:
        raise Http404
    if request.method != "POST" and delivery.answered_at is not None:
        messages.success(request, "You have answered that one already.")
        return redirect("home")
    if delivery.kind == Reminder.CHECKIN:
        response = check_in(request)
    elif delivery.kind == Reminder.GRATITUDE:
        response = pages.gratitude(request)
    elif delivery.kind == STUCK:
        response = render(request, "reminders/quiet.html")
    else:
        response = redirect(whither(delivery))
    if response.status_code == 302 and request.POST.get("then") != "later":
        delivery.answer()
    return response


def check_in(request: Asking) -> HttpResponse:
    """Show the daily check-in on one sheet, or keep it; what was begun today goes on."""
    exercise = catalogue.get().exercises[DIALLED]
    mending = Mending.of(request)
    entry = posted_entry(request) if request.method == "POST" else begun_today(request, mending)
    if entry is not None and (entry.exercise is None or entry.exercise.key != DIALLED):
        entry = None
    sheet = sheet_for(request, exercise, entry, mending)
    return exercising.respond(
        request, replace(sheet, url=request.path, whole=True, one_screen=True)
    )


def begun_today(request: Asking, mending: Mending) -> Entry | None:
    """Return a check-in begun and not finished on this very day; an older one is another day's."""
    entry = unfinished(request, catalogue.get().exercises[DIALLED], mending.chosen)
    today = timezone.localdate()
    return entry if entry and timezone.localdate(entry.created_at) == today else None


def whither(delivery: Delivery) -> str:
    """Return the address to which a note leads that nothing is written on at once."""
    if delivery.kind == Reminder.REAPPRAISAL:
        return address(catalogue.get().exercises[FURTHER_OFF])
    if delivery.kind == Reminder.PLAN and delivery.reminder and delivery.reminder.subject:
        return address_of(delivery.person, delivery.reminder.subject) or reverse("home")
    return reverse("path" if delivery.kind in {Reminder.STEP, STEP_FINISHED} else "home")
