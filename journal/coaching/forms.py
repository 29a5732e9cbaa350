"""Forms of the client's side: what to show, asking something; and how a coach introduces
themselves."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from journal.coaching.consent import WORDS
from journal.coaching.models import ITEMS, ROOM, CoachProfile
from journal.entries.leaving import Filled
from journal.relationships.models import Relationship
from journal.relationships.story import NAME_LENGTH, Story
from journal.vault.words import WordsField

ASK_LENGTH = 5_000
PROFILE_LENGTH = 2_000
DAYS = {"30": "30 days", "90": "90 days", "180": "180 days"}
USUAL = "90"


class ConsentForm(forms.Form):
    """What a coach may see, of which relationship, and for how long.

    `since`: the days from which on items are shown already.
    """

    items = forms.MultipleChoiceField(
        required=False,
        label="What they see",
        choices=[(key, WORDS[key].title) for key in ITEMS if key != ROOM],
        error_messages={"invalid_choice": "That is nothing that can be shown."},
    )
    about = forms.ChoiceField(required=False, label="Which of your relationships is meant?")
    days = forms.ChoiceField(
        label="For how long", choices=list(DAYS.items()), initial=USUAL, widget=forms.RadioSelect
    )

    def __init__(
        self, *args: Any, relationships: Sequence[tuple[Relationship, Story]],
        since: dict[str, str], **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.since = since
        self.relationships = {str(row.pk): row for row, _ in relationships}
        self.fields["about"].choices = [  # type: ignore[attr-defined]
            (str(row.pk), story.called) for row, story in relationships
        ]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Return each item with its words and its tick, for the template."""
        chosen = self["items"].value() or []
        words = {
            key: item.since(self.since[key]) if key in self.since else item
            for key, item in WORDS.items()
        }
        return [
            {"item": words[key], "chosen": key in chosen, "id": f"id_items_{key}"}
            for key in ITEMS
            if key != ROOM
        ]

    @property
    def chosen_about(self) -> Relationship | None:
        """The relationship that a valid form means; the one last chosen where none was named."""
        named = self.relationships.get(self.cleaned_data["about"])
        return named or next(iter(self.relationships.values()), None)

    @property
    def until(self) -> datetime:
        """The moment up to which a valid form shows things."""
        return timezone.now() + timedelta(days=int(self.cleaned_data["days"]))


class AskForm(forms.Form):
    """Something a client asks their coach. `post_id` makes a button pressed twice one question."""

    post_id = forms.UUIDField(widget=forms.HiddenInput)
    text = WordsField(most=ASK_LENGTH, rows=4, label="Your words to them")

    def clean_text(self) -> str:
        """Return the words; an empty question is none."""
        text = str(self.cleaned_data["text"])
        if not text.strip():
            raise forms.ValidationError("Write a line first. Nothing was sent.")
        return text


class ProfileForm(Filled):
    """How a coach introduces themselves, in their own words."""

    name = WordsField(most=NAME_LENGTH, label="Your name, as clients know it", strip=True)
    qualifications = WordsField(
        most=PROFILE_LENGTH,
        rows=4,
        label="What you have learnt, and where",
        help_text="In your own words. Nobody here checks it, and clients are told so.",
    )
    languages = WordsField(most=200, label="Languages you work in")
    way = WordsField(
        most=PROFILE_LENGTH,
        rows=4,
        label="How you work",
        help_text="How often you look in, how soon you answer, and what you do not do.",
    )

    @property
    def filled_with(self) -> str:
        """Its words before anybody changed them."""
        return "\n\n".join(self.initial.get(name) or "" for name in CoachProfile.FIELDS)

    def clean_name(self) -> str:
        """Return the name; clients must know who it is."""
        name = str(self.cleaned_data["name"]).strip()
        if not name:
            raise forms.ValidationError("Write the name that your clients know.")
        return name

    def to_seal(self) -> dict[str, str]:
        """Return the profile of a valid form."""
        return {key: self.cleaned_data[key].strip() for key in CoachProfile.FIELDS}
