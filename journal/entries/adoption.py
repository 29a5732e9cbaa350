"""What a guest wrote becomes a relationship and a first entry, under the new account's own key."""

import uuid
from typing import Any

from django.db import transaction

from journal.entries.models import Entry
from journal.entries.questions import Question, asked
from journal.entries.writing import Draft, keep
from journal.relationships.guests import GuestAnswers
from journal.relationships.models import PathStep, Relationship
from journal.relationships.path import leaning
from journal.relationships.story import Story
from journal.vault.guard import Person
from journal.vault.keyring import Keyring
from steps import catalogue
from steps import models as anchors

OWN_WORDS = {"long", "line"}


def first_exercise(story: Story) -> catalogue.Exercise | None:
    """Return the exercise whose first question is a person's first page.

    It is the first to lean on that begins with a question answered in one's own words; None where
    there is none: then the first page is a free one.
    """
    exercises = catalogue.get().exercises
    for lean in leaning(story).exercises:
        found = exercises.get(lean.key)
        if found and found.fields[0].type in OWN_WORDS:
            return found
    return None


def first_questions(story: Story, exercise: catalogue.Exercise) -> list[Question]:
    """Return the questions of the first exercise; the first is given a whole page of its own."""
    first, *others = asked(exercise, story.part, story.kind)
    return [{**first, "type": "long"}, *others]


def first_question(story: Story) -> Question:
    """Return what the first page asks: `ask`, `hint`, `ways`, and a `warning` before it."""
    exercise = first_exercise(story)
    if exercise:
        warning = catalogue.for_kind(exercise.warning, story.kind)
        return {**first_questions(story, exercise)[0], "warning": warning}
    return {
        "ask": "What would you like to set down first?",
        "hint": "Nobody is told.",
        "ways": ["Today I …", "What I keep thinking of is …", "Nobody knows that …"],
        "warning": "",
    }


def adopt(person: Person, keyring: Keyring, guest: GuestAnswers, words: str) -> Entry | None:
    """Keep a guest's story as a relationship of this person, and their first words as an entry.

    Returns the entry, or None when no words were written or when the answers have been adopted
    already. The caller makes the browser forget its key after.
    """
    story = guest.story()
    with transaction.atomic():
        if not guest.claim():
            return None
        relationship = Relationship.begin(person, keyring, story)
        if not words.strip():
            return None
        draft = first_draft(story, relationship, words)
        if draft.step:
            PathStep.say(relationship, draft.step, keyring, PathStep.OPEN)
        return keep(person, keyring, draft).entry


def first_draft(story: Story, relationship: Relationship, words: str) -> Draft:
    """Return the first page as a draft: of the exercise it belongs to, or a free page."""
    ids: dict[str, Any] = {"entry_id": uuid.uuid4(), "save_id": uuid.uuid4(), "base_version": 0}
    exercise = first_exercise(story)
    if exercise is None:
        return Draft(**ids, text=words, relationship=relationship)
    questions = first_questions(story, exercise)
    anchor = anchors.Exercise.objects.select_related("step").get(key=exercise.key)
    return Draft(
        **ids, kind=Entry.EXERCISE, title=exercise.title, answers={questions[0]["key"]: words},
        relationship=relationship, exercise=anchor, step=anchor.step, questions=tuple(questions),
        about={"part": story.part, "kind": story.kind},
    )  # fmt: skip
