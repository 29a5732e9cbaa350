"""Forms for writing: a free page, and one made from the questions of an exercise."""

import uuid
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.choices import BaseChoiceIterator

from journal.entries.margin import KEPT, live, phrases
from journal.entries.models import Entry
from journal.entries.questions import GAP, Question, gaps, in_words
from journal.entries.writing import MOST
from journal.relationships.models import Relationship
from journal.relationships.story import Story
from journal.vault.words import WordsField
from steps import catalogue

LINE = 500
Quarter = tuple[str, list[tuple[str, str]]]
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 12, 31)


class SaveForm(forms.Form):
    """What every save sends beside the words: which entry, which version, which save.

    Ids that are missing or broken get fresh ones, so that the words can be saved again.
    """

    entry_id = forms.UUIDField(widget=forms.HiddenInput)
    save_id = forms.UUIDField(widget=forms.HiddenInput)
    base_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**6)

    @staticmethod
    def fresh(entry_id: uuid.UUID | None = None, version: int = 0) -> dict[str, Any]:
        """Return values for a page that begins at this version of this entry."""
        return {
            "entry_id": entry_id or uuid.uuid4(),
            "save_id": uuid.uuid4(),
            "base_version": version,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if any(name in self.errors for name in ("entry_id", "save_id", "base_version")):
            self.add_error(
                None, "Something of this page was lost on the way. Your words are here: save again."
            )
        return data

    def renewed(self, version: int | None = None) -> dict[str, Any]:
        """Return ids for showing this form again, keeping what was sound."""
        sound = getattr(self, "cleaned_data", {})
        return self.fresh(
            sound.get("entry_id"), sound.get("base_version", 0) if version is None else version
        )


class Quarters(BaseChoiceIterator):
    """Choices that are in order already: Django would look through all of them once more."""

    def __init__(self, quarters: list[Quarter]) -> None:
        self.quarters = quarters

    def __iter__(self) -> Iterator[Quarter]:
        return iter(self.quarters)

    def __deepcopy__(self, memo: Any) -> "Quarters":
        return self


def feelings_choices(chosen: Sequence[str] = ()) -> Quarters:
    """Return the feelings words in their four quarters, for a list to pick from.

    `chosen`: words kept before; those that the guide has given up since stay to be picked.
    """
    quarters, known = quarters_of(catalogue.get())
    gone = [(word, word) for word in chosen if word not in known]
    return Quarters([*quarters, ("Chosen before", gone)]) if gone else Quarters(quarters)


@lru_cache(maxsize=4)
def quarters_of(guide: catalogue.Catalogue) -> tuple[list[Quarter], set[str]]:
    """Return the feelings words of a guide in their four quarters, and all of them."""
    quarters: dict[str, list[tuple[str, str]]] = {}
    names = {
        ("high", False): "Hard and loud", ("low", False): "Hard and quiet",
        ("high", True): "Good and lively", ("low", True): "Good and calm",
    }  # fmt: skip
    for feeling in guide.feelings:
        quarter = names[(feeling.energy, feeling.pleasant)]
        quarters.setdefault(quarter, []).append((feeling.word, feeling.word))
    return list(quarters.items()), {feeling.word for feeling in guide.feelings}


class PageForm(SaveForm):
    """A free page: title, words, feelings, and whom it is about, if anyone."""

    places = {"title": "title", "text": "words", "feelings": "feelings"}
    title = WordsField(most=200, label="Title, if it needs one")
    text = WordsField(most=MOST, rows=14, label="Your words")
    feelings = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label="Feelings"
    )
    about = forms.ChoiceField(required=False, label="About")
    letter = forms.BooleanField(required=False, widget=forms.HiddenInput)
    # Whether the title is a line of the guide's that the page began with.
    prompted = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        relationships: Sequence[tuple[Relationship, Story]],
        chosen: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.relationships = {str(row.pk): row for row, _ in relationships}
        about = [(str(row.pk), story.called) for row, story in relationships]
        self.fields["about"].choices = [  # type: ignore[attr-defined]
            ("", "No one in particular"),
            *about,
        ]
        self.fields["feelings"].choices = feelings_choices(chosen)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "text" in data and "title" in data and not self.says_something():
            self.add_error("text", self.nothing())
        return data

    def nothing(self) -> str:
        """Return what is said of a page with nothing on it, or with nothing left on it."""
        if self.cleaned_data.get("base_version"):
            return (
                "An empty page is not kept, so what you wrote here before still is. If it should "
                "go, delete the page."
            )
        other = "feeling" if self.cleaned_data["prompted"] else "title or a feeling"
        return f"There is nothing to keep yet. One line is enough, or a {other}."

    def says_something(self) -> bool:
        """Whether there is anything to keep; what the guide asked is nothing they wrote."""
        data = self.cleaned_data
        title = "" if data["prompted"] else data["title"]
        return bool(data["text"].strip() or title.strip() or data.get("feelings"))


