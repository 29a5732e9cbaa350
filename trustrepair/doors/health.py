"""What a host asks: is it alive, can it serve, do reminders leave, and in which numbers?"""

import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from journal.vault.checks import vault_ready
from steps.reminders import status
from trustrepair.doors.mailbox import from_this_machine


@login_not_required
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """Answer 200 as long as this process takes requests."""
    return JsonResponse({"live": True})


@login_not_required
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the house can serve and reminders leave in time, else 503 and why not."""
    found: dict[str, Any] = {"database": database_answers(), "cache": cache_answers()}
    found["keys"] = found["database"] and vault_ready() is None
    found["reminders"] = False
    if found["database"]:
        late = status.lateness()
        found["reminders"] = late.waiting <= settings.REMINDERS_LATE_SECONDS
        found["oldest_due_seconds"] = round(late.unsent)
    well = all(found[name] for name in ("database", "cache", "keys", "reminders"))
    return JsonResponse(found, status=200 if well else 503)


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer this machine, or whoever knows METRICS_TOKEN, with counts for Prometheus."""
    if not (knows_token(request) or from_this_machine(request)):
        raise Http404
    return HttpResponse(status.prometheus(), content_type="text/plain; version=0.0.4")


def knows_token(request: HttpRequest) -> bool:
    """Tell whether a request carries the token that the host set."""
    kind, _, told = request.headers.get("Authorization", "").partition(" ")
    wanted = settings.METRICS_TOKEN
    if not wanted or kind != "Bearer":
        return False
    return secrets.compare_digest(told.encode(), wanted.encode())


def database_answers() -> bool:
    """Tell whether the database answers the smallest question."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def cache_answers() -> bool:
    """Tell whether the cache that limits and sessions rest on takes a value and gives it back."""
    try:
        cache.set("health", "1", 10)
        return cache.get("health") == "1"
    except Exception:  # any fault of any cache backend means the same here
        return False
