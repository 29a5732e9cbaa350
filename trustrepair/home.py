"""The front door: a landing page for strangers, Today for people who are signed in."""

from functools import lru_cache

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from journal.today import today
from journal.vault.asking import Asking
from steps import catalogue
from steps.pages import KEPT, Kept, indexable, nobodys


@login_not_required
@require_safe
def home(request: Asking) -> HttpResponseBase:
    """Show Today, or what this place is."""
    return today(request) if request.user.is_authenticated else landing(request)


@indexable
def landing(request: Asking) -> HttpResponse:
    """Say what this is, for whom it is not, and where to begin."""
    return drawn(catalogue.get()).answer(request)


@lru_cache(maxsize=min(KEPT, 1))
def drawn(guide: catalogue.Catalogue) -> Kept:
    """Return the landing page, the same for everybody who is not signed in."""
    context = {"causes": list(guide.causes.values()), "steps": list(guide.steps.values())}
    return Kept.of(render_to_string("landing.html", context, nobodys("/")))
