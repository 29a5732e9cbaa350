"""The guide's prompts as one person meets them: fitted to whom it is about, none back too soon."""

from datetime import date

from django.utils import timezone

from journal.entries.questions import Question
from journal.relationships.story import Story
from journal.vault.asking import Asking
from steps import catalogue
from steps.pieces import STEPS

CHECK_IN = "checkin"


def of_the_day(shelf: str, request: Asking, story: Story | None) -> str:
    """Return today's prompt of a shelf, not met in the last sixty days; `story` is whom it fits."""
    return fitted(_in_turn(catalogue.prompt_for_day, shelf, request, story), story)


def of_the_week(shelf: str, request: Asking, story: Story | None) -> catalogue.Prompt:
    """Return this week's prompt of a step's shelf, likewise."""
    return _in_turn(catalogue.prompt_for_week, shelf, request, story)


def chosen(request: Asking, story: Story | None) -> str:
    """Return the prompt that a blank page was opened with, or "": a page of a step leads here."""
    known = {one.key: one for step in STEPS for one in catalogue.prompts_for(step)}
    prompt = known.get(request.GET.get("line", ""))
    return fitted(prompt, story) if prompt else ""


def of_the_check_in(request: Asking, story: Story | None) -> catalogue.Prompt:
    """Return what a new check-in asks: what its page asked, were it shown before midnight."""
    shown = request.POST.get("prompt", "")
    known = {one.key: one for one in catalogue.prompts_for(CHECK_IN)}
    return known.get(shown) or _in_turn(catalogue.prompt_for_day, CHECK_IN, request, story)


def fitted(prompt: catalogue.Prompt, story: Story | None) -> str:
    """Return a prompt's words, as they fit whom a story is about."""
    return catalogue.for_kind(prompt.text, story.kind if story else None)


def with_prompt(questions: list[Question], prompt: str) -> list[Question]:
    """Return questions whose one line has a prompt beside it."""
    return [{**q, "hint": prompt} if q["type"] == "line" else q for q in questions]


def _in_turn(
    turn: catalogue.Turn, shelf: str, request: Asking, story: Story | None
) -> catalogue.Prompt:
    return turn(
        shelf,
        request.user.pk,
        timezone.localdate(),
        story.part if story else None,
        _began(request),
        # Where fear was named, nothing is asked about the one who is feared.
        afraid=story is not None and not story.joint_features,
    )


def _began(request: Asking) -> date:
    # The day on which this person came: there the light prompts begin.
    return timezone.localtime(request.user.date_joined).date()
