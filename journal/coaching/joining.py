"""How client and coach come together: an invitation from either, and then a word item by item."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from journal.coaching import cards, consent
from journal.coaching.client_pages import day_of, looked_in
from journal.coaching.coach_door import CLIENTS, for_coaches
from journal.coaching.forms import USUAL, ConsentForm
from journal.coaching.models import PROFILE, ROOM, CoachProfile, Showing
from journal.relationships.chosen import Mending
from journal.spaces import inviting, leaving, tokens
from journal.spaces.forms import InviteForm
from journal.spaces.models import Invitation, Membership, Space
from journal.spaces.pages import pass_on
from journal.spaces.room import Room
from journal.vault.asking import Asking


@require_http_methods(["GET", "HEAD", "POST"])
def invite_coach(request: Asking) -> HttpResponse:
    """Invite a coach, and say at once what they will see."""
    mending = Mending.of(request)
    words = invite_form(request)
    show = consent_form(request, mending)
    if words.is_valid() and show.is_valid():
        asked = inviting.Asked(words.cleaned_data["called"], words.cleaned_data["note"].strip())
        room_id = words.cleaned_data["room_id"]
        try:
            with transaction.atomic():
                space = open_for(request, asked, Membership.CLIENT, room_id)
                room = Room.of(request, space.pk)
                consent.give(room, show.cleaned_data["items"], show.chosen_about, show.until)
        except inviting.MadeBefore:
            return redirect("coaching_invitation", room_id)
        return pass_on(request, space, words.cleaned_data.get("email", ""), "coaching_invitation")
    context = {"form": words, "show": show, "mending": mending}
    status = 422 if words.is_bound else 200
    return render(request, "coaching/client/invite.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_coaches
def invite_client(request: Asking) -> HttpResponse:
    """Invite a client; they see how the coach introduces themselves before they decide."""
    profile = profile_of(request)
    form = invite_form(request, profile.get("name", ""))
    if not form.is_valid():
        context = {"form": form, "profile": profile}
        status = 422 if form.is_bound else 200
        return render(request, "coaching/invite_client.html", context, status=status)
    asked = inviting.Asked(
        form.cleaned_data["called"], form.cleaned_data["note"].strip(), about=profile
    )
    room_id = form.cleaned_data["room_id"]
    try:
        with transaction.atomic():
            space = open_for(request, asked, Membership.COACH, room_id)
            introduce(Room.of(request, space.pk), profile)
    except inviting.MadeBefore:
        return redirect("coaching_invitation", room_id)
    return pass_on(request, space, form.cleaned_data.get("email", ""), "coaching_invitation")


def invite_form(request: Asking, called: str = "") -> InviteForm:
    """Return the form of an invitation, with a name to begin with."""
    initial = {"called": called or request.user.display_name}
    return InviteForm(
        request.POST or None, mail=bool(settings.EMAIL_URL), own=request.user.email, initial=initial
    )


def consent_form(
    request: Asking, mending: Mending, known: dict[str, Showing] | None = None
) -> ConsentForm:
    """Return the form that says what is shown, as it stands where something is shown now.

    What has run out is ticked no more than what never was shown.
    """
    about = next((row.about_id for row in (known or {}).values() if row.about_id), None)
    initial = {
        "items": list(known or ()),
        "about": str(about or (mending.chosen.pk if mending.chosen else "")),
        "days": USUAL,
    }
    since = {key: day_of(row.given_at) for key, row in (known or {}).items()}
    return ConsentForm(
        request.POST or None, initial=initial, relationships=mending.rows, since=since
    )


def profile_of(request: Asking) -> dict[str, str]:
    """Return how the coach who asks introduces themselves; empty where they have not."""
    row = CoachProfile.objects.of(request.user)
    return row.read(request.keyring) if row else {}


def open_for(request: Asking, asked: inviting.Asked, role: str, room_id: uuid.UUID | None) -> Space:
    """Make a room for coaching in which the person who asks has this role."""
    return inviting.open_room(request.user, Space.COACHING, asked, role, room_id)


def introduce(room: Room, profile: dict[str, str]) -> None:
    """Put a coach's introduction into a room, once."""
    if profile and not room.posts.filter(kind=PROFILE, author=room.person).exists():
        room.write(PROFILE, profile)


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: Asking, space_id: uuid.UUID) -> HttpResponse:
    """Show an inviter the link into a coaching room, renew it, or withdraw it."""
    room = Room.of(request, space_id, Space.COACHING)
    if not room.waiting:
        return redirect("coaching_room", space_id)
    row = inviting.into(request.user, space_id)
    if room.me.role == Membership.CLIENT:
        looked_in(room)
    if request.method == "POST":
        return change_invitation(request, room)
    context: dict[str, Any] = {"room": room, "as_coach": room.me.role == Membership.COACH}
    if row is not None and row.expires_at > timezone.now():
        context |= {"link": link_of(request, row), "until": day_of(row.expires_at)}
    return render(request, "coaching/invitation_sent.html", context)


