"""First run: one idea a page, no account until there is something to keep."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from journal.relationships.guests import GuestAnswers
from journal.relationships.path import AHEAD, leaning
from journal.relationships.story import (
    AFRAID,
    HAPPENED_LENGTH,
    KINDS,
    MOST_CAUSES,
    NAME_LENGTH,
    PARTS,
)
from journal.vault.words import WordsField
from steps import catalogue


def one_of(choices: dict[str, str], label: str, needed: str) -> forms.ChoiceField:
    """A question with a few answers, one of which is needed to go on."""
    return forms.ChoiceField(
        choices=list(choices.items()), label=label, widget=forms.RadioSelect,
        error_messages={"required": needed, "invalid_choice": needed},
    )  # fmt: skip


class WhoForm(forms.Form):
    """Whom it is about, and the name they go by here."""

    kind = one_of(KINDS, "Who is this about?", "Choose the one that is closest.")
    name = WordsField(most=NAME_LENGTH, label="What shall we call them here?")


class PartForm(forms.Form):
    """Who was hurt, and who did the hurting."""

    part = one_of(PARTS, "Which is closer to what happened?", "Choose the one that is closest.")


class AfraidForm(forms.Form):
    """Whether the writer is ever afraid of them; the answer chooses what is asked from here on."""

    afraid = one_of(
        AFRAID, "Are you ever afraid of them?",
        "Choose one. “I’d rather not say” is an answer too.",
    )  # fmt: skip


class HappenedForm(forms.Form):
    """What happened, in the writer's own words; it may be left out."""

    happened = WordsField(most=HAPPENED_LENGTH, rows=7, label="In a line or two, what happened?")


class CausesForm(forms.Form):
    """Up to three of the guide's causes, all of the same weight."""

    causes = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label="What broke the trust?"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        guide = catalogue.get()
        choices = [(cause.key, cause.title) for cause in guide.causes.values()]
        self.fields["causes"].choices = choices  # type: ignore[attr-defined]

    def clean_causes(self) -> list[str]:
        """Return the keys of the chosen causes, if they are not too many."""
        chosen: list[str] = self.cleaned_data["causes"]
        if len(chosen) > MOST_CAUSES:
            raise forms.ValidationError("Choose up to three. The others can be added later.")
        return chosen


SCREENS: dict[str, type[forms.Form]] = {
    "who": WhoForm,
    "part": PartForm,
    "afraid": AfraidForm,
    "happened": HappenedForm,
    "causes": CausesForm,
}
ORDER = [*SCREENS, "path", "page"]
NUMBERS = ["One", "Two", "Three", "Four", "Five", "Six", "Seven"]


def address(screen: str) -> str:
    """Return where a screen of the first run stands."""
    return reverse("begin") if screen == "who" else reverse("begin_screen", args=[screen])


def frame(screen: str) -> dict[str, Any]:
    """Return what every screen's frame shows: where one is and the way back."""
    at = ORDER.index(screen)
    return {
        "screen": screen,
        "step_number": at + 1,
        "where": f"{NUMBERS[at]} of {NUMBERS[len(ORDER) - 1].lower()}",
        "back": address(ORDER[at - 1]) if at else "",
    }


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def screen(request: HttpRequest, screen: str = "who") -> HttpResponse:
    """Ask one question of the first run and go on to the next."""
    if screen not in SCREENS:
        raise Http404
    guest = GuestAnswers.of(request)
    posted = request.POST if request.method == "POST" else None
    form = SCREENS[screen](posted, initial=guest.answers)
    if form.is_valid():
        following = ORDER[ORDER.index(screen) + 1]
        return guest.keep(redirect(following_address(form, following)), **form.cleaned_data)
    context = {
        **frame(screen),
        "form": form,
        "said": guest.answers,
        "causes": list(catalogue.get().causes.values()),
    }
    status = 422 if form.is_bound else 200
    return render(request, f"begin/{screen}.html", context, status=status)


def following_address(form: forms.Form, following: str) -> str:
    """Return the next screen; where fear was named, the safety page stands before it."""
    if form.cleaned_data.get("afraid") in {"yes", "sometimes"}:
        return reverse("safety") + "?on=begin"
    return address(following)


@login_not_required
@require_http_methods(["GET", "HEAD"])
def your_path(request: HttpRequest) -> HttpResponse:
    """Show the path that the answers suggest, with a reason for each step to lean on."""
    guest = GuestAnswers.of(request)
    if not guest:
        return redirect("begin")
    story = guest.story()
    lean = leaning(story)
    reasons = {step.key: catalogue.for_kind(step.why, story.kind) for step in lean.steps}
    afraid = not story.joint_features
    steps = [
        {
            "number": step.order,
            "title": step.title_for(story.kind, afraid=afraid),
            "summary": step.summary_for(story.kind, afraid=afraid),
            "why": reasons.get(key, ""),
            "first": key in list(reasons)[:1],
        }
        for key, step in catalogue.get().steps.items()
    ]
    context = {
        **frame("path"),
        "story": story,
        "lean": lean,
        "opening": catalogue.for_kind(lean.openings[0], story.kind) if lean.openings else "",
        "steps": steps,
        "states": [AHEAD] * len(steps),
    }
    return render(request, "begin/path.html", context)
