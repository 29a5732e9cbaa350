"""A sheet for the next session: what moved, what was shown and what was asked since the last.

It is made to be printed, and everything on it is what the client's page shows now.
"""

import uuid
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from journal.coaching import ledger
from journal.coaching.client import View, file_of
from journal.coaching.client_pages import card_words, iso
from journal.coaching.coach_door import for_coaches
from journal.coaching.models import CARD_OF, DIALS, KEPT, PATH, REQUEST, ROOM, ClientFile, Opening
from journal.spaces.models import Post
from journal.vault.asking import Asking


@require_http_methods(["GET", "HEAD", "POST"])
@for_coaches
def sheet(request: Asking, space_id: uuid.UUID) -> HttpResponse:
    """Show the sheet; when the session was held, the next one begins from today."""
    what = "" if request.method == "POST" else Opening.SHEET
    shown = ledger.look_into(request, space_id, what)
    today = timezone.localdate()
    if request.method == "POST":
        held = {"last_session": today.isoformat(), "next_session": ""}
        ClientFile.write(request.user, request.keyring, space_id, **held)
        messages.success(request, "The next sheet begins from today.")
        return redirect("client", space_id)
    view = View.of(shown)
    _, card = file_of(request, shown)
    since = since_when(card, timezone.localtime(shown.items[ROOM].given_at).date())
    context = {
        "room": shown.room, "name": shown.called, "told": ledger.TOLD,
        "since": iso(since.isoformat()), "today": iso(today.isoformat()),
        "moved": moved(view, since),
        "copies": [one for one in view.of_kind(Post.COPY) if one["day"] >= since],
        "asked": [one for one in view.of_kind(REQUEST) if one["day"] >= since],
        "tasks": [one for one in view.tasks() if (one["said_on"] or one["day"]) >= since],
    }  # fmt: skip
    return render(request, "coaching/coach/sheet.html", context)


def since_when(card: dict[str, Any], given: date) -> date:
    """Return the day of the last session, or the day from which something is shown."""
    last = card.get("last_session")
    return date.fromisoformat(last) if last else given


def moved(view: View, since: date) -> list[str]:
    """Return the cards since a day, in words, the latest first."""
    return [
        card_words(CARD_OF[item], body)
        for item in (PATH, KEPT, DIALS)
        for body in view.bodies(item)
        if date.fromisoformat(body["day"]) >= since
    ]
