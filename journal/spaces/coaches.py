"""A coach in a couple's room: there only while both want it, and for a time.

Whoever is asked for a yes may do nothing, or take a yes back; whoever suggested the coach sees the
same of that as of somebody who thinks about it. After a week the suggestion is over by itself.
"""

import uuid
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from journal.spaces import inviting, leaving, tokens
from journal.spaces.forms import CoachForm
from journal.spaces.giving_back import giving_back
from journal.spaces.guest_models import Consent, Renewal
from journal.spaces.models import Invitation, Membership, Space
from journal.spaces.room import Room
from journal.spaces.shell import around, last_day
from journal.vault.asking import Asking, as_uuid


@require_http_methods(["GET", "HEAD", "POST"])
@giving_back
def coach(request: Asking, space_id: uuid.UUID) -> HttpResponse:
    """Suggest a coach to the other partner, say yes to one, pass the link on, renew."""
    room = Room.of(request, space_id, Space.COUPLE, Membership.PARTNER)
    row = inviting.into(request.user, space_id, Membership.COACH)
    if row is not None and row.expires_at <= timezone.now():
        row = None
    then = request.POST.get("then", "")
    guest = next((one for one in room.members if one.role == Membership.COACH), None)
    if guest is not None and then:
        return let_stay(request, room, guest, then)
    if row is not None and then:
        return decide(request, room, row, then)
    form = CoachForm(request.POST or None)
    if form.is_valid() and (row is not None or room.closed or room.waiting):
        raise Http404  # the other was faster, or is not there: the words are given back
    if form.is_valid():
        asked = inviting.Asked(
            room.names[request.user.pk], form.cleaned_data["note"].strip(),
            form.cleaned_data["whom"],
        )  # fmt: skip
        inviting.renew(request.user, space_id, Membership.COACH, asked)
        return redirect("room_coach", space_id)
    context: dict[str, Any] = {**around(room, "room_you"), "form": form}
    if row is not None:
        context |= asked_for(request, room, row)
    if guest is not None:
        context["guest"] = stay_of(room, guest)
    return render(request, "together/coach.html", context, status=422 if form.is_bound else 200)


def asked_for(request: Asking, room: Room, row: Invitation) -> dict[str, Any]:
    """Return what a partner sees of the coach who is suggested."""
    mine, both = row.inviter_id == request.user.pk, inviting.agreed(row)
    said = set(Consent.objects.to(row).values_list("person", flat=True))
    path = reverse("invitation", args=[tokens.link_of(row, request.keyring)]) if mine else ""
    return {
        "asked": {
            "whom": room.keyring.open(row, "whom"),
            "by": "You" if mine else room.names[row.inviter_id],
            "link": settings.SITE_URL + path if mine and both else "",
            "mine": mine,
            "wants_me": request.user.pk not in said,
        }
    }


def decide(request: Asking, room: Room, row: Invitation, then: str) -> HttpResponse:
    """Say yes to the coach who is suggested, take it back, or end one's own suggestion."""
    with transaction.atomic():
        space = Space.objects.hold(request.user, room.space.pk)
        row_now = inviting.into(request.user, room.space.pk, Membership.COACH)
        if space is None or row_now is None or row_now.pk != row.pk:
            raise Http404
        if then == "yes":
            Consent.objects.give(row_now, request.user)
        elif then == "no" and row_now.inviter_id == request.user.pk:
            row_now.delete()
        elif then == "no":
            Consent.objects.take_back(row_now, request.user)
    return redirect("room_coach", room.space.pk)


def stay_of(room: Room, guest: Membership) -> dict[str, Any]:
    """Return what a partner reads of the coach who is there: until when, and who would renew it."""
    said = set(Renewal.objects.to(guest).values_list("person", flat=True))
    return {
        "name": room.names[guest.person_id],
        "until": last_day(guest),
        "stays": str(guest.stays_until),
        "i_would": room.person.pk in said,
        "other_would": bool(said - {room.person.pk}),
    }


def let_stay(request: Asking, room: Room, guest: Membership, then: str) -> HttpResponse:
    """Say that the coach may stay longer, or take that back; they do once both have said so."""
    with transaction.atomic():
        space = Space.objects.hold(request.user, room.space.pk)
        here = list(Membership.objects.in_held(space)) if space else []
        row = next((one for one in here if one.pk == guest.pk), None)
        if row is None:
            raise Http404
        said = Renewal.objects.to(row)
        # A button pressed twice must not ask for ninety days once more.
        if then == "longer" and request.POST.get("stays") == str(row.stays_until):
            Renewal.objects.give(row, request.user)
        elif then == "not":
            said.filter(person=request.user).delete()
        both = {one.person_id for one in here if one.role == Membership.PARTNER}
        if both <= set(said.values_list("person", flat=True)):
            row.stay()
            said.delete()
    return redirect("room_coach", room.space.pk)


@require_POST
def end(request: Asking, space_id: uuid.UUID) -> HttpResponse:
    """Show the coach out at once; either partner may."""
    coach_id = as_uuid(request.POST.get("coach"))
    if coach_id is None:
        raise Http404
    leaving.show_out(request.user, space_id, coach_id)
    return redirect("room_you", space_id)
