"""Pages of the listening exchange."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from journal.spaces.models import Membership
from journal.spaces.pages import as_uuid
from journal.spaces.room import Room
from journal.spaces.shell import around
from journal.together import listening
from journal.together.forms import BeginTalkForm, TurnForm, WishForm
from journal.together.pages import entered, giving_back, writing
from journal.together.polling import stamp
from journal.together.talk_models import Talk
from journal.vault.asking import Asking

MOVED = (
    "The talk has gone on since you opened this page, so this was not sent. Your words are here."
)
ASKS = {
    (Talk.SAY, 1): "What would you like to be heard in?",
    (Talk.SAY, 2): "And you? What would you like to be heard in?",
    (Talk.HEAR, 1): "What did you hear?",
    (Talk.HEAR, 2): "What did you hear?",
    (Talk.CHECK, 1): "Is that it?",
    (Talk.CHECK, 2): "Is that it?",
}
HINTS = {
    Talk.SAY: "One thing, not the worst one. Begin with what happened and how it was for you.",
    Talk.HEAR: "Say it back in your own words. No answer, no reason, no “but”. Hearing is not "
               "agreeing.",
    Talk.CHECK: "Only whether it was heard. It need not be word for word.",
}  # fmt: skip


@writing
def begin(request: Asking, space_id: uuid.UUID) -> HttpResponse:
    """Say how a talk in turns goes, and begin one."""
    room = entered(request, space_id, role=Membership.PARTNER)
    form = BeginTalkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        talk = listening.begin(room, data["device"] == "one", data["post_id"])
        return redirect("talk", space_id, talk.pk)
    context = around(room, "") | {"form": form, "post_id": uuid.uuid4()}
    return render(request, "together/talk_begin.html", context, status=422 if form.errors else 200)


@require_safe
def talks(request: Asking, space_id: uuid.UUID) -> HttpResponse:
    """Show all talks of the room, a page at a time, and no word of them."""
    room = entered(request, space_id, role=Membership.PARTNER)
    found, older = listening.Talks.page(room, as_uuid(request.GET.get("after")))
    context = around(room, "") | {"talks": found, "older": older}
    return render(request, "together/talks.html", context)


@writing
@giving_back
def talk(request: Asking, space_id: uuid.UUID, talk_id: uuid.UUID) -> HttpResponse:
    """Show where a talk stands, and take a turn."""
    room = entered(request, space_id, role=Membership.PARTNER)
    if request.method != "POST":
        return talk_page(request, room, talk_id)
    form = TurnForm(request.POST)
    if not form.is_valid():
        return talk_page(request, room, talk_id, form, status=422)
    data = form.cleaned_data
    try:
        listening.take_turn(room, talk_id, data["act"], data["text"], data["base"], data["post_id"])
    except listening.Moved:
        return talk_page(request, room, talk_id, form, MOVED, status=409)
    return redirect("talk", space_id, talk_id)


@require_POST
def wish(request: Asking, space_id: uuid.UUID, talk_id: uuid.UUID) -> HttpResponse:
    """Say whether a talk that is over should stay in the room."""
    room = entered(request, space_id, role=Membership.PARTNER)
    form = WishForm(request.POST)
    if not form.is_valid():
        raise Http404
    if listening.wish(room, talk_id, form.cleaned_data["wish"] == "keep"):
        return redirect("talk", space_id, talk_id)
    messages.success(request, "It is gone for both of you: nothing of it can be read any more.")
    return redirect("room", space_id)


def talk_page(
    request: Asking, room: Room, talk_id: uuid.UUID, form: TurnForm | None = None,
    trouble: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Render a talk as it stands, with the words that were just sent."""
    found = listening.one(room, talk_id)
    row = found.talk
    over = row.stage == Talk.OVER or room.closed
    # On one device a page without a word stands between two turns, for handing it over.
    between = row.one_device and not over and form is None
    between = between and request.GET.get("turn") != str(row.version)
    # Words that the other writes on this device are not kept for whoever is signed in on it.
    mine = over or row.voice == found.mine
    context: dict[str, Any] = around(room, "") | {
        "exchange": found, "talk": row, "over": over, "between": between, "trouble": trouble,
        "form": form or TurnForm.fresh(base=row.version), "base": row.version,
        "whose": "" if over else found.names[row.voice], "now": stamp(timezone.now()),
        "ask": ASKS.get((row.stage, row.round), ""), "hint": HINTS.get(row.stage, ""),
        "wanted": found.mine in found.wishes, "mine": mine,
        "writes": mine and not over and not between and (found.my_turn or form is not None),
    }  # fmt: skip
    return render(request, "together/talk.html", context, status=status)
