"""Everything of one's own that stands in rooms as a copy, on one page, each to be taken back."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from journal.entries.listing import lines
from journal.spaces.handing_models import Handing
from journal.spaces.handing_over import Readers, standing
from journal.vault.asking import Asking, as_uuid

PAGE = 50


@require_safe
def handed_over(request: Asking) -> HttpResponse:
    """List where copies of one's own pages stand, the latest first: who reads which, since when."""
    rows = Handing.objects.all_of(request.user)
    mark = as_uuid(request.GET.get("after"))
    if mark and (last := rows.filter(pk=mark).first()):
        rows = rows.before(last)
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    rooms = Readers.fetch(request.user, [row.post for row in shown])
    pages = lines([row.entry for row in shown], request.keyring)
    context: dict[str, Any] = {
        "rows": [
            {"line": line, "copy": standing(row, row.entry, rooms)}
            for row, line in zip(shown, pages, strict=True)
        ],
        "older": str(shown[-1].pk) if len(found) > PAGE else "",
    }
    return render(request, "together/handed_over.html", context)
