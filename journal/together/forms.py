"""Forms of a couple's room: a few words each, with the id that makes a second click the first."""

import uuid
from datetime import date, timedelta
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from journal.entries.leaving import Filled
from journal.entries.writing import MOST
from journal.vault.words import WordsField

LINE = 500
PROMISE = 2_000
FORTNIGHT = 14
LOST = "Something of this page was lost on the way. Your words are here: send them again."
KEPT, MISSED = "kept", "missed"


class WordsForm(Filled):
    """Words for the room. `post_id` is the post they become, `base` the version they change.

    Ids that are missing or broken get fresh ones, so that the words can be sent again.
    """

    post_id = forms.UUIDField(widget=forms.HiddenInput)
    base = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**6)
    text = WordsField(most=MOST, rows=6)
    ids = ("post_id", "base")
    nothing = "Write a word or two, or leave it for another day."
    needs_words = True

    @classmethod
    def fresh(cls, text: str = "", base: int = 0) -> Self:
        """Return the form for new words, or for words that change a version."""
        return cls(initial={"post_id": uuid.uuid4(), "base": base, "text": text})

    def clean_text(self) -> str:
        """Return the words; there must be some where the form needs them."""
        if self.needs_words and not self.cleaned_data["text"].strip():
            raise ValidationError(self.nothing)
        return str(self.cleaned_data["text"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if any(name in self.errors for name in self.ids):
            self.add_error(None, LOST)
        return data

    @property
    def shown_ids(self) -> dict[str, Any]:
        """The hidden values for showing this form again: what was sound, and fresh ones."""
        sound = getattr(self, "cleaned_data", self.initial)
        return {"post_id": sound.get("post_id") or uuid.uuid4(), "base": sound.get("base") or 0}

    @property
    def words(self) -> str:
        """What stands in the field now, without what nobody can see."""
        return str(self["text"].value() or "")


class MarbleForm(WordsForm):
    """One line about something kind that was noticed."""

    text = WordsField(most=LINE)


class PromiseForm(WordsForm):
    """A wording of what is agreed."""

    text = WordsField(most=PROMISE, rows=4)
    nothing = "Write it in a sentence, so that you both know what is meant."


class RepairForm(WordsForm):
    """An answer to an apology; asking for more needs words, the others may have some.

    `about` is the place of the part that is asked about, counted from 0; empty for the whole.
    """

    said = forms.ChoiceField(
        choices=[(one, one) for one in ("read", "time", "more", "rest")],
        error_messages={
            "required": "Choose one of these.",
            "invalid_choice": "Choose one of these.",
        },
    )
    about = forms.IntegerField(min_value=0, max_value=100, required=False)
    needs_words = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("said") == "more" and not str(data.get("text", "")).strip():
            self.add_error("text", "Say in a few words what you would like to hear more about.")
        return data


class BeginTalkForm(forms.Form):
    """How a talk in turns is to go: on two devices, or on one that is passed back and forth."""

    post_id = forms.UUIDField()
    device = forms.ChoiceField(
        choices=[("two", "two"), ("one", "one")],
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose one of the two."),
    )


class TurnForm(WordsForm):
    """A turn of a talk: its words, or a yes without any."""

    places = {"text": "turn", "act": "turn"}
    act = forms.ChoiceField(
        choices=[(one, one) for one in ("say", "heard", "fits", "missing", "stop")],
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose one of these."),
    )
    nothing = "Write a sentence or two, or stop here."
    needs_words = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("act") in {"say", "heard", "missing"} and not data.get("text", "").strip():
            self.add_error("text", self.nothing)
        return data


class WishForm(forms.Form):
    """Whether a talk should stay."""

    wish = forms.ChoiceField(choices=[("keep", "keep"), ("go", "go")])


class SignForm(forms.Form):
    """A name under one wording: the version that was on the page."""

    version = forms.IntegerField(min_value=1, max_value=10**6)


class DayForm(forms.Form):
    """How one of the last fourteen days went; nothing said forgets what was said."""

    day = forms.DateField(input_formats=["%Y-%m-%d"])
    said = forms.ChoiceField(choices=[(KEPT, KEPT), (MISSED, MISSED), ("", "")], required=False)

    def clean_day(self) -> date:
        """Return the day, if it is one of the fourteen that the page shows."""
        today, day = timezone.localdate(), self.cleaned_data["day"]
        # A page left open past midnight, or a clock further east, is a day off at most.
        if not today - timedelta(days=FORTNIGHT) <= day <= today + timedelta(days=1):
            raise ValidationError("Choose one of the last fourteen days.")
        return day  # type: ignore[no-any-return]
