"""Notes in the margin: only beside words that are meant for somebody else one day.

A private page is raw on purpose, so nothing is looked at there. Where the notes may stand is said
by the guide: exercises that are `for_sharing`, and those in which an answer that `shares` was
chosen; never beside a question that is `only_you`. What to say of a text is `steps.notes`.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.views.decorators.http import require_POST

from journal.entries.questions import WRITTEN, Question, in_words
from journal.vault.asking import Asking
from journal.vault.words import visible
from steps import catalogue
from steps.notes import Note, notes

KEPT = "kept_phrases"  # in an entry's sealed body, and the field of a form that names them
MOST_KEPT = 100
LONGEST_KEPT = 200
READ = 20_000  # characters looked at for one note while somebody writes
AT_ONCE = 20


@login_not_required  # a page whose session has ended must hear so, not be led to a sign-in page
@require_POST
def margin(request: Asking) -> JsonResponse:
    """Say what the margin has to say of a text; nothing is opened, kept or written down."""
    if not request.user.is_authenticated:
        return JsonResponse({"why": "signed-out"}, status=401)
    text = request.POST.get("text", "")[:READ]
    found = margin_notes(text, request.POST.getlist(KEPT), request.user.language)
    said = [asdict(note) for note in found[:AT_ONCE]]
    return JsonResponse({"notes": said})


def margin_notes(text: str, kept: Iterable[str] = (), language: str = "en") -> list[Note]:
    """Return the notes for a text that is meant for somebody, without phrases its writer keeps.

    Args:
        text: plain words; places in the notes count its characters.
        kept: phrases of which the writer said “keep mine”.
        language: the writer's, by which the guide's rules are chosen.
    """
    mine = {folded(phrase) for phrase in kept}
    return [note for note in notes(text, language) if folded(note.phrase) not in mine]


def spoken(exercise: catalogue.Exercise | None, answers: dict[str, Any]) -> set[str]:
    """Return the keys of the questions beside whose answers a note may stand."""
    if exercise is None or not (exercise.for_sharing or shares(exercise, answers)):
        return set()
    return {field.key for field in exercise.fields if not field.only_you}


def shares(exercise: catalogue.Exercise, answers: dict[str, Any]) -> bool:
    """Whether an answer was chosen that makes the page one to share."""
    return any(
        option.shares and option.value in chosen(answers.get(field.key))
        for field in exercise.fields
        for option in field.options
    )


def chosen(answer: Any) -> Collection[Any]:
    """Return the values that an answer to a choice holds."""
    return answer if isinstance(answer, list) else [answer]


def beside(
    exercise: catalogue.Exercise | None,
    questions: Sequence[Question],
    body: dict[str, Any],
    language: str,
) -> list[Note]:
    """Return the notes for a written exercise, read from its opened body, question by question."""
    where = spoken(exercise, body["answers"])
    words = [
        in_words(question, body["answers"].get(question["key"]))
        for question in questions
        if question["key"] in where and question["type"] in WRITTEN
    ]
    kept = body.get(KEPT, ())
    return [note for text in words for note in margin_notes(text[:READ], kept, language)]


def live(question: Question, where: Collection[str]) -> bool:
    """Whether notes come while this question is being answered.

    What stands in a gap is read with the rest of its sentence.
    """
    return question["key"] in where and question["type"] in WRITTEN


def phrases(*lists: Iterable[str]) -> list[str]:
    """Return kept phrases from several places, each once, as an entry keeps them."""
    every = (folded(visible(phrase))[:LONGEST_KEPT] for one in lists for phrase in one)
    return list(dict.fromkeys(phrase for phrase in every if phrase))[:MOST_KEPT]


def folded(phrase: str) -> str:
    """Return a phrase as it is compared: case and spaces make no difference."""
    return " ".join(phrase.casefold().split())
