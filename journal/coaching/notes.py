"""A coach's own files: notes on a client, how they call them, the next session.

They are under the coach's own key and nobody else's, so they stay when a room ends. Looking at
them opens nothing of the client's.
"""

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from journal.coaching import client, ledger
from journal.coaching.client_pages import day_of
from journal.coaching.coach_door import for_coaches
from journal.coaching.coach_forms import NoteForm, OwnNoteForm
from journal.coaching.models import ClientFile, CoachNote
from journal.vault.asking import Asking

PAGE = 50


@require_POST
@for_coaches
def note(request: Asking, space_id: uuid.UUID) -> HttpResponse:
    """Keep a note of the coach's own, and the day of the next session."""
    found = ledger.look_into(request, space_id, what="")
    form = NoteForm(request.POST)
    if not form.is_valid():
        # The page with all that the client shows: it is written down like any look at it.
        return client.show(request, ledger.look_into(request, space_id), status=422, note=form)
    data = form.cleaned_data
    day = data["next_session"].isoformat() if data["next_session"] else ""
    called = data["called"].strip() or found.called
    with transaction.atomic():
        file = ClientFile.write(
            request.user, request.keyring, space_id, called=called, next_session=day
        )
        if data["text"].strip():
            CoachNote.keep(file, request.keyring, data["text"], data["note_id"])
    messages.success(request, "That’s kept, for you alone.")
    return redirect("client", space_id)


@require_safe
@for_coaches
def files(request: Asking) -> HttpResponse:
    """List a coach's own files, those of work that has ended included."""
    rows = [
        {"url": f"/coaching/files/{row.pk}/", "since": day_of(row.created_at),
         "called": row.read(request.keyring).get("called") or "A client"}
        for row in ClientFile.objects.kept_by(request.user)
    ]  # fmt: skip
    return render(request, "coaching/coach/files.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@for_coaches
def file(request: Asking, file_id: uuid.UUID) -> HttpResponse:
    """Read the notes in one file, or let all of it go."""
    row = ClientFile.objects.kept_by(request.user).filter(pk=file_id).first()
    if row is None:
        raise Http404
    if request.method == "POST" and request.POST.get("then") == "delete":
        row.delete()
        messages.success(request, "That file is gone, with its notes.")
        return redirect("coach_files")
    asked = request.GET.get("page", "")
    at = max(int(asked), 1) if asked.isdecimal() and len(asked) < 6 else 1
    notes = CoachNote.objects.kept_by(request.user).filter(file=row)
    rows = list(notes[(at - 1) * PAGE : at * PAGE + 1])
    context = {
        "called": row.read(request.keyring).get("called") or "A client",
        "notes": [line_of(request, one) for one in rows[:PAGE]],
        "newer": f"?page={at - 1}" if at > 1 else "",
        "older": f"?page={at + 1}" if len(rows) > PAGE else "",
    }
    return render(request, "coaching/coach/file.html", context)


def line_of(request: Asking, row: CoachNote) -> dict[str, str]:
    """Return a note ready to print."""
    return {
        "when": day_of(row.created_at),
        "text": row.read(request.keyring),
        "url": f"/coaching/files/{row.file_id}/notes/{row.pk}/",
    }


@require_http_methods(["GET", "HEAD", "POST"])
@for_coaches
def own_note(request: Asking, file_id: uuid.UUID, note_id: uuid.UUID) -> HttpResponse:
    """Change one note, or delete it."""
    row = CoachNote.objects.kept_by(request.user).filter(file=file_id, pk=note_id).first()
    if row is None:
        raise Http404
    if request.POST.get("then") == "delete":
        row.delete()
        messages.success(request, "That note is gone.")
        return redirect("coach_file", file_id)
    kept = row.read(request.keyring)
    form = OwnNoteForm(request.POST or None, initial={"text": kept, "base": row.version})
    clash = form.is_valid() and (form.cleaned_data["base"] or 0) != row.version
    if form.is_valid() and not clash:
        clash = not rewrite(request, row, form.cleaned_data["text"])
        if not clash:
            return redirect("coach_file", file_id)
    context: dict[str, Any] = {
        "form": form, "file_id": file_id, "base": row.version, "now": kept if clash else None,
        "words": str(form["text"].value() or ""),
    }  # fmt: skip
    status = 409 if clash else 422 if form.is_bound else 200
    return render(request, "coaching/coach/own_note.html", context, status=status)


def rewrite(request: Asking, row: CoachNote, text: str) -> bool:
    """Keep a note's new words unless somebody changed it meanwhile; say whether they are kept."""
    sealed = request.keyring.seal(row, "body", text)
    same = CoachNote.objects.kept_by(request.user).filter(pk=row.pk, version=row.version)
    values = {"sealed_body": sealed, "version": row.version + 1, "updated_at": timezone.now()}
    return bool(same.order_by().update(**values))
