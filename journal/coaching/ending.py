"""Ending the work together: by either, at once, and each keeps what is theirs.

What the client wrote or showed is closed to the coach from that moment, cards for good. The coach
keeps their own file and notes, which hold nothing of the client's. The client keeps everything:
what is theirs, and what the coach has sent them.
"""

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from journal.coaching import consent
from journal.coaching.coach_door import CLIENTS
from journal.coaching.models import ASSIGNMENT, FROM_COACH, ROOM, ClientFile, Showing
from journal.spaces import leaving
from journal.spaces.models import Membership, Post, Space
from journal.spaces.pages import keep_others_out
from journal.spaces.room import Room
from journal.vault.asking import Asking
from journal.vault.guard import Person

NAMELESS = "your client"
SENT = (Post.NOTE, Post.REPLY, ASSIGNMENT)


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: Asking, space_id: uuid.UUID) -> HttpResponse:
    """Say what happens to what, and end it; in a closed room, take one's own words home."""
    room = Room.of(request, space_id, Space.COACHING)
    as_coach = room.me.role == Membership.COACH
    if request.method != "POST":
        names = called(request, room) if as_coach else room.other_names
        context = {"room": room, "as_coach": as_coach, "names": names}
        return render(request, "coaching/end.html", context)
    if request.POST.get("keep_out"):
        keep_others_out(request, room)
    finish(room)
    messages.success(request, "It has ended. What you wrote there is in your journal.")
    return redirect(CLIENTS if as_coach else "coaching")


def called(request: Asking, room: Room) -> str:
    """Return how a coach may call the client here: where nothing is shown, as their own file does.

    A client who closed everything has closed the name they go by, too.
    """
    shown = Showing.objects.to_coach(request.user).filter(space=room.space, item=ROOM)
    if shown.exists():
        return room.other_names
    file = ClientFile.objects.kept_by(request.user).filter(space=room.space.pk).first()
    return str(file.read(request.keyring).get("called") or NAMELESS) if file else NAMELESS


def finish(room: Room) -> None:
    """Take the person who asks out of a coaching room, and end all that was shown there.

    Raises:
        Http404: they left it meanwhile.
    """
    with transaction.atomic():
        space = Space.objects.hold(room.person, room.space.pk)
        if space is None:
            raise Http404
        here = Membership.objects.in_held(space).select_related("person")
        of_role = {row.role: row.person for row in here}
        client, coach = of_role.get(Membership.CLIENT), of_role.get(Membership.COACH)
        if client is not None:
            consent.end_everything(client, space)
        if client is not None and coach is not None:
            leave_with(client, coach, space)
        leaving.leave(room.person, space.pk)
        if client is not None:
            consent.remember(client)


def leave_with(client: Person, coach: Person, space: Space) -> None:
    """Make the client's own what their coach has sent them, before the coach's keys go.

    Each becomes a post of the client's in the room, of the day it was sent, under the client's key
    for it: it comes home into their journal when they take their words home, and nobody else ever
    finds it. Drafts were sent to nobody and stay the coach's.
    """
    sent = Post.objects.written_by(coach).filter(space=space, kind__in=SENT)
    rows = list(sent.filter(opened_at__isnull=False).order_by("created_at", "id"))
    room = Room.of_person(client, space.pk)
    for row, body in room.read(rows):
        said = {"title": body.get("title", ""), "text": words_of(body)}
        room.write(FROM_COACH, said, at=row.created_at)


def words_of(body: dict[str, Any]) -> str:
    """Return what a coach sent as plain words: a note, and the questions of their own exercise."""
    asks = [str(one["ask"]) for one in body.get("questions") or ()]
    words = "\n".join([str(body.get("text") or ""), *asks]).strip()
    return words or str(body.get("title") or "")
