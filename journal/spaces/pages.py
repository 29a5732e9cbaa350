"""Together: the rooms one is in, making one, being called something there, pausing, leaving."""

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from journal.spaces import inviting, leaving, tokens
from journal.spaces.blocking import keep_out
from journal.spaces.forms import CalledForm, InviteForm
from journal.spaces.models import Block, Invitation, Membership, Post, Space
from journal.spaces.room import Room, rooms_of
from journal.spaces.safety_check import check
from journal.spaces.shell import around, home_of, last_day, line_of
from journal.vault.asking import Asking, as_uuid

PAUSES = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}


@require_safe
def together(request: Asking) -> HttpResponse:
    """List the rooms of two that this person is in, and what they left in rooms that ended."""
    rooms = [room for room in rooms_of(request.user) if room.space.kind == Space.COUPLE]
    context = {
        "rooms": [card(room) for room in rooms],
        "stranded": Post.objects.stranded(request.user).exists(),
    }
    return render(request, "together/list.html", context)


def card(room: Room) -> dict[str, str]:
    """Return a room as the list shows it, with where it leads."""
    url = home_of(room.space)
    if room.waiting:
        waiting = "Nobody has come in yet. The invitation is yours to pass on or to withdraw."
        url = reverse("room_invitation", args=[room.space.pk])
        return {"url": url, "title": "A room you have made", "line": waiting}
    if room.closed:
        url = reverse("room_leave", args=[room.space.pk])
        return {"url": url, "title": "A room that has closed", "line": line_of(room)}
    line = line_of(room) or "Open to you both. Your journals are not."
    return {"url": url, "title": f"The room with {room.other_names}", "line": line}


@require_POST
def take_home(request: Asking) -> HttpResponse:
    """Bring home what this person wrote in rooms that they are no longer in."""
    leaving.take_stranded_home(request.user)
    messages.success(request, "What you wrote there is in your journal now.")
    return redirect("journal")


@require_http_methods(["GET", "HEAD", "POST"])
def before_making(request: Asking) -> HttpResponse:
    """Ask a few questions before a room is made."""
    return check(request, reverse("room_create"))


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: Asking) -> HttpResponse:
    """Make a room for two, with an invitation."""
    form = InviteForm(
        request.POST or None, mail=bool(settings.EMAIL_URL), own=request.user.email,
        initial={"called": request.user.display_name},
    )  # fmt: skip
    if not form.is_valid():
        context = {"form": form}
        return render(
            request, "together/create.html", context, status=422 if form.is_bound else 200
        )
    asked = inviting.Asked(form.cleaned_data["called"], form.cleaned_data["note"].strip())
    room_id = form.cleaned_data["room_id"]
    try:
        space = inviting.open_room(request.user, Space.COUPLE, asked, room_id=room_id)
    except inviting.MadeBefore:
        return redirect("room_invitation", room_id)
    return pass_on(request, space, form.cleaned_data.get("email", ""), "room_invitation")


def pass_on(request: Asking, space: Space, address: str, page: str) -> HttpResponse:
    """Send a fresh invitation by mail if an address was given, and show it to its inviter.

    `page`: the name of the address at which its inviter finds it.
    """
    row = inviting.into(request.user, space.pk)
    if address and row is not None:
        link = reverse("invitation", args=[tokens.link_of(row, request.keyring)])
        if inviting.send(request, request.user, address, link):
            messages.success(request, "A short, neutral mail with the link is on its way.")
        else:
            messages.error(
                request, "That was enough mails for one day. You can pass the link on yourself."
            )
    return redirect(page, space.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: Asking, space_id: uuid.UUID) -> HttpResponse:
    """Show an inviter the link, renew it, or withdraw it."""
    room = Room.of(request, space_id, Space.COUPLE, Membership.PARTNER)
    if not room.waiting:
        return redirect("room", space_id)
    row = inviting.into(request.user, space_id)
    if request.method == "POST":
        return change_invitation(request, room, row)
    context: dict[str, Any] = {"room": room, "row": row, "note": note_of(request, row)}
    if row is not None and row.expires_at > timezone.now():
        until = timezone.localtime(row.expires_at)
        path = reverse("invitation", args=[tokens.link_of(row, request.keyring)])
        context |= {"link": settings.SITE_URL + path, "until": f"{until:%A} {until.day} {until:%B}"}
    return render(request, "together/invitation_sent.html", context)


