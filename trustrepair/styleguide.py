"""Every part in every state, on one page, for those who build pages. Only under DEBUG."""

from types import SimpleNamespace

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from steps import catalogue

STATES = ["done", "done", "aside", "open", "ahead", "ahead", "ahead", "ahead"]
DAYS = ["kept"] * 4 + ["gap"] + ["kept"] * 6 + ["gap", "kept", "today"]


class SampleForm(forms.Form):
    """One field of each kind, to be shown empty, filled and refused."""

    name = forms.CharField(label="What shall we call them here?", help_text="Only you see it.")
    mail = forms.EmailField(label="E-mail address")
    happened = forms.CharField(label="What happened?", widget=forms.Textarea, required=False)
    kind = forms.ChoiceField(label="Language", choices=[("en", "English"), ("de", "Deutsch")])
    part = forms.ChoiceField(
        label="Which is closer?",
        widget=forms.RadioSelect,
        choices=[("hurt", "I was hurt"), ("did", "I did the hurting"), ("both", "Both")],
    )
    days = forms.MultipleChoiceField(
        label="Which days?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("mon", "Monday"), ("thu", "Thursday"), ("sun", "Sunday")],
    )
    spell = forms.BooleanField(label="Check my spelling", required=False, help_text="Off at first.")


@login_not_required
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show the parts."""
    guide = catalogue.get()
    causes = list(guide.causes.values())
    places = [
        SimpleNamespace(number=number, step=step, url=step.url, state=state)
        for number, (step, state) in enumerate(
            zip(guide.steps.values(), STATES, strict=False), start=1
        )
    ]
    context = {
        "states": STATES,
        "all_done": ["done"] * 8,
        "none_done": [],
        "places": places,
        "here": next((place for place in places if place.state == "open"), None),
        "causes": causes,
        "chosen": {causes[1].key: 3, causes[2].key: 1, causes[4].key: 2},
        "marbles": list(range(1, 35)),
        "days": DAYS,
        "form": SampleForm(),
        "refused": SampleForm({"mail": "not an address"}),
        "icons": ["leave", "today", "path", "journal", "practice", "together", "letter", "sprig",
                  "water", "lock", "back", "pencil", "history", "search", "trash-2", "printer"],
        "scale": range(1, 8),
        "feelings": list(guide.feelings)[:9],
    }  # fmt: skip
    return render(request, "styleguide.html", context)