class LineForm(SaveForm):
    """One line, and nothing beside it."""

    text = WordsField(most=LINE, label="In a line")

    def clean_text(self) -> str:
        if not self.cleaned_data["text"].strip():
            raise ValidationError("Write a word or two, or leave it for another day.")
        return str(self.cleaned_data["text"])


class GratitudeForm(LineForm):
    """One line about something good."""

    text = WordsField(most=LINE, label="One thing you’re thankful for")


class ExerciseForm(SaveForm):
    """The questions of one page of an exercise, each as a field of its own kind.

    `answers` after validation: question key to answer; an answer left empty is kept as empty, so
    that a person can take words back.
    """

    def __init__(
        self, *args: Any, questions: list[Question], answers: dict[str, Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        self.kept = answers
        self.places: dict[str, str] = {}
        for question in questions:
            for name, form_field in fields_for(question, answers.get(question["key"])).items():
                self.fields[name] = form_field
                self.places[name] = f"q-{question['key']}"

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.errors:
            length = sum(letters(answer) for answer in {**self.kept, **self.answers()}.values())
            if length > MOST:
                self.add_error(None, f"Together these answers are {length:,} characters long; one "
                               f"page holds {MOST:,}. Nothing has been cut.")  # fmt: skip
        return data

    def answers(self) -> dict[str, Any]:
        """Return the cleaned answers by question key."""
        return {q["key"]: self._answer(q) for q in self.questions}

    def says_something(self) -> bool:
        """Whether any question of this page has an answer."""
        return any(in_words(q, answer) for q, answer in zip(
            self.questions, self.answers().values(), strict=True
        ))  # fmt: skip

    def _answer(self, question: Question) -> Any:
        name = name_of(question)
        if question["type"] == "frame":
            return {gap: self.cleaned_data[f"{name}__{gap}"] for gap in gaps(question)}
        value: Any = self.cleaned_data[name]
        if question["type"] == "scale":
            return int(value) if value else None
        if question["type"] == "date":
            return value.isoformat() if isinstance(value, date) else value or ""
        if question["type"] == "lines":
            return [line for line in value.split("\n") if line.strip()]
        return value

    def kept_phrases(self) -> list[str]:
        """Return the phrases of which the writer said “keep mine”, as the page names them."""
        return phrases(self.data.getlist(KEPT)) if isinstance(self.data, QueryDict) else []

    def shown(self, spoken: Collection[str] = ()) -> list[dict[str, Any]]:
        """Return each question with its bound fields, for the template.

        `spoken`: keys of the questions beside which the margin may speak.
        """
        return [
            {
                "question": q,
                "margin": live(q, spoken),
                "field": None if q["type"] == "frame" else self[name_of(q)],
                "frame": frame_parts(self, q) if q["type"] == "frame" else [],
            }
            for q in self.questions
        ]


def frame_parts(form: ExerciseForm, question: Question) -> list[dict[str, Any]]:
    """Split a sentence with gaps into plain text and the bound fields of its gaps."""
    parts: list[dict[str, Any]] = []
    for place, piece in enumerate(GAP.split(question["frame"])):
        if place % 2 == 0:
            parts.append({"text": piece})
        else:
            parts.append({"field": form[f"{name_of(question)}__{piece}"]})
    return parts


def name_of(question: Question) -> str:
    """Return the name under which an answer is posted; keys alone would meet our own names."""
    return f"answer-{question['key']}"


def letters(answer: Any) -> int:
    """Return how long an answer is in characters, whatever its type."""
    if isinstance(answer, dict):
        return sum(map(letters, answer.values()))
    return sum(map(letters, answer)) if isinstance(answer, list) else len(str(answer or ""))


def fields_for(question: Question, answer: Any) -> dict[str, forms.Field]:
    """Return the form fields of one question, filled with the answer kept so far."""
    key, label = name_of(question), question["ask"]
    match question["type"]:
        case "long":
            return {key: WordsField(most=MOST, rows=10, label=label, initial=answer)}
        case "lines":
            text = "\n".join(answer or [])
            return {key: WordsField(most=MOST, rows=6, label=label, initial=text)}
        case "frame":
            answer = answer or {}
            return {
                f"{key}__{gap}": WordsField(
                    most=LINE, label=gap.replace("_", " "), initial=answer.get(gap, "")
                )
                for gap in gaps(question)
            }
        case "scale":
            seven = [(str(n), str(n)) for n in range(1, 8)]
            return {key: choose_one(label, seven, str(answer) if answer else "")}
        case "choice":
            options = [(o["value"], o["label"]) for o in question["options"]]
            return {key: choose_one(label, options, answer)}
        case "several":
            options = [(o["value"], o["label"]) for o in question["options"]]
            return {key: choose_several(label, options, answer)}
        case "feelings":
            return {key: choose_several(label, feelings_choices(answer or ()), answer)}
        case "date":
            return {key: DayField(label=label, initial=answer)}
    return {key: WordsField(most=LINE, label=label, initial=answer)}


def choose_one(label: str, options: Any, answer: Any) -> forms.ChoiceField:
    """A choice of one, or none."""
    return forms.ChoiceField(
        required=False, label=label, choices=options, widget=forms.RadioSelect, initial=answer
    )


def choose_several(label: str, options: Any, answer: Any) -> forms.MultipleChoiceField:
    """A choice of several, or none."""
    return forms.MultipleChoiceField(
        required=False, label=label, choices=options, widget=forms.CheckboxSelectMultiple,
        initial=answer or [],
    )  # fmt: skip


class DayField(forms.DateField):
    """A day between 1900 and 2200, or none."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(
            required=False, widget=widget, input_formats=["%Y-%m-%d", "%d/%m/%Y"], **kwargs
        )
        self.error_messages["invalid"] = "Write the day as in 2026-11-22, or leave it empty."

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is not None and not EARLIEST <= value <= LATEST:
            raise ValidationError("Choose a day between 1900 and 2200.")


class NarrowForm(forms.Form):
    """What some of a person's pages have in common: their kind, whom they are about, their step.

    Args:
        relationships: those of the person who asks, with their opened stories.
    """

    kind = forms.ChoiceField(required=False, label="Kind")
    about = forms.ChoiceField(required=False, label="About")
    step = forms.ChoiceField(required=False, label="Step")

    def __init__(
        self, *args: Any, relationships: Sequence[tuple[Relationship, Story]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.relationships = relationships
        steps = catalogue.get().steps.values()
        choices = {
            "kind": [("", "Any kind"), *Entry.KINDS],
            "about": [("", "Anyone"), *((str(row.pk), s.called) for row, s in relationships)],
            "step": [("", "Any step"), *((step.key, step.title) for step in steps)],
        }
        for name, some in choices.items():
            self.fields[name].choices = some  # type: ignore[attr-defined]
            self.fields[name].error_messages["invalid_choice"] = "Choose one of these."
