"""A few questions before a room is made or entered, for the one who answers and nobody else.

The answers are kept nowhere: not sealed, not in the session, not in an address. They choose the
next page, which has no address of its own, so that neither history nor a glance over a shoulder
tells what was said. Nothing is forbidden by them; who knows better than the person themselves.
"""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from journal.relationships.chosen import Mending
from journal.spaces.forms import SafetyForm
from journal.vault.asking import Asking


def check(request: Asking, onward: str) -> HttpResponse:
    """Ask, and lead on to `onward`, or first to a page that speaks for going on alone.

    Where the person named fear before, that page comes whatever is answered now.
    """
    form = SafetyForm(request.POST or None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "together/check.html", {"form": form}, status=status)
    if form.worrying or named_fear(request):
        return render(request, "together/alone.html", {"onward": onward})
    return redirect(onward)


def named_fear(request: Asking) -> bool:
    """Whether this person said of anybody that they are afraid of them."""
    return not all(story.joint_features for _, story in Mending.of(request).rows)
