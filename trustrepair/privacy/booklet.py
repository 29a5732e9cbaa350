"""A booklet for a therapist: pages that somebody ticked, on paper or as a file, and no others."""

import uuid
from collections.abc import Iterable
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods

from journal.entries.listing import lines, page_of
from journal.entries.models import Entry
from journal.relationships.chosen import Mending
from journal.vault.asking import Asking, as_uuid
from trustrepair.privacy.exporting import file_name
from trustrepair.privacy.plain import STYLE, Opener

MOST_PAGES = 200
TOO_MANY = f"A booklet holds up to {MOST_PAGES} pages. Take some ticks away."
NONE_TICKED = "Tick one page or more."


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required
def booklet(request: Asking) -> HttpResponse:
    """Let somebody tick pages, list by list; then set them as a booklet."""
    ticked = ticks(request)
    then = request.POST.get("then", "")
    if then not in {"show", "pdf"}:
        return choose(request, ticked)
    if not ticked or len(ticked) > MOST_PAGES:
        return choose(request, ticked, TOO_MANY if ticked else NONE_TICKED)
    rows = Entry.objects.written_by(request.user).filter(pk__in=ticked)
    opened = Opener(request.keyring, request.user.zone, Mending.of(request).names())
    pages = [opened.read(row) for row in rows.order_by("created_at", "id")]
    today = timezone.localdate()
    context = {
        "pages": pages,
        "dated": f"{today.day} {today:%B} {today.year}",
        "ticked": joined(ticked),
        "makes_pdf": pdf_maker() is not None,
    }
    if then == "pdf" and context["makes_pdf"]:
        return as_pdf(context)
    return render(request, "privacy/booklet.html", context)


def choose(request: Asking, ticked: list[uuid.UUID], error: str = "") -> HttpResponse:
    """List a page of the journal to tick from, with what was ticked on the others kept."""
    then = request.POST.get("then")
    place = {"older": "older", "newest": ""}.get(then or "", "after")
    after = request.POST.get(place, "")
    entries, older = page_of(request.user, after)
    names = Mending.of(request).names()
    shown = {entry.pk for entry in entries}
    choices = [
        {"id": str(entry.pk), "line": line, "ticked": entry.pk in ticked}
        for entry, line in zip(entries, lines(entries, request.keyring, names), strict=True)
    ]
    context = {
        "choices": choices,
        "after": after,
        "older": older,
        "elsewhere": joined(row for row in ticked if row not in shown),
        "count": len(ticked),
        "error": error,
    }
    return render(request, "privacy/choose.html", context, status=422 if error else 200)


def ticks(request: Asking) -> list[uuid.UUID]:
    """Return which of this person's pages are ticked: on the list just sent, and on the others."""
    raw = [*request.POST.getlist("page"), *request.POST.get("ticked", "").split(",")]
    ids = {found for one in raw if (found := as_uuid(one))}
    mine = Entry.objects.written_by(request.user).filter(pk__in=list(ids)[: 2 * MOST_PAGES])
    return list(mine.order_by("created_at", "id").values_list("pk", flat=True))


def joined(ids: Iterable[uuid.UUID]) -> str:
    """Return ids as one field carries them."""
    return ",".join(map(str, ids))


def pdf_maker() -> Any:
    """Return WeasyPrint's HTML class where it is installed with its libraries, or None."""
    try:
        from weasyprint import HTML
    except (ImportError, OSError):
        return None
    return HTML


def as_pdf(context: dict[str, Any]) -> HttpResponse:
    """Return the booklet as a PDF; making it fetches nothing."""
    page = render_to_string("privacy/booklet_file.html", context)
    html = page.replace("</head>", f"<style>{STYLE}</style></head>", 1)
    made = pdf_maker()(string=html, url_fetcher=nothing).write_pdf()
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, file_name("pdf"))
    return response


def nothing(url: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
    """Refuse to fetch.

    Raises:
        ValueError: always.
    """
    raise ValueError("A booklet fetches nothing.")
