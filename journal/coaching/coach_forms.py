"""Forms of the coach's side: something to write, an exercise to suggest, a note, a session."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from journal.entries.leaving import Filled
from journal.relationships.story import NAME_LENGTH
from journal.vault.words import WordsField
from steps import catalogue

WORDS_LENGTH = 20_000
NOTE_LENGTH = 2_000
FARTHEST = timedelta(days=730)
GONE = "This exercise cannot be suggested any more. Choose another one."


def day_input() -> forms.DateInput:
    """Return an input for a day, as browsers want it."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ComingDay(forms.DateField):
    """A day from today on, within two years, or none."""

    def __init__(self, **kwargs: Any) -> None:
        messages = {"invalid": "Write the day as 2027-01-31, or leave it empty."}
        super().__init__(required=False, widget=day_input(), error_messages=messages, **kwargs)

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        today = timezone.localdate()
        if day is not None and day < today:
            raise forms.ValidationError("That day is over. Choose a later one, or none.")
        if day is not None and day - today > FARTHEST:
            raise forms.ValidationError("That is more than two years away. Choose a nearer day.")
        return day


class ReplyForm(Filled):
    """Something a coach writes to a client, kept as a draft or sent.

    `post_id` makes a button pressed twice one post; `draft` and `base` say which draft was on
    the page, in which version.
    """

    post_id = forms.UUIDField(widget=forms.HiddenInput)
    draft = forms.UUIDField(required=False, widget=forms.HiddenInput)
    base = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    text = WordsField(most=WORDS_LENGTH, rows=8, label="Your words")

    def __init__(self, *args: Any, sending: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sending = sending

    def clean_text(self) -> str:
        """Return the words; nothing is not sent."""
        text = str(self.cleaned_data["text"])
        if self.sending and not text.strip():
            raise forms.ValidationError("Write a line first. Nothing was sent.")
        return text


class AssignForm(forms.Form):
    """An exercise of the guide or of the coach's own, a note with it, a day it is wished by."""

    post_id = forms.UUIDField(widget=forms.HiddenInput)
    exercise = forms.ChoiceField(
        label="Exercise", error_messages={"invalid_choice": GONE, "required": "Choose one first."}
    )
    note = WordsField(most=NOTE_LENGTH, rows=4, label="A note with it")
    day = ComingDay(label="Wished by")

    def __init__(self, *args: Any, own: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        guide = catalogue.get()
        homes: list[catalogue.Step | catalogue.Tool] = [
            *guide.steps.values(), *guide.tools.values(),
        ]  # fmt: skip
        shelves: list[tuple[str, Any]] = [("", "Choose an exercise")]
        shelves += [("Your own", own)] if own else []
        shelves += [
            (home.title, [(one.key, one.title) for one in guide.exercises_of(home)])
            for home in homes
        ]
        self.fields["exercise"].choices = shelves  # type: ignore[attr-defined]


class NoteForm(forms.Form):
    """A note of the coach's own, how they call the client, and the next session.

    `note_id` makes a button pressed twice one note.
    """

    note_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    text = WordsField(most=WORDS_LENGTH, rows=5, label="A note for yourself")
    called = WordsField(most=NAME_LENGTH, label="How you call this client in your notes")
    next_session = ComingDay(label="Next session")


class OwnNoteForm(Filled):
    """A note of the coach's own, looked at again. `base` is the version on the page."""

    base = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    text = WordsField(most=WORDS_LENGTH, rows=10, label="A note for yourself")
