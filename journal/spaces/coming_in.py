"""The invitation's own page, and the way in. Doing nothing is an answer that nobody sees.

Looking changes nothing and coming in is a POST, so a mail program that opens links brings nobody
into a room. Whatever is wrong with an invitation, one page says so.
"""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from journal.spaces import inviting, tokens
from journal.spaces.blocking import keep_out
from journal.spaces.called import Taken
from journal.spaces.factors import has_second_factor
from journal.spaces.forms import CalledForm
from journal.spaces.models import Invitation, Membership, Space
from journal.spaces.safety_check import check
from journal.spaces.shell import home_of
from journal.vault.asking import Asking
from journal.vault.guard import Person


@login_not_required
@require_safe
def invitation(request: Asking, token: str) -> HttpResponse:
    """Show who asks, what the room would be, and that nothing has to follow."""
    person = request.user if request.user.is_authenticated else None
    try:
        row = inviting.find_for(person, token)
    except inviting.NotOpen:
        return not_open(request, token)
    context = {
        **words(row, token),
        "token": token,
        "own": person is not None and row.inviter == person,
    }
    return render(request, "together/invitation.html", context)


def words(row: Invitation, token: str) -> dict[str, Any]:
    """Return what an invitation says, opened with its own token."""
    said = tokens.words_of(row, token)
    return {
        "called": said.get("called") or "Somebody who knows you",
        "note": said.get("note", ""),
        "about": said.get("about", {}),
        "coaching": row.space.kind == Space.COACHING or row.role == Membership.COACH,
        "couple": row.space.kind == Space.COUPLE,
        "as_coach": row.role == Membership.COACH,
    }


def not_open(request: Asking, token: str) -> HttpResponse:
    """Say that a link opens nothing, the same for every reason.

    Whoever came in by it themselves, and pressed twice or opens it again, is led to the room.
    """
    mine = inviting.came_in(request.user, token) if request.user.is_authenticated else None
    if mine is not None:
        return redirect(entrance(mine.space, mine.role))
    return render(request, "together/not_open.html", status=404)


@require_http_methods(["GET", "HEAD", "POST"])
def before_coming_in(request: Asking, token: str) -> HttpResponse:
    """Ask a few questions before somebody comes in."""
    try:
        row = inviting.find_for(request.user, token)
    except inviting.NotOpen:
        return not_open(request, token)
    if row.role != Membership.PARTNER:  # a client is asked thing by thing what to show, later
        return redirect("invitation_join", token)
    return check(request, reverse("invitation_join", args=[token]))


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: Asking, token: str) -> HttpResponse:
    """Ask how one wants to be called, and come in."""
    try:
        row = inviting.find_for(request.user, token)
        if row.role == Membership.COACH and not is_ready_coach(request.user):
            return redirect("you_coach")
        form = CalledForm(request.POST or None, initial={"called": request.user.display_name})
        if form.is_valid():
            space = inviting.come_in(request.user, token, form.cleaned_data["called"])
            return redirect(entrance(space, row.role))
    except inviting.NotOpen:
        return not_open(request, token)
    except Taken:
        form.refuse()
    context = {**words(row, token), "form": form, "token": token}
    return render(request, "together/join.html", context, status=422 if form.is_bound else 200)


def is_ready_coach(person: Person) -> bool:
    """Whether somebody may come in as a coach; what is missing stands on a page of its own."""
    return bool(person.is_coach and has_second_factor(person))


def entrance(space: Space, role: str) -> str:
    """Return the address at which somebody comes into a room."""
    if space.kind == Space.COACHING and role == Membership.COACH:
        return reverse("coach_arrived", args=[space.pk])
    return home_of(space)


@require_POST
def refuse(request: Asking, token: str) -> HttpResponse:
    """Keep an inviter out from now on; they see what they would see of somebody undecided."""
    try:
        row = inviting.find_for(request.user, token)
    except inviting.NotOpen:
        return not_open(request, token)
    if row.inviter != request.user:
        called = words(row, token)["called"]
        keep_out(request.user, request.keyring, row.inviter, called)
        messages.success(request, "No invitation from them will reach you. They are not told.")
    return redirect("home")
