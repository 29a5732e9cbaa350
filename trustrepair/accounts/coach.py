"""Being a coach here: declared by oneself where the host allows it, and how one introduces oneself.

The account says only whether somebody is a coach. What they say of themselves is sealed, and shown
to those whom they invite or who have invited them.
"""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from journal.coaching.coach_door import CLIENTS
from journal.coaching.forms import ProfileForm
from journal.coaching.joining import profile_of
from journal.coaching.models import CoachProfile
from journal.spaces.factors import has_second_factor
from journal.spaces.models import Membership
from journal.vault.asking import Asking

SELF = "self"


@require_http_methods(["GET", "HEAD", "POST"])
def coach(request: Asking) -> HttpResponse:
    """Say what being a coach here means, become one if one may, and introduce oneself."""
    may = request.user.is_coach or settings.COACH_SIGNUP == SELF
    form = ProfileForm(request.POST or None, initial=profile_of(request)) if may else None
    if request.method == "POST" and form is None:
        raise Http404
    if form is not None and form.is_valid():
        CoachProfile.keep(request.user, request.keyring, form.to_seal())
        request.user.is_coach = True
        request.user.save(update_fields=["is_coach"])
        messages.success(request, "That’s kept.")
        return redirect("you_coach" if has_second_factor(request.user) else "coach_factor")
    context = {"form": form, "second_step": has_second_factor(request.user)}
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "you/coach.html", context, status=status)


@require_safe
def second_step(request: Asking) -> HttpResponse:
    """Say why a coach's account needs a second step, and lead to it."""
    if not request.user.is_coach:
        return redirect("you_coach")
    if has_second_factor(request.user):
        return redirect(CLIENTS)
    return render(request, "you/coach_second_step.html")


@require_POST
def stop(request: Asking) -> HttpResponse:
    """Stop being a coach; not while there are clients, who would find nobody there."""
    clients = Membership.objects.of(request.user).filter(role=Membership.COACH)
    if clients.exists():
        messages.error(request, "There are rooms in which you are the coach. End those first.")
    else:
        request.user.is_coach = False
        request.user.save(update_fields=["is_coach"])
        messages.success(request, "You are not a coach here any more. Your notes stay yours.")
    return redirect("you_coach")
