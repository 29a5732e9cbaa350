"""Pages of plans for time together: proposing, answering, moving, calling off, the calendar."""

import uuid
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from journal.spaces.models import Membership
from journal.spaces.room import Changed, Room
from journal.spaces.shell import around
from journal.together import plans
from journal.together.pages import entered, giving_back, writing
from journal.together.plan_forms import PlanAnswerForm, PlanForm, RemindForm
from journal.vault.asking import Asking
from steps.calendars import KIND, event, written
from steps.reminders.schedule import zone_named

HOUR = timedelta(hours=1)
MOVED = "This was moved meanwhile, so your answer was not sent. Here is how it stands now."
TOO_LATE = "That moment is over already. Choose a shorter time before."


@writing
@giving_back
def propose(request: Asking, space_id: uuid.UUID) -> HttpResponse:
    """Propose time together."""
    room = entered(request, space_id, role=Membership.PARTNER)
    if request.method != "POST":
        return form_page(request, room, PlanForm.fresh(request.user.time_zone))
    form = PlanForm(request.POST)
    if not form.is_valid():
        return form_page(request, room, form, status=422)
    data = form.cleaned_data
    post = plans.propose(room, data["what"], form.when, data["phones"], data["post_id"])
    return redirect("plan", space_id, post.pk)


@require_safe
def listed(request: Asking, space_id: uuid.UUID) -> HttpResponse:
    """Show all plans of the room, past ones too, a page at a time."""
    room = entered(request, space_id)
    found, older = plans.page_of(room, request.GET.get("after", ""))
    context = around(room, "") | {"plans": [one.shown for one in found], "older": older}
    return render(request, "together/plans.html", context)


@require_safe
def plan(request: Asking, space_id: uuid.UUID, plan_id: uuid.UUID) -> HttpResponse:
    """Show one plan with what can be done about it."""
    return plan_page(request, entered(request, space_id), plan_id)


@writing
@giving_back
def move(request: Asking, space_id: uuid.UUID, plan_id: uuid.UUID) -> HttpResponse:
    """Change a plan of one's own."""
    room = entered(request, space_id, role=Membership.PARTNER)
    found = plans.one(room, plan_id)
    if not found.mine:
        raise Http404
    if request.method != "POST":
        return form_page(request, room, PlanForm.of(found), found)
    form = PlanForm(request.POST)
    if not form.is_valid():
        return form_page(request, room, form, found, status=422)
    data = form.cleaned_data
    try:
        plans.move(room, found, data["what"], form.when, data["phones"], data["base"] or 0)
    except Changed as changed:
        form.cleaned_data["base"] = changed.version
        return form_page(request, room, form, plans.one(room, plan_id), 409, changed.now)
    return redirect("plan", space_id, plan_id)


@require_POST
def answer(request: Asking, space_id: uuid.UUID, plan_id: uuid.UUID) -> HttpResponse:
    """Answer a plan, without a reason."""
    room = entered(request, space_id, role=Membership.PARTNER)
    found = plans.one(room, plan_id)
    form = PlanAnswerForm(request.POST)
    if not form.is_valid():
        return plan_page(request, room, plan_id, "Choose one of the three answers.", 422)
    data = form.cleaned_data
    if not plans.answer(room, found, data["said"], data["version"], data["post_id"]):
        return plan_page(request, room, plan_id, MOVED, 409)
    return redirect("plan", space_id, plan_id)


@require_POST
def call_off(request: Asking, space_id: uuid.UUID, plan_id: uuid.UUID) -> HttpResponse:
    """Take back a plan of one's own."""
    room = entered(request, space_id, role=Membership.PARTNER)
    plans.call_off(room, plans.one(room, plan_id))
    messages.success(request, "It is called off, and nobody is reminded of it.")
    return redirect("room", space_id)


@require_POST
def remind(request: Asking, space_id: uuid.UUID, plan_id: uuid.UUID) -> HttpResponse:
    """Let oneself be told of a plan some time before, or not."""
    room = entered(request, space_id)
    found = plans.one(room, plan_id)
    form = RemindForm(request.POST)
    if not form.is_valid():
        return plan_page(request, room, plan_id, "Choose one of these.", 422)
    if not plans.remind(room, found, form.cleaned_data["minutes"] or 0):
        return plan_page(request, room, plan_id, TOO_LATE, 422)
    return redirect("plan", space_id, plan_id)


@require_safe
def file(request: Asking, space_id: uuid.UUID, plan_id: uuid.UUID) -> HttpResponse:
    """Give a calendar program one plan; its title says nothing unless it is asked to."""
    found = plans.one(entered(request, space_id), plan_id)
    title = found.body["title"] if request.GET.get("named") == "1" else ""
    zone = request.user.time_zone
    start = found.when.at.astimezone(zone_named(zone))
    made = written([event(plan_id, start, HOUR, title)], zone)
    response = HttpResponse(made, content_type=KIND)
    response["Content-Disposition"] = 'attachment; filename="notes.ics"'
    return response


def plan_page(
    request: Asking, room: Room, plan_id: uuid.UUID, trouble: str = "", status: int = 200
) -> HttpResponse:
    """Render a plan as it stands now."""
    found = plans.one(room, plan_id)
    minutes = plans.reminded(room, found)
    partner = room.me.role == Membership.PARTNER
    context: dict[str, Any] = around(room, "") | {
        "plan": found.shown, "trouble": trouble, "version": found.post.version,
        "post_id": uuid.uuid4(), "over": found.over, "minutes": minutes,
        "may_answer": partner and not (found.mine or found.over or room.closed),
        "may_change": found.mine and not room.closed,
        "answers": [(key, words, key == found.said) for key, words in plans.ANSWERS.items()],
        "before": [(key, words, key == minutes) for key, words in plans.BEFORE.items()],
    }  # fmt: skip
    return render(request, "together/plan.html", context, status=status)


def form_page(
    request: Asking, room: Room, form: PlanForm, plan: plans.Plan | None = None, status: int = 200,
    now: dict[str, Any] | None = None,
) -> HttpResponse:  # fmt: skip
    """Render the page on which a plan is made or moved; `now`: what another tab made of it."""
    context = around(room, "") | {"form": form, "plan": plan.shown if plan else None}
    if now:
        data = form.cleaned_data
        yours = plans.body_of(data["what"], form.when, data["phones"])
        context |= {"now": plans.said(now), "yours": plans.said(yours)}
    return render(request, "together/plan_form.html", context, status=status)
