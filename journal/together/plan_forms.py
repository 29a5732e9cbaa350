"""Forms of plans: what, when, on whose clock; an answer; how long before to be told."""

import uuid
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from journal.entries.leaving import Filled
from journal.together.forms import LINE, LOST
from journal.together.plans import ANSWERS, BEFORE, PHONES, Plan, When
from journal.vault.words import WordsField
from steps.reminders.forms import time_field
from steps.reminders.schedule import zone_named

MANY_YEARS = 5 * 366


class PlanForm(Filled):
    """A plan. The time is on the clock of whoever makes it."""

    post_id = forms.UUIDField(widget=forms.HiddenInput)
    base = forms.IntegerField(required=False, min_value=0, max_value=10**6)
    zone = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    what = WordsField(most=LINE, label="What would you like to do?")
    day = forms.DateField(
        label="On which day?",
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": "Say on which day.",
            "invalid": "There is no such day. Write it as 2026-12-24.",
        },
    )
    time = time_field("At what time?")
    phones = forms.ChoiceField(
        label="And the phones?",
        choices=list(PHONES.items()),
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose one of these."},
    )

    @classmethod
    def fresh(cls, zone: str) -> Self:
        """Return the form for a new plan on a person's clock."""
        return cls(initial={"post_id": uuid.uuid4(), "zone": zone, "phones": "away"})

    @classmethod
    def of(cls, plan: Plan) -> Self:
        """Return the form for moving a plan, on the clock it was made on."""
        when, body = plan.when, plan.body
        return cls(initial={"post_id": plan.post.pk, "base": plan.post.version,
                            "zone": when.zone, "what": body["title"], "day": when.day,
                            "time": when.wall, "phones": body["phones"]})  # fmt: skip

    def clean_what(self) -> str:
        """Return the words; there must be some."""
        if not self.cleaned_data["what"].strip():
            raise ValidationError("Say in a few words what it is.")
        return str(self.cleaned_data["what"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "post_id" in self.errors:
            self.add_error(None, LOST)
        if "day" in data and "time" in data:
            self._clean_when()
        return data

    def _clean_when(self) -> None:
        day = self.cleaned_data["day"]
        if not -2 < (day - timezone.localdate()).days < MANY_YEARS:
            self.add_error("day", "Choose a day from today on, within the next five years.")
        elif self.when.in_gap:
            self.add_error("time", "The clocks go forward over this time on that day, so no "
                                   "clock will show it. Choose an hour later.")  # fmt: skip
        elif self.when.at <= timezone.now():
            self.add_error("time", "That time is over already. Choose one that is still to come.")

    @property
    def when(self) -> When:
        """When it is to be."""
        data = self.cleaned_data
        zone = data.get("zone") or ""
        if zone_named(zone).key != zone:
            zone = timezone.get_current_timezone_name()
        return When(data["day"], data["time"].replace(second=0, microsecond=0), zone)

    @property
    def filled_with(self) -> str:
        """Its words before anybody changed them."""
        return str(self.initial.get("what", ""))

    @property
    def shown_ids(self) -> dict[str, Any]:
        """The hidden values for showing this form again."""
        sound = getattr(self, "cleaned_data", self.initial)
        ids = {name: sound.get(name) or "" for name in ("base", "zone")}
        return {"post_id": sound.get("post_id") or uuid.uuid4(), **ids}


class PlanAnswerForm(forms.Form):
    """An answer to one version of a plan."""

    post_id = forms.UUIDField()
    version = forms.IntegerField(min_value=1, max_value=10**6)
    said = forms.ChoiceField(choices=list(ANSWERS.items()))


class RemindForm(forms.Form):
    """How long before one wants to be told; nothing for not at all."""

    minutes = forms.TypedChoiceField(
        choices=[("", ""), *((str(key), words) for key, words in BEFORE.items())],
        coerce=int, empty_value=None, required=False,
    )  # fmt: skip
