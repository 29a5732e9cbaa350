"""Words that were sent where nothing is any more: whoever wrote them gets them back."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from journal.entries.leaving import written

View = Callable[..., HttpResponse]


def giving_back(view: View) -> View:
    """Give posted words back to whoever wrote them, on the page that says nothing is here."""

    @wraps(view)
    def answered(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Http404:
            if request.method != "POST":
                raise
            return render(request, "404.html", {"words": written(request)}, status=404)

    return answered
