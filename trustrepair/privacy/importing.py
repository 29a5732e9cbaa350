"""Bringing words in: choose a file, see what would come of it, say yes, watch it come."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from journal.entries.import_models import IMPORTS_FOR, ImportBatch, ImportPiece
from journal.vault.asking import Asking
from trustrepair.privacy import taking_in
from trustrepair.privacy.archive import MIB, Bundle, Unreadable
from trustrepair.privacy.planning import plan
from trustrepair.privacy.records import Record
from trustrepair.privacy.sources import OURS

SECONDS = 1.5
MOST = f"up to {settings.IMPORT_MOST // MIB:,} megabytes"


class FileForm(forms.Form):
    """One file."""

    file = forms.FileField(
        label="The file", help_text=f"A zip or a JSON file, {MOST}.",
        error_messages={
            "required": "Choose a file first.",
            "empty": "There is nothing in this file. Choose another.",
            "invalid": "No file came with this. Choose it once more.",
        },
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def import_(request: Asking) -> HttpResponse:
    """Read a file and say what is in it; on a yes bring it in, some at a time."""
    fresh = ImportBatch.objects.of(request.user).filter(ready_at__isnull=False)
    batch = fresh.filter(created_at__gte=timezone.now() - IMPORTS_FOR).first()
    if request.method != "POST":
        return show(request, batch) if batch else ask(request, FileForm())
    match request.POST.get("do"):
        case "drop":
            ImportBatch.objects.of(request.user).delete()
        case "go" if batch is not None:
            return go(request, batch)
        case "go":
            pass
        case _:
            return read(request)
    return redirect("import_")


def read(request: Asking) -> HttpResponse:
    """Look through a posted file; say beside the field why it cannot be brought in."""
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return ask(request, form, 422)
    file = form.cleaned_data["file"]
    try:
        plan(request.user, request.keyring, Bundle(file.read(), file.name), request.user.zone)
    except Unreadable as refused:
        form.add_error("file", refused.why)
        return ask(request, form, refused.status)
    return redirect("import_")


def go(request: Asking, batch: ImportBatch) -> HttpResponse:
    """Bring in some more; at the end say what came."""
    if not taking_in.go_on(batch, request.user, request.keyring, SECONDS):
        return redirect("import_")
    ended = ImportBatch.objects.of(request.user).filter(pk=batch.pk).first()
    if ended is None:  # another tab was there first
        return redirect("import_")
    report = ended.report(request.keyring)
    ended.delete()
    return render(request, "privacy/imported.html", {"report": in_words(report)})


def ask(request: Asking, form: FileForm, status: int = 200) -> HttpResponse:
    """Ask for a file."""
    context = {"form": form, "most": settings.IMPORT_MOST}
    return render(request, "privacy/import.html", context, status=status)


def show(request: Asking, batch: ImportBatch) -> HttpResponse:
    """Show what would come, or how much has come so far."""
    report = batch.report(request.keyring)
    left = ImportPiece.objects.of(batch).count()
    context = {
        "report": in_words(report),
        "all": report["pieces"],
        "done": report["pieces"] - left,
        "begun": left < report["pieces"],
    }
    return render(request, "privacy/importing.html", context)


def in_words(report: Record) -> dict[str, Any]:
    """Return a report as the page says it."""
    return {
        **report,
        "by": "this house’s own export" if report["format"] == OURS else report["format"],
        "from": day(report["first"]),
        "until": day(report["last"]),
        "new": report["pages"] + report["relationships"] + report["beside"] + report["pieces"],
    }


def day(stamp: str) -> str:
    """Return the day of a record's time, where the reader is."""
    if not stamp:
        return ""
    local = timezone.localtime(taking_in.at(stamp))
    return f"{local.day} {local:%B} {local.year}"
