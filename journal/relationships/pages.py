"""The relationships themselves: change, turn to another, pause, end well, delete."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from journal.relationships.beginning import CausesForm
from journal.relationships.chosen import Mending
from journal.relationships.models import Relationship
from journal.relationships.story import (
    AFRAID,
    HAPPENED_LENGTH,
    KINDS,
    NAME_LENGTH,
    PARTS,
    STATES,
    weigh,
)
from journal.vault.asking import Asking
from journal.vault.words import WordsField
from steps import catalogue

CHANGED_MEANWHILE = (
    "This was changed in another place meanwhile. What you wrote is below; keep it, and it takes "
    "the place of what is kept now."
)
WEIGHTS = [("1", "a little"), ("2", "plainly"), ("3", "most of all")]


class StoryForm(CausesForm):
    """What one person says of one relationship; all of it sealed."""

    name = WordsField(most=NAME_LENGTH, label="What you call them here")
    kind = forms.ChoiceField(choices=list(KINDS.items()), label="Who they are to you")
    part = forms.ChoiceField(
        choices=list(PARTS.items()), label="Your part", widget=forms.RadioSelect
    )
    afraid = forms.ChoiceField(
        choices=list(AFRAID.items()), label="Are you ever afraid of them?", widget=forms.RadioSelect
    )
    happened = WordsField(most=HAPPENED_LENGTH, rows=5, label="What happened")
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for cause in catalogue.get().causes.values():
            self.fields[f"weight_{cause.key}"] = forms.ChoiceField(
                choices=WEIGHTS, required=False, initial="2", label=f"How much: {cause.title}"
            )

    def said(self) -> dict[str, Any]:
        """Return what a valid form says, as values of a story."""
        data = self.cleaned_data
        weights = {key: int(data[f"weight_{key}"] or 2) for key in data["causes"]}
        said = {name: data[name] for name in ("name", "kind", "part", "afraid", "happened")}
        return {**said, "causes": weigh(data["causes"], weights)}

    def cause_rows(self) -> list[dict[str, object]]:
        """Return each cause with its tick and its weight, for the template."""
        chosen = self["causes"].value() or []
        return [
            {"cause": cause, "chosen": cause.key in chosen, "weight": self[f"weight_{cause.key}"]}
            for cause in catalogue.get().causes.values()
        ]


@require_safe
def relationships(request: Asking) -> HttpResponse:
    """List what this person is mending."""
    rows = [
        {"row": row, "story": story, "kind": KINDS[story.kind], "state": story.standing}
        for row, story in Mending.of(request).rows
    ]
    return render(request, "relationships/list.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Asking, row_id: uuid.UUID) -> HttpResponse:
    """Change what was said of a relationship."""
    row = get_object_or_404(Relationship.objects.owned_by(request.user), id=row_id)
    story = row.read(request.keyring)
    weights = {f"weight_{key}": str(weight) for key, weight in story.causes.items()}
    initial = {**story.to_seal(), "causes": list(story.causes), **weights}
    form = StoryForm(request.POST if request.method == "POST" else None, initial=initial)
    status = 422 if form.is_bound else 200
    if form.is_valid() and form.cleaned_data["version"] not in {None, row.version}:
        form.add_error(None, CHANGED_MEANWHILE)
        status = 409
    elif form.is_valid():
        row.rewrite(request.keyring, **form.said())
        return redirect("relationships")
    context = {"form": form, "row": row, "story": story, "clash": status == 409}
    return render(request, "relationships/change.html", context, status=status)


@require_POST
def choose(request: Asking, row_id: uuid.UUID) -> HttpResponse:
    """Turn Today and the path to this relationship."""
    get_object_or_404(Relationship.objects.owned_by(request.user), id=row_id).choose()
    return redirect("path")


@require_POST
def state(request: Asking, row_id: uuid.UUID) -> HttpResponse:
    """Pause a relationship, end it well, or take it up again."""
    row = get_object_or_404(Relationship.objects.owned_by(request.user), id=row_id)
    said = request.POST.get("state", "")
    if said not in STATES:
        raise BadRequest("A relationship is active, paused or ended.")
    row.rewrite(request.keyring, state=said)
    return redirect("relationships")


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: Asking, row_id: uuid.UUID) -> HttpResponse:
    """Delete a relationship; the pages written in it stay in the journal unless told otherwise."""
    row = get_object_or_404(Relationship.objects.owned_by(request.user), id=row_id)
    if request.method == "POST":
        row.let_go(with_pages=request.POST.get("pages") == "delete")
        return redirect("relationships")
    return render(
        request, "relationships/delete.html", {"row": row, "story": row.read(request.keyring)}
    )
