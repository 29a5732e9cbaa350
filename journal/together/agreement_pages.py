"""Pages of agreements: wording by turns, signing, how a day went, ending, one's own copies."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from journal.spaces.models import Membership, Post
from journal.spaces.pages import as_uuid
from journal.spaces.room import Room
from journal.spaces.shell import around
from journal.together import agreements
from journal.together.agreements import day_words
from journal.together.forms import DayForm, PromiseForm, SignForm, WordsForm
from journal.together.models import Agreement, Signature
from journal.together.pages import entered, giving_back, write_page, writing
from journal.vault.asking import Asking

REWORDED = (
    "It was worded anew since you opened this page, so nothing was signed or changed. "
    "Here is the new wording."
)
ENDED = "This has ended meanwhile. Your words are here, for you to take along."
KEPT_AT_ONCE = 50


@writing
@giving_back
def propose(request: Asking, space_id: uuid.UUID) -> HttpResponse:
    """Put the first wording of a promise on the table."""
    room = entered(request, space_id, role=Membership.PARTNER)
    form = PromiseForm(request.POST) if request.method == "POST" else PromiseForm.fresh()
    if form.is_valid():
        data = form.cleaned_data
        row = agreements.propose(room, Agreement.PROMISE, data["text"], data["post_id"])
        return redirect("agreement", space_id, row.pk)
    words = {
        "heading": "Something to agree on", "label": "In a sentence", "act": "Put it on the table",
        "hint": "Say what each of you will do, and when. Either can reword it until both sign.",
        "margin": True,
    }  # fmt: skip
    return write_page(request, room, form, words, status=422 if form.is_bound else 200)


@require_safe
def going_on(request: Asking, space_id: uuid.UUID) -> HttpResponse:
    """Show all promises that go on in the room, a page at a time."""
    room = entered(request, space_id, role=Membership.PARTNER)
    shown, older = agreements.page_of(room, as_uuid(request.GET.get("after")))
    context = around(room, "") | {"pacts": shown, "older": older}
    return render(request, "together/agreements.html", context)


@writing
@giving_back
def agreement(request: Asking, space_id: uuid.UUID, agreement_id: uuid.UUID) -> HttpResponse:
    """Show a promise with what can be done with it; a posted wording goes on the table."""
    room = entered(request, space_id)
    if request.method != "POST":
        return agreement_page(request, room, agreement_id)
    if room.me.role != Membership.PARTNER:
        raise Http404
    form = PromiseForm(request.POST)
    if not form.is_valid():
        return agreement_page(request, room, agreement_id, form, status=422)
    data = form.cleaned_data
    try:
        agreements.reword(room, agreement_id, data["text"], data["base"], data["post_id"])
    except agreements.Reworded:
        return agreement_page(request, room, agreement_id, form, REWORDED, status=409)
    except agreements.Ended:
        return agreement_page(request, room, agreement_id, form, ENDED, status=409)
    return redirect("agreement", space_id, agreement_id)


def agreement_page(
    request: Asking, room: Room, agreement_id: uuid.UUID, form: WordsForm | None = None,
    trouble: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Render a promise as it is now, with the words that were just sent."""
    pact = agreements.one_pact(room, agreement_id)
    before, partner = agreements.earlier(room, pact), room.me.role == Membership.PARTNER
    context = around(room, "") | {
        "pact": pact, "trouble": trouble, "ended": pact.row.ended_at is not None,
        "form": form or PromiseForm.fresh(pact.on_table, pact.version), "base": pact.version,
        "before": [
            {"text": body["text"], "when": f"{worded_by(room, row)}, {day_words(row.created_at)}"}
            for row, body in room.read(before)
        ],
        "partner": partner, "writes": partner and not (room.closed or pact.row.ended_at),
    }  # fmt: skip
    return render(request, "together/agreement.html", context, status=status)


def worded_by(room: Room, row: Post) -> str:
    """Return whose turn a wording was."""
    return "You" if row.author_id == room.person.pk else room.names.get(row.author_id, "The other")


@require_POST
@giving_back
def sign(request: Asking, space_id: uuid.UUID, agreement_id: uuid.UUID) -> HttpResponse:
    """Sign the wording that was on the page."""
    room = entered(request, space_id, role=Membership.PARTNER)
    form = SignForm(request.POST)
    try:
        version = form.cleaned_data["version"] if form.is_valid() else 0
        agreements.sign(room, agreement_id, version)
    except agreements.Reworded:
        return agreement_page(request, room, agreement_id, trouble=REWORDED, status=409)
    except agreements.Ended:
        return agreement_page(request, room, agreement_id, trouble=ENDED, status=409)
    return redirect("agreement", space_id, agreement_id)


@require_POST
@giving_back
def say(request: Asking, space_id: uuid.UUID, agreement_id: uuid.UUID) -> HttpResponse:
    """Note how a day went, for oneself."""
    room = entered(request, space_id, role=Membership.PARTNER)
    form = DayForm(request.POST)
    if not form.is_valid():
        trouble = "Choose one of the last fourteen days."
        return agreement_page(request, room, agreement_id, trouble=trouble, status=422)
    agreements.say(room, agreement_id, form.cleaned_data["day"], form.cleaned_data["said"])
    return redirect("agreement", space_id, agreement_id)


@require_POST
@giving_back
def end(request: Asking, space_id: uuid.UUID, agreement_id: uuid.UUID) -> HttpResponse:
    """End a promise."""
    room = entered(request, space_id, role=Membership.PARTNER)
    agreements.end(room, agreement_id)
    messages.success(request, "It has ended. What you both signed stays in your journal.")
    return redirect("room", space_id)


@writing
@giving_back
def full_jar(request: Asking, space_id: uuid.UUID) -> HttpResponse:
    """Word together, by turns, what is to happen when the jar is full."""
    room = entered(request, space_id, role=Membership.PARTNER)
    pact = agreements.wish_of(room)
    words: dict[str, Any] = {
        "heading": "When the jar is full", "label": "In a sentence", "act": "Keep it",
        "hint": "Something for both of you. Either can reword it at any time.",
    }  # fmt: skip
    if request.method != "POST":
        form = WordsForm.fresh(pact.on_table, pact.version) if pact else WordsForm.fresh()
        return write_page(request, room, form, words)
    form = PromiseForm(request.POST)
    if not form.is_valid():
        return write_page(request, room, form, words, status=422)
    data = form.cleaned_data
    try:
        agreements.wish(room, pact, data["text"], data["base"], data["post_id"])
    except agreements.Reworded:
        now = agreements.wish_of(room)
        words |= {"now": now.on_table if now else ""}
        form.cleaned_data["base"] = now.version if now else 0
        return write_page(request, room, form, words, status=409)
    return redirect("room", space_id)


@require_safe
def kept(request: Asking) -> HttpResponse:
    """Show a person's own copies of what they and another both signed, a page at a time."""
    after = as_uuid(request.GET.get("after"))
    found = list(Signature.objects.before(request.user, after)[: KEPT_AT_ONCE + 1])
    rows = found[:KEPT_AT_ONCE]
    copies = [
        {
            "text": copy["text"],
            "names": " and ".join(copy["names"]),
            "when": day_words(row.agreed_at or row.signed_at),
        }
        for row in rows
        if (copy := row.copy(request.keyring))
    ]
    older = str(rows[-1].pk) if len(found) > KEPT_AT_ONCE else ""
    return render(request, "together/kept.html", {"rows": copies, "older": older})
