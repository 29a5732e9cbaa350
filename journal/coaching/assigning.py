"""Suggesting an exercise to a client: the guide's, or one of the coach's own; and taking it back.

What was suggested carries its own copy of the questions, so a later version changes nothing of it.
"""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from journal.coaching import ledger
from journal.coaching.coach_door import for_coaches
from journal.coaching.coach_forms import AssignForm
from journal.coaching.library_models import OwnExerciseVersion
from journal.coaching.models import ASSIGNMENT
from journal.spaces.models import Post
from journal.vault.asking import Asking
from steps import catalogue

OWN = "own:"


def own_exercises(request: Asking) -> dict[str, dict[str, Any]]:
    """Return the newest version of each own exercise that may be suggested, by its form value."""
    found: dict[str, dict[str, Any]] = {}
    rows = OwnExerciseVersion.objects.made_by(request.user)
    for row in rows.filter(exercise__retired_at__isnull=True):
        found.setdefault(f"{OWN}{row.exercise_id}", {"row": row})
    return {key: one["row"].read(request.keyring) for key, one in found.items()}


@require_http_methods(["GET", "HEAD", "POST"])
@for_coaches
def assign(request: Asking, space_id: uuid.UUID) -> HttpResponse:
    """Suggest an exercise to a client."""
    found = ledger.look_into(request, space_id, what="")
    own = own_exercises(request)
    form = AssignForm(
        request.POST or None,
        own=[(key, body["title"]) for key, body in own.items()],
        initial={"post_id": uuid.uuid4()},
    )
    if form.is_valid():
        data = form.cleaned_data
        body = suggested(data["exercise"], own) | {"note": data["note"].strip()}
        body["text"] = body["note"]
        found.room.write(ASSIGNMENT, body, post_id=data["post_id"], day=data["day"])
        messages.success(request, "Suggested. They may do it, or let it be.")
        return redirect("client", space_id)
    context = {"form": form, "room": found.room, "name": found.called}
    return render(
        request, "coaching/coach/assign.html", context, status=422 if form.is_bound else 200
    )


def suggested(choice: str, own: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return what an assignment says of the exercise that a valid form chose."""
    if choice in own:
        body = own[choice]
        return {"title": body["title"], "exercise": "", "questions": body["questions"],
                "minutes": body["minutes"], "purpose": body["purpose"]}  # fmt: skip
    exercise = catalogue.get().exercises[choice]
    return {"title": exercise.title, "exercise": exercise.key, "questions": [],
            "minutes": exercise.minutes}  # fmt: skip


@require_POST
@for_coaches
def take_back(request: Asking, space_id: uuid.UUID, post_id: uuid.UUID) -> HttpResponse:
    """Take a suggestion back; what the client wrote meanwhile stays in their journal."""
    found = ledger.look_into(request, space_id, what="")
    mine = Post.objects.written_by(request.user)
    if not mine.filter(space=found.room.space, kind=ASSIGNMENT, pk=post_id).take_back():
        raise Http404
    messages.success(request, "Taken back. It is gone from their page.")
    return redirect("client", space_id)
