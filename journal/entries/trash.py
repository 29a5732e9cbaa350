"""Parting with a page: into the trash for thirty days, back again, or gone for good."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from journal.entries.listing import lines
from journal.entries.models import TRASH_FOR, Entry
from journal.vault.asking import Asking, as_uuid

SHOWN = 200
GONE = "Gone for good, with every version of it."
EMPTY = "The trash is empty, and what lay in it is gone for good."
OFF = "The trash is off, and what lay in it is gone for good."


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: Asking, entry_id: uuid.UUID) -> HttpResponse:
    """Ask how to part with a page, and do it."""
    row = get_object_or_404(Entry.objects.written_by(request.user), id=entry_id)
    if request.method == "POST":
        if request.POST.get("how") == "trash" and request.user.keeps_trash:
            row.put_away()
            return redirect("trash")
        row.delete()
        messages.success(request, GONE)
        return redirect("journal")
    line = lines([row], request.keyring)[0]
    return render(request, "journal/delete.html", {"entry": row, "line": line})


@require_safe
def trash(request: Asking) -> HttpResponse:
    """List what lies in the trash, and until when."""
    away = list(Entry.objects.in_trash_of(request.user).heads()[:SHOWN])
    until = [timezone.localtime(row.trashed_at + TRASH_FOR) for row in away if row.trashed_at]
    rows = [
        {"row": row, "line": line, "until": f"{day.day} {day:%B}"}
        for row, line, day in zip(away, lines(away, request.keyring), until, strict=True)
    ]
    return render(request, "journal/trash.html", {"rows": rows})


@require_POST
def put_back(request: Asking, entry_id: uuid.UUID) -> HttpResponse:
    """Take a page out of the trash."""
    row = get_object_or_404(Entry.objects.in_trash_of(request.user), id=entry_id)
    row.put_back()
    return redirect("entry", row.pk)


@require_POST
def empty(request: Asking) -> HttpResponse:
    """Delete for good what lies in the trash: one page, or all of it."""
    away = Entry.objects.in_trash_of(request.user)
    if one := request.POST.get("entry"):
        get_object_or_404(away, id=as_uuid(one)).delete()
        messages.success(request, GONE)
    else:
        for row in away:
            row.delete()
        messages.success(request, EMPTY)
    return redirect("trash")


@require_POST
def keeping(request: Asking) -> HttpResponse:
    """Switch the trash on or off; switched off, it is emptied at once."""
    request.user.keeps_trash = request.POST.get("keep") == "yes"
    request.user.save(update_fields=["keeps_trash"])
    if not request.user.keeps_trash:
        for row in Entry.objects.in_trash_of(request.user):
            row.delete()
        messages.success(request, OFF)
    return redirect("trash")
