"""The door of every page for coaches: others find no page, and a second factor comes first."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from journal.spaces.factors import has_second_factor
from journal.spaces.giving_back import giving_back
from journal.vault.asking import Asking

CLIENTS = "/coaching/clients/"  # where a coach's pages begin; each client's stands below it


def for_coaches(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let only coaches in: nobody else learns that there is a page.

    A coach without a second factor is led to the page that says why, whatever they asked for. What
    they were writing when a client closed everything is given back to them.
    """
    answered = giving_back(view)

    @wraps(view)
    def guarded(request: Asking, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_coach:
            raise Http404
        if not has_second_factor(request.user):
            return redirect("coach_factor")
        return answered(request, *args, **kwargs)

    return guarded