def note_of(request: Asking, row: Invitation | None) -> str:
    """Return what an inviter wrote to whom they invited, opened with their own copy of the link."""
    if row is None:
        return ""
    return str(tokens.words_of(row, tokens.link_of(row, request.keyring)).get("note", ""))


def change_invitation(request: Asking, room: Room, row: Invitation | None) -> HttpResponse:
    """Make a fresh link, or withdraw the invitation and with it the room nobody came into."""
    if request.POST.get("then") == "withdraw":
        leaving.leave(request.user, room.space.pk)
        messages.success(request, "The invitation is withdrawn. Its link opens nothing now.")
        return redirect("together")
    asked = inviting.Asked(room.names[request.user.pk], note_of(request, row))
    inviting.renew(request.user, room.space.pk, Membership.PARTNER, asked)
    return redirect("room_invitation", room.space.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def you(request: Asking, space_id: uuid.UUID) -> HttpResponse:
    """Show how one is called in a room, pausing, the coach, and the way out."""
    room = Room.of(request, space_id, Space.COUPLE)
    form = CalledForm(
        request.POST or None, initial={"called": room.names[request.user.pk]},
        others=[room.names[row.person_id] for row in room.others],
    )  # fmt: skip
    if form.is_valid():
        room.me.rename(room.keyring, form.cleaned_data["called"])
        messages.success(request, "That’s kept.")
        return redirect("room_you", space_id)
    until = room.me.paused_until and timezone.localtime(room.me.paused_until)
    context = {
        **around(room, "room_you"), "form": form,
        "until": f"{until.day} {until:%B}" if until and room.me.paused else "",
        "partner": room.me.role == Membership.PARTNER, "stay": last_day(room.me),
        "coaches": [
            {"id": row.pk, "name": room.names[row.person_id], "until": last_day(row)}
            for row in room.members
            if row.role == Membership.COACH
        ],
    }  # fmt: skip
    return render(request, "together/you.html", context, status=422 if form.is_bound else 200)


@require_POST
def pause(request: Asking, space_id: uuid.UUID) -> HttpResponse:
    """Keep away from a room for a while, or come back to it."""
    room = Room.of(request, space_id, Space.COUPLE)
    length = PAUSES.get(request.POST.get("for", ""))
    room.me.pause(timezone.now() + length if length else None)
    return redirect(home_of(room.space))


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: Asking, space_id: uuid.UUID) -> HttpResponse:
    """Say what happens to what, and leave; in a closed room, take one's own words home."""
    room = Room.of(request, space_id, Space.COUPLE)
    if request.method != "POST":
        context = {"room": room, "names": room.other_names, "others": bool(room.others)}
        return render(request, "together/leave.html", context)
    if request.POST.get("keep_out"):
        keep_others_out(request, room)
    leaving.leave(request.user, space_id)
    messages.success(request, "You have left the room. What you wrote there is in your journal.")
    return redirect("together")


def keep_others_out(request: Asking, room: Room) -> None:
    """Keep everybody else in a room from inviting this person again."""
    for row in room.others:
        keep_out(request.user, request.keyring, row.person, room.names[row.person_id])


@require_http_methods(["GET", "HEAD", "POST"])
def kept_out(request: Asking) -> HttpResponse:
    """List whom one wants no invitation from, and take somebody off the list."""
    if request.method == "POST":
        wanted = as_uuid(request.POST.get("row"))
        if wanted is None or not Block.objects.by(request.user).filter(pk=wanted).delete()[0]:
            raise Http404
        return redirect("kept_out")
    rows = [
        {"id": row.pk, "called": opened["called"] or "Somebody"}
        for row, opened in request.keyring.open_many(Block.objects.by(request.user), "called")
    ]
    return render(request, "together/kept_out.html", {"rows": rows})
