"""The coach's Library: exercises of their own, made in a small editor, kept version by version.

What was suggested to somebody carries its own copy; a new version changes nothing of that.
"""

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from journal.coaching.client_pages import day_of
from journal.coaching.coach_door import for_coaches
from journal.coaching.library_file import content_file
from journal.coaching.library_forms import (
    WORDS,
    ExerciseForm,
    QuestionForms,
    questions_in,
    rows_for,
)
from journal.coaching.library_models import OwnExercise, OwnExerciseVersion
from journal.entries.questions import Question
from journal.vault.asking import Asking
from journal.vault.keyring import Keyring


@require_safe
@for_coaches
def library(request: Asking) -> HttpResponse:
    """List this coach's own exercises."""
    newest: dict[uuid.UUID, OwnExerciseVersion] = {}
    for row in OwnExerciseVersion.objects.made_by(request.user):
        newest.setdefault(row.exercise_id, row)
    rows = sorted(newest.values(), key=lambda row: row.created_at, reverse=True)
    lines = [line_of(row, request.keyring) for row in rows]
    context = {
        "lines": [one for one in lines if not one["retired"]],
        "rows": [one for one in lines if one["retired"]],
    }
    return render(request, "coaching/coach/library.html", context)


def line_of(row: OwnExerciseVersion, keyring: Keyring) -> dict[str, Any]:
    """Return an exercise as the Library lists it."""
    body = row.read(keyring)
    many = len(body["questions"])
    return {
        "title": body["title"],
        "url": f"/coaching/library/{row.exercise_id}/",
        "about": f"{many} question{'' if many == 1 else 's'}, {body['minutes']} minutes, "
        f"version {row.version}, {day_of(row.created_at)}",
        "retired": row.exercise.retired_at is not None,
    }


def fetch(request: Asking, exercise_id: uuid.UUID) -> list[OwnExerciseVersion]:
    """Return all versions of one's own exercise, the latest first; raises Http404."""
    mine = OwnExerciseVersion.objects.made_by(request.user).filter(exercise=exercise_id)
    rows = list(mine)
    if not rows:
        raise Http404
    return rows


@require_http_methods(["GET", "HEAD", "POST"])
@for_coaches
def new(request: Asking) -> HttpResponse:
    """Make an exercise."""
    return editor(request, [], None)


@require_http_methods(["GET", "HEAD", "POST"])
@for_coaches
def edit(request: Asking, exercise_id: uuid.UUID) -> HttpResponse:
    """Change an exercise; every version is kept, and an earlier one can be begun from."""
    versions = fetch(request, exercise_id)
    asked = request.GET.get("version", "")
    shown = next((row for row in versions if str(row.version) == asked), versions[0])
    return editor(request, versions, shown)


def editor(
    request: Asking, versions: list[OwnExerciseVersion], shown: OwnExerciseVersion | None
) -> HttpResponse:
    """Show the editor with a version in it, and keep what is posted as the next."""
    body = shown.read(request.keyring) if shown else {}
    base = versions[0].version if versions else 0
    posted = request.POST or None
    form = ExerciseForm(posted, initial={**body, "base": base, "exercise_id": uuid.uuid4()})
    # What was kept before is no measure of what is posted: an unchanged question is one, too.
    sets = QuestionForms(
        posted, initial=None if posted else rows_for(body.get("questions", [])), prefix="q"
    )
    if request.POST.get("then") == "more":
        form, sets = as_typed(form, sets)
    sound = form.is_bound and form.is_valid() and sets.is_valid()
    clash = sound and bool(versions) and form.cleaned_data["base"] != base
    if sound and not clash:
        row = keep(request, versions, form, questions_in(sets))
        messages.success(request, f"Kept as version {row.version}. Only you can see it.")
        return redirect("own_exercise", row.exercise_id)
    context = {
        "form": form, "sets": sets, "clash": clash,
        "base": base if clash else form["base"].value(),
        "exercise_id": form["exercise_id"].value(),
        "url": f"/coaching/library/{shown.exercise_id}/" if shown else "",
        "retired": bool(shown and shown.exercise.retired_at),
        "versions": [version_line(row, here=row is shown) for row in versions],
    }  # fmt: skip
    status = 409 if clash else 422 if form.is_bound else 200
    return render(request, "coaching/coach/editor.html", context, status=status)


def version_line(row: OwnExerciseVersion, here: bool) -> dict[str, Any]:
    """Return a version as the list beside the editor names it; `here` is the one in it."""
    words = f"Version {row.version}, {day_of(row.created_at)}"
    return {"words": words, "url": f"?version={row.version}", "here": here}


def as_typed(form: ExerciseForm, sets: Any) -> tuple[ExerciseForm, Any]:
    """Return the editor as it was posted with room for more questions; nothing is asked of it."""
    said = {name: form[name].value() for name in form.fields} | {"was": form.was}
    rows = [{name: one[name].value() for name in one.fields} for one in sets.forms]
    asked = [row for row in rows if any(row[name] for name in WORDS)]
    return ExerciseForm(initial=said), QuestionForms(initial=asked, prefix="q")


def keep(
    request: Asking,
    versions: list[OwnExerciseVersion],
    form: ExerciseForm,
    questions: list[Question],
) -> OwnExerciseVersion:
    """Keep a valid exercise as its next version; the same words again make no new one."""
    data = form.cleaned_data
    said = {key: data[key] for key in ("title", "purpose", "minutes")} | {"questions": questions}
    wanted = versions[0].exercise_id if versions else data["exercise_id"]
    with transaction.atomic():
        exercise = OwnExercise.hold_or_begin(request.user, wanted)
        mine = OwnExerciseVersion.objects.made_by(request.user).filter(exercise=exercise)
        latest = mine.first()
        if latest is not None and latest.read(request.keyring) == said:
            return latest
        number = latest.version + 1 if latest else 1
        row = OwnExerciseVersion(exercise=exercise, version=number)
        row.sealed_body = request.keyring.seal(row, "body", said)
        row.save(force_insert=True)
    return row


@require_POST
@for_coaches
def retire(request: Asking, exercise_id: uuid.UUID) -> HttpResponse:
    """Retire an exercise, so that it can be suggested no more; or take it up again."""
    row = OwnExercise.objects.made_by(request.user).filter(pk=exercise_id).first()
    if row is None:
        raise Http404
    row.retired_at = None if row.retired_at else timezone.now()
    row.save(update_fields=["retired_at"])
    return redirect("library")


@require_safe
@for_coaches
def export(request: Asking, exercise_id: uuid.UUID) -> HttpResponse:
    """Give the newest version as a file of the guide's own format."""
    body = fetch(request, exercise_id)[0].read(request.keyring)
    response = HttpResponse(content_file(body), content_type="text/markdown; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="own-exercise.md"'
    return response
