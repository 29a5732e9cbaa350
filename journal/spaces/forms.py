"""Forms of rooms: a few questions first, who one is there, and a copy to hand over."""

import uuid
from collections.abc import Collection, Iterable
from typing import Any

from django import forms

from journal.entries.leaving import Filled
from journal.entries.writing import MOST
from journal.relationships.beginning import one_of
from journal.relationships.story import AFRAID, NAME_LENGTH
from journal.spaces.called import is_taken, visible
from journal.vault.words import WordsField

NOTE_LENGTH = 1_000
TITLE_LENGTH = 500
MOST_PARTS = 60
NEEDED = "Choose one. “I’d rather not say” is an answer too."
WORRYING = {"yes", "sometimes"}
TAKEN = "Somebody could take this for another name in the room. Add a letter or a word to it."


class SafetyForm(forms.Form):
    """Questions for the one who answers; the answers choose the next page and are kept nowhere."""

    afraid = one_of(AFRAID, "Are you ever afraid of this person?", NEEDED)
    watched = one_of(AFRAID, "Do they read your messages, or want to see what you write?", NEEDED)
    pushed = one_of(AFRAID, "Would there be trouble if you said no to this?", NEEDED)

    @property
    def worrying(self) -> bool:
        """Whether an answer speaks for going on alone."""
        return not WORRYING.isdisjoint(self.cleaned_data.values())


