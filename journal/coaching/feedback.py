"""What a coach writes to a client: drafted for as long as they like, then sent into the room.

A draft is a post that only its author sees, under its author's key for it: the client is told of it
neither by a page nor by a number. Sending destroys the draft and puts its words there as a new
post, so that nothing of how it came about is left.
"""

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from journal.coaching import ledger
from journal.coaching.client_pages import day_of
from journal.coaching.coach_door import for_coaches
from journal.coaching.coach_forms import ReplyForm
from journal.coaching.models import REQUEST
from journal.spaces.models import Membership, Post, PostQuerySet
from journal.spaces.room import Room
from journal.vault.asking import Asking

QUIETLY = (
    "Hello {}, there is nothing you need to answer. I only wanted to say that this room is here, "
    "and that you can take the next step when it suits you, or leave it for now."
)


class Clash(Exception):
    """A draft was changed meanwhile; carries what is kept, and the draft."""

    def __init__(self, kept: str, draft: Post) -> None:
        super().__init__("a draft was changed meanwhile")
        self.kept = kept
        self.draft = draft


def drafts(room: Room, about: Post | None) -> PostQuerySet:
    """Return what a coach has drafted about a post, or about nothing in particular.

    A draft on something that was taken back meanwhile is about nothing in particular now.
    """
    kinds = [Post.REPLY] if about else [Post.NOTE, Post.REPLY]
    mine = Post.objects.written_by(room.person).filter(space=room.space, kind__in=kinds)
    return mine.filter(parent=about, opened_at__isnull=True).newest()


def draft_of(room: Room, about: Post | None, text: str, data: dict[str, Any]) -> Post | None:
    """Return the draft that a page had in it, locked until the transaction ends, or the one begun.

    Args:
        text: what that page makes of it.
        data: the form's `draft`, an id or nothing, and `base`, its version there.

    Raises:
        Clash: it has other words by now, which `text` would put an end to.
        Http404: the coach left the room meanwhile.
    """
    if Membership.objects.hold(room.person, room.space.pk) is None:
        raise Http404
    found = drafts(room, about)
    draft = (found.filter(pk=data["draft"]) if data["draft"] else found).first()
    if draft is None:
        return None
    room.admit([draft])
    kept = str(draft.body(room.keyring)["text"])
    if draft.version != (data["base"] or 0) and kept != text:
        raise Clash(kept, draft)
    return draft


def keep_draft(room: Room, about: Post | None, data: dict[str, Any]) -> None:
    """Keep the words of a form as the draft about a post; no words are no draft.

    Raises:
        Clash, Http404: as for `draft_of`.
    """
    text = data["text"]
    with transaction.atomic():
        draft = draft_of(room, about, text, data)
        if draft is None and text.strip():
            kind = Post.REPLY if about else Post.NOTE
            room.write(kind, {"text": text}, parent=about, hidden=True)
        elif draft is not None and text.strip():
            room.rewrite(draft.pk, {"text": text})
        elif draft is not None:
            drafts(room, about).filter(pk=draft.pk).take_back()


def send(room: Room, about: Post | None, data: dict[str, Any]) -> None:
    """Put the words of a form into the room, and let their draft go.

    Raises:
        Clash, Http404: as for `draft_of`.
    """
    kind, text = Post.REPLY if about else Post.NOTE, data["text"]
    with transaction.atomic():
        draft = draft_of(room, about, text, data)
        room.write(kind, {"text": text}, parent=about, post_id=data["post_id"])
        if draft is not None:
            drafts(room, about).filter(pk=draft.pk).take_back()


@require_http_methods(["GET", "HEAD", "POST"])
@for_coaches
def page(request: Asking, space_id: uuid.UUID, post_id: uuid.UUID) -> HttpResponse:
    """Read a page that was handed over, or a request, and answer it."""
    found = ledger.look_into(request, space_id, what="")
    post = found.open(post_id, Post.COPY, REQUEST)
    said = found.room.posts.filter(parent=post, kind=Post.REPLY, opened_at__isnull=False)
    replies = list(said.order_by("created_at", "id"))
    draft = drafts(found.room, post).first()
    found.room.admit([post, *replies, *([draft] if draft else [])])
    body = post.body(found.room.keyring)
    context = {
        "title": body.get("title")
        or ("Something they asked" if post.kind == REQUEST else "A page"),
        "when": day_of(post.created_at),
        "parts": body.get("parts") or [{"ask": "", "words": body.get("text", "")}],
        "answers": [
            {"when": day_of(one.created_at), "text": one.body(found.room.keyring)["text"]}
            for one in replies
        ],
    }
    return write(request, found, post, draft, "coaching/coach/page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_coaches
def reply(request: Asking, space_id: uuid.UUID) -> HttpResponse:
    """Write something to a client, on nothing in particular."""
    found = ledger.look_into(request, space_id, what="")
    draft = drafts(found.room, None).first()
    found.room.admit([draft] if draft else [])
    return write(request, found, None, draft, "coaching/coach/reply.html", {})


def write(
    request: Asking, found: ledger.Shown, about: Post | None, draft: Post | None,
    template: str, context: dict[str, Any],
) -> HttpResponse:  # fmt: skip
    """Show a form for words to a client with its draft in it; keep or send what is posted."""
    room, then = found.room, request.POST.get("then", "send")
    kept = draft.body(room.keyring)["text"] if draft else ""
    initial = {"post_id": uuid.uuid4(), "text": kept}
    form = ReplyForm(request.POST or None, initial=initial, sending=then != "keep")
    clash = None
    if form.is_valid():
        try:
            if then == "keep":
                keep_draft(room, about, form.cleaned_data)
                messages.success(request, "Kept as a draft. Only you can see it.")
            else:
                send(room, about, form.cleaned_data)
                messages.success(request, "Sent. It is in the room now.")
            return redirect("client", room.space.pk)
        except Clash as said:
            clash, draft = said, said.draft
    status = 409 if clash else 422 if form.is_bound else 200
    context |= {
        "room": room, "name": found.called, "told": ledger.TOLD, "form": form,
        "ids": {"post_id": uuid.uuid4(), **ids_of(draft)},
        "now": clash.kept if clash else None, "drafted": draft is not None,
        "words": str(form["text"].value() or ""),
    }  # fmt: skip
    return render(request, template, context, status=status)


def ids_of(draft: Post | None) -> dict[str, Any]:
    """Return which draft a page has in it, in which version."""
    return {"draft": draft.pk, "base": draft.version} if draft else {"draft": "", "base": 0}


@require_POST
@for_coaches
def draft_note(request: Asking, space_id: uuid.UUID) -> HttpResponse:
    """Draft a note to somebody who has been quiet; nothing is sent before the coach does it."""
    found = ledger.look_into(request, space_id, what="")
    with transaction.atomic():
        # Held, so that a button pressed twice drafts once.
        Membership.objects.hold(request.user, space_id)
        if not drafts(found.room, None).exists():
            text = QUIETLY.format(found.called)
            found.room.write(Post.NOTE, {"text": text}, hidden=True)
    return redirect("client_reply", space_id)
