"""One step of the path: what the guide says, the exercises, what the person says of it."""

from typing import Any

from django.core.exceptions import BadRequest
from django.db.models import Max
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from journal.entries.forms import GratitudeForm
from journal.entries.listing import lines
from journal.entries.models import Entry
from journal.entries.prompting import of_the_week
from journal.relationships.chosen import Mending
from journal.relationships.models import PathStep
from journal.relationships.path import path_of
from journal.relationships.story import Story
from journal.vault.asking import Asking
from steps import catalogue
from steps import models as anchors
from steps.reminders.telling import milestone

JAR = 60  # as many as the drawing holds
SAYINGS = {PathStep.OPEN, PathStep.ENOUGH, PathStep.ASIDE}


@require_safe
def step(request: Asking, step: str) -> HttpResponse:
    """Show one step, worded for this person, with what they wrote on it."""
    found = catalogue.get().steps.get(step)
    if found is None:
        raise Http404
    mending = Mending.of(request)
    if mending.chosen is None or mending.story is None:
        return redirect("path")
    walked = path_of(mending.chosen, mending.story, request.keyring)
    place = next(place for place in walked.places if place.step.key == step)
    written = Entry.objects.written_by(request.user).filter(
        relationship=mending.chosen, step__key=step
    )
    reasons = {lean.key: lean.why for lean in walked.lean.exercises}
    exercises = [catalogue.get().exercises[key] for key in found.exercises]
    otherwise = exercises[0] if mending.story.joint_features else None
    context = {
        "step": found,
        "place": place,
        "path": walked,
        "story": mending.story,
        **worded(found, mending.story),
        "prompt": of_the_week(step, request, mending.story),
        # Whoever is afraid is not led into asking or meeting the one they fear.
        "first": next((e for e in exercises if e.key in reasons), otherwise),
        "exercises": [(exercise, reasons.get(exercise.key, "")) for exercise in exercises],
        "written": lines(list(written.newest().heads()[:6]), request.keyring),
    }
    return render(request, "path/step.html", context)


def worded(found: catalogue.Step, story: Story) -> dict[str, Any]:
    """Return what the guide says on a step, as it is meant for one relationship.

    Where fear was named, nothing speaks of doing it together, and what not to try is read first.
    """
    afraid = not story.joint_features
    elsewhere = {"idea", "not-enough", "together"} if afraid else {"idea"}
    return {
        "kind_note": found.kinds.get(story.kind, ""),
        "questions": found.questions_for(story.part, afraid=afraid),
        "act": found.small_act_for(story.kind, afraid=afraid),
        "caution": "not-enough" if afraid else "",
        "further": [section.id for section in found.sections if section.id not in elsewhere],
    }


@require_POST
def say(request: Asking, step: str) -> HttpResponse:
    """Keep what the person says of a step: open, enough for now, set aside."""
    anchor = get_object_or_404(anchors.Step, key=step, retired_at=None)
    mending = Mending.of(request)
    state = request.POST.get("state", "")
    if state not in SAYINGS:
        raise BadRequest("A step is open, done or aside.")
    if mending.chosen is None:
        return redirect("path")
    PathStep.say(mending.chosen, anchor, request.keyring, state)
    if state == PathStep.ENOUGH:
        milestone(request.user, "step-finished")
    return redirect("path_step", step) if state == PathStep.OPEN else redirect("path")


@require_safe
def practice(request: Asking) -> HttpResponse:
    """List the five tools, with the exercises that stand alone."""
    guide = catalogue.get()
    tools = [
        (tool, [guide.exercises[key] for key in tool.exercises]) for tool in guide.tools.values()
    ]
    story = Mending.of(request).story
    context = {"tools": tools, "kind": story.kind if story else None}
    return render(request, "practice/practice.html", context)


@require_safe
def tool(request: Asking, tool: str) -> HttpResponse:
    """Show one tool and its exercises."""
    found = catalogue.get().tools.get(tool)
    if found is None:
        raise Http404
    story = Mending.of(request).story
    context = {
        "tool": found,
        "kind": story.kind if story else None,
        "afraid": story is not None and not story.joint_features,
        "exercises": [catalogue.get().exercises[key] for key in found.exercises],
    }
    return render(request, "practice/tool.html", context)


@require_safe
def jar(request: Asking) -> HttpResponse:
    """Show the private jar of the chosen relationship, and how many full ones stand behind it."""
    mending = Mending.of(request)
    if mending.chosen is None:
        return redirect("path")
    marbles = Entry.objects.in_jar_of(mending.chosen)
    newest = marbles.aggregate(last=Max("marble"))["last"] or 0
    full = max(0, newest - 1) // JAR
    inside = marbles.filter(marble__gt=full * JAR).order_by("marble")
    context = {
        "numbers": list(inside.values_list("marble", flat=True)),
        "full": full,
        "lately": lines(list(marbles.newest().heads()[:8]), request.keyring),
        "story": mending.story,
        "thanks": GratitudeForm(initial=GratitudeForm.fresh()),
    }
    return render(request, "journal/jar.html", context)