class CalledForm(forms.Form):
    """How somebody is called in a room. `others`: how those are called who are there already."""

    called = WordsField(most=NAME_LENGTH, label="How shall they see you?")

    def __init__(self, *args: Any, others: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.others = list(others)

    def clean_called(self) -> str:
        """Return the name without space around it; a room needs one, and one of its own."""
        called = visible(str(self.cleaned_data["called"]))
        if not called:
            raise forms.ValidationError("Write a name, an initial, or whatever they call you.")
        if is_taken(called, self.others):
            raise forms.ValidationError(TAKEN)
        return called

    def refuse(self) -> "CalledForm":
        """Return the form to show again, for a name that turned out to be taken."""
        self.add_error("called", TAKEN)
        return self


class InviteForm(CalledForm, Filled):
    """What an invitation says; by mail or as a link to pass on.

    `room_id` is the room it makes, so that a button pressed twice makes one. `own`: the inviter's
    address.
    """

    room_id = forms.UUIDField(required=False, initial=uuid.uuid4, widget=forms.HiddenInput)
    note = WordsField(most=NOTE_LENGTH, rows=4, label="A few words to them")
    email = forms.EmailField(required=False, label="Their e-mail address", max_length=254)

    def __init__(self, *args: Any, mail: bool, own: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = own
        if not mail:
            del self.fields["email"]
        else:
            self.fields["email"].widget.attrs["autocomplete"] = "off"

    @property
    def filled_with(self) -> str:
        """Its words before anybody changed them."""
        return "\n\n".join(self.initial.get(name) or "" for name in ("called", "note"))

    def clean_email(self) -> str:
        """Return the address, which is somebody else's."""
        address = str(self.cleaned_data["email"])
        if address and address.casefold() == self.own.casefold():
            raise forms.ValidationError("This is your own address. Write theirs, or leave it out.")
        return address

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors.pop("room_id", None):  # lost on the way: a fresh one will do
            data["room_id"] = None
        return data


class CoachForm(forms.Form):
    """Whom a couple wants to invite as a coach, and a note to them."""

    whom = WordsField(most=NAME_LENGTH, label="Who is the coach?")
    note = WordsField(most=NOTE_LENGTH, rows=4, label="A few words to them")

    def clean_whom(self) -> str:
        """Return the name; the other partner must know whom they say yes to."""
        whom = str(self.cleaned_data["whom"]).strip()
        if not whom:
            raise forms.ValidationError("Write their name, so that you both know who is meant.")
        return whom


class CopyForm(Filled):
    """The exact copy that is to be handed over: a title, and each text under its question.

    What is emptied is not handed over. `post_id` makes a button pressed twice one copy; `base` is
    the version that is changed, 0 before there is one.
    """

    post_id = forms.UUIDField(widget=forms.HiddenInput)
    count = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=MOST_PARTS)
    base = forms.IntegerField(required=False, min_value=0, max_value=10**6)
    title = WordsField(most=TITLE_LENGTH, label="Title")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for at in range(self.how_many()):
            self.fields[f"ask_{at}"] = WordsField(most=TITLE_LENGTH, widget=forms.HiddenInput())
            self.fields[f"words_{at}"] = WordsField(most=MOST, rows=6)

    @classmethod
    def of(
        cls, title: str, parts: list[dict[str, str]], post_id: uuid.UUID, base: int = 0
    ) -> "CopyForm":
        """Return the form filled with a copy as it would be handed over, or as it stands."""
        initial: dict[str, Any] = {
            "post_id": post_id, "count": len(parts), "base": base, "title": title
        }  # fmt: skip
        for at, part in enumerate(parts):
            initial |= {f"ask_{at}": part["ask"], f"words_{at}": part["words"]}
        return cls(initial=initial)

    def how_many(self) -> int:
        """Return how many texts this form holds; nonsense is one."""
        raw = str((self.data if self.is_bound else self.initial).get("count", ""))
        return min(max(int(raw), 1), MOST_PARTS) if raw.isdecimal() and len(raw) < 4 else 1

    @property
    def filled_with(self) -> str:
        """Its words before anybody changed them."""
        texts = [self.initial.get("title", ""), *self.texts]
        return "\n\n".join(text for text in texts if text.strip())

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Return each text with its question, ready for the template."""
        return [
            {
                "ask": self[f"ask_{at}"].value() or "",
                "hidden": self[f"ask_{at}"],
                "field": self[f"words_{at}"],
                "words": self[f"words_{at}"].value() or "",
            }
            for at in range(self.how_many())
        ]

    @property
    def texts(self) -> list[str]:
        """Return the texts as they stand in the form now."""
        return [str(row["words"]) for row in self.rows]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not any(data[f"words_{at}"].strip() for at in self.places):
            self.add_error(None, "Nothing is left to hand over. Your page itself is untouched.")
        return data

    def with_sound_ids(self) -> "CopyForm":
        """Return the form to show again: ids that were lost on the way are fresh, words are kept.

        Sending again is enough then, so an error of ids alone is said in one line above.
        """
        lost = {name for name in ("post_id", "count") if name in self.errors}
        if not lost:
            return self
        data = dict(self.data.items())  # a QueryDict's own, unpacked, are lists
        data |= {"post_id": str(uuid.uuid4()), "count": str(self.how_many())}
        fresh = CopyForm(data)
        fresh.add_error(
            None, "Something of this page was lost on the way. Your words are here: send it again."
        )
        return fresh

    def on(self, version: int) -> "CopyForm":
        """Return the form to show again, as a change of another version."""
        return CopyForm(dict(self.data.items()) | {"base": str(version)})

    @property
    def places(self) -> range:
        """The places of the texts."""
        return range(self.how_many())

    def to_seal(self, asks: Collection[str] | None = None) -> dict[str, Any]:
        """Return the body of the copy: only what was left standing.

        `asks`: the questions that may stand above a text; another one is left out.
        """
        data = self.cleaned_data
        asked = {at: data[f"ask_{at}"] for at in self.places}
        parts = [
            {
                "ask": asked[at] if asks is None or asked[at] in asks else "",
                "words": data[f"words_{at}"],
            }
            for at in self.places
            if data[f"words_{at}"].strip()
        ]
        text = "\n\n".join("\n".join(filter(None, part.values())) for part in parts)
        return {"title": data["title"].strip(), "parts": parts, "text": text}