def link_of(request: Asking, row: Invitation) -> str:
    """Return an invitation's whole address, for its inviter."""
    path = reverse("invitation", args=[tokens.link_of(row, request.keyring)])
    return f"{settings.SITE_URL}{path}"


def change_invitation(request: Asking, room: Room) -> HttpResponse:
    """Make a fresh link, or withdraw the invitation and with it the room nobody came into."""
    as_coach = room.me.role == Membership.COACH
    if request.POST.get("then") == "withdraw":
        leaving.leave(request.user, room.space.pk)
        consent.remember(request.user)
        messages.success(request, "The invitation is withdrawn. Its link opens nothing now.")
        return redirect(CLIENTS if as_coach else "coaching")
    about = profile_of(request) if as_coach else {}
    role = Membership.CLIENT if as_coach else Membership.COACH
    asked = inviting.Asked(room.names[request.user.pk], about=about)
    inviting.renew(request.user, room.space.pk, role, asked)
    return redirect("coaching_invitation", room.space.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_coaches
def arrived(request: Asking, space_id: uuid.UUID) -> HttpResponse:
    """Where a coach comes in: hand the client the introduction, seen first."""
    room = Room.of(request, space_id, Space.COACHING, Membership.COACH)
    profile = profile_of(request)
    if request.method == "POST":
        introduce(room, profile)
        return redirect(CLIENTS)
    if not profile:
        return redirect("you_coach")
    return render(request, "coaching/arrived.html", {"profile": profile})


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: Asking, space_id: uuid.UUID) -> HttpResponse:
    """Say item by item what the coach of a room sees, and until when; also to renew it."""
    room = consent.room_of_client(request, space_id)
    if room.closed:
        return redirect("coaching_end", space_id)
    mending = Mending.of(request)
    known = consent.shown_in(room)
    form = consent_form(request, mending, known)
    if form.is_valid():
        consent.give(room, form.cleaned_data["items"], form.chosen_about, form.until)
        cards.publish(request)
        return redirect("coaching_room", space_id)
    context = {
        "form": form, "show": form, "room": room, "coach": room.other_names, "mending": mending,
        "room_item": consent.WORDS[ROOM], "again": bool(known),
    }  # fmt: skip
    status = 422 if form.is_bound else 200
    return render(request, "coaching/client/consent.html", context, status=status)


@require_POST
def narrow(request: Asking, space_id: uuid.UUID) -> HttpResponse:
    """Stop showing one item, or everything, from the next request on."""
    room = consent.room_of_client(request, space_id)
    item = request.POST.get("item", "")
    consent.narrow(room, item)
    messages.success(request, "Done. It is closed to them from this moment on.")
    # Whoever has just closed everything is not led to the page that opens it.
    return redirect("coaching") if item == ROOM else redirect("coaching_room", space_id)
