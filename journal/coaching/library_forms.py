"""The small editor of a coach's own exercises: the guide's types of questions, in plain fields."""

import re
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from journal.entries.leaving import Filled
from journal.entries.questions import GAP, Question
from journal.vault.words import WordsField
from steps.exercise_checks import LONGEST, SHORTEST

MOST_QUESTIONS = 30
MOST_OPTIONS = 20
MOST_GAPS = 10
LINE, ASK = 200, 500
KEY = re.compile(r"q\d{1,3}")
TYPES = {
    "long": "Room to write",
    "line": "One line",
    "lines": "A list, one thing a line",
    "choice": "Choose one",
    "several": "Choose several",
    "scale": "From 1 to 7",
    "date": "A day",
    "frame": "A sentence with gaps",
    "feelings": "Feelings words",
}
WORDS = ("ask", "hint", "options", "low", "high", "frame")  # as they stand on the page
WITH_OPTIONS = ("choice", "several")


class ExerciseForm(Filled):
    """What an exercise is called and what it is for.

    `exercise_id` makes a new one that is sent twice one; `base` is the version on the page.
    """

    exercise_id = forms.UUIDField(widget=forms.HiddenInput)
    base = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    title = WordsField(most=LINE, label="Title", strip=True)
    purpose = WordsField(most=1_000, rows=3, label="What it is for")
    minutes = forms.IntegerField(
        min_value=SHORTEST, max_value=LONGEST, initial=10, label="About how many minutes"
    )

    @property
    def was(self) -> str:
        """The mark of what it was filled with; with room for more questions it stays the same."""
        return str(self.initial["was"]) if "was" in self.initial else super().was

    @property
    def filled_with(self) -> str:
        """Its words before anybody changed them, and those of the questions below it."""
        rows = rows_for(self.initial.get("questions", []))
        asked = [str(row[name]) for row in rows for name in WORDS]
        said = [str(self.initial.get(name, "")) for name in ("title", "purpose")]
        return "\n\n".join([*said, *asked])

    def clean_title(self) -> str:
        """Return the title; it has one."""
        title = str(self.cleaned_data["title"]).strip()
        if not title:
            raise forms.ValidationError("Give it a title that your client will understand.")
        return title


class QuestionForm(forms.Form):
    """One question; a question that asks nothing is left out."""

    key = forms.CharField(required=False, widget=forms.HiddenInput)
    type = forms.ChoiceField(label="How it is answered", choices=list(TYPES.items()))
    ask = WordsField(most=ASK, rows=2, label="Question")
    hint = WordsField(most=ASK, label="A hint below it")
    options = WordsField(most=MOST_OPTIONS * LINE, rows=3, label="What can be chosen, one a line")
    low = WordsField(most=60, label="What 1 means")
    high = WordsField(most=60, label="What 7 means")
    frame = WordsField(most=ASK, label="The sentence, with its gaps as {feeling}")

    @property
    def empty(self) -> bool:
        """Whether nothing is asked and nothing was written."""
        data = self.cleaned_data
        return not any(data.get(name, "").strip() for name in ("ask", "hint", "options", "frame"))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if any(name not in data for name in ("ask", "options", "frame")) or self.empty:
            return data
        kind, options = data.get("type"), lines(data["options"])
        if not data["ask"].strip():
            self.add_error("ask", "Write what you ask, or empty the rest of this question.")
        if kind in WITH_OPTIONS and not 2 <= len(options) <= MOST_OPTIONS:
            self.add_error("options", f"Write 2 to {MOST_OPTIONS} things to choose from.")
        if kind in WITH_OPTIONS and any(len(one) > LINE for one in options):
            self.add_error("options", f"One of these is longer than {LINE} characters.")
        gaps = len(set(GAP.findall(data["frame"])))
        if kind == "frame" and not 1 <= gaps <= MOST_GAPS:
            self.add_error("frame", "Write a sentence with at least one gap, such as {feeling}.")
        return data

    def question(self, key: str) -> Question:
        """Return the question as entries keep it."""
        data = self.cleaned_data
        kind = data["type"]
        return {
            "key": key, "type": kind, "ask": data["ask"].strip(), "hint": data["hint"].strip(),
            "ways": [],
            "options": [
                {"value": f"o{number}", "label": label, "note": "", "link": ""}
                for number, label in enumerate(lines(data["options"]), start=1)
            ] if kind in WITH_OPTIONS else [],
            "low": (data["low"].strip() or "not at all") if kind == "scale" else "",
            "high": (data["high"].strip() or "very much") if kind == "scale" else "",
            "frame": data["frame"].strip() if kind == "frame" else "",
            "page": None,
        }  # fmt: skip


class Questions(BaseFormSet):  # type: ignore[type-arg]
    """The questions of an exercise, in their order."""

    def clean(self) -> None:
        if any(self.errors):
            return
        many = sum(1 for form in self.forms if not form.empty)
        if many == 0:
            raise forms.ValidationError("Ask at least one question.")
        if many > MOST_QUESTIONS:
            raise forms.ValidationError(
                f"These are {many} questions; an exercise holds {MOST_QUESTIONS}. Two short ones "
                "are done more often than a long one. Nothing has been cut."
            )


QuestionForms = formset_factory(
    QuestionForm, formset=Questions, extra=3, absolute_max=250, max_num=MOST_QUESTIONS
)


def questions_in(sets: "BaseFormSet[QuestionForm]") -> list[Question]:
    """Return the questions of valid forms, each under a key that it keeps through its versions."""
    asked = [form for form in sets.forms if not form.empty]
    taken: set[str] = set()
    found = []
    for form in asked:
        key = form.cleaned_data.get("key", "")
        if not KEY.fullmatch(key) or key in taken:
            used = taken | {one.cleaned_data.get("key", "") for one in asked}
            key = next(f"q{n}" for n in range(1, 1000) if f"q{n}" not in used)
        taken.add(key)
        found.append(form.question(key))
    return found


def rows_for(questions: list[Question]) -> list[dict[str, Any]]:
    """Return questions as the editor's fields show them."""
    return [
        {**question, "options": "\n".join(one["label"] for one in question["options"])}
        for question in questions
    ]


def lines(text: str) -> list[str]:
    """Return the lines of a text that say something, each once."""
    return list(dict.fromkeys(line.strip() for line in text.split("\n") if line.strip()))
