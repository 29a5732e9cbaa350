"""An exercise as one person is writing it: which entry, which wording, which page of it."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.urls import reverse

from journal.entries.forms import name_of
from journal.entries.margin import KEPT
from journal.entries.models import DIALLED, Entry
from journal.entries.prompting import fitted, of_the_check_in, with_prompt
from journal.entries.questions import Question, asked, by_page, named_anew
from journal.relationships.chosen import Mending
from journal.relationships.models import Relationship
from journal.relationships.story import Story
from journal.vault.asking import Asking, as_uuid
from steps import catalogue


@dataclass(frozen=True)
class Sheet:
    """One exercise as one person is writing it: wording, answers so far, where they are.

    `asked` names the questions that a posted page held; it wins over `whole` and `at`, since the
    view may have been switched in another tab meanwhile. `again` says that a new entry was asked
    for beside an unfinished one. `kept_phrases`: what the margin is to be silent about.
    `one_screen`: no list of questions beside it and no other view to turn to. `prompted` is the key
    of the prompt that a new check-in asks, which its page sends back.
    """

    exercise: catalogue.Exercise | None
    entry: Entry | None
    questions: list[Question]
    answers: dict[str, Any]
    relationship: Relationship | None
    story: Story | None
    kind: str | None
    title: str
    url: str
    whole: bool
    at: int
    asked: tuple[str, ...] = ()
    again: bool = False
    kept_phrases: tuple[str, ...] = ()
    one_screen: bool = False
    prompted: str = ""

    @property
    def pages(self) -> list[list[Question]]:
        """The pages it is written on; a single one when all questions share the sheet."""
        return [self.questions] if self.whole else by_page(self.questions)

    @property
    def here(self) -> list[Question]:
        """The questions of the page being written."""
        posted = [question for question in self.questions if question["key"] in self.asked]
        return posted or self.pages[min(self.at, len(self.pages) - 1)]

    def place(self, number: int) -> str:
        """Return the address of page `number`, counted from 0."""
        wanted = (["again"] if self.again else []) + ([f"at={number}"] if number else [])
        return f"{self.url}?{'&'.join(wanted)}" if wanted else self.url

    @property
    def action(self) -> str:
        """The address a page of it is posted to."""
        return self.place(0)

    def fitted(self, text: str) -> str:
        """Return a text of the guide, worded for whom this is about."""
        return catalogue.for_kind(text, self.kind)


def unfinished(
    request: Asking, exercise: catalogue.Exercise, relationship: Relationship | None
) -> Entry | None:
    """Return what this person began of an exercise in this relationship and has not finished."""
    mine = Entry.objects.written_by(request.user).unfinished()
    mine = mine.filter(exercise__key=exercise.key, relationship=relationship)
    return mine.select_related("exercise", "step").order_by("-updated_at").first()


def posted_entry(request: Asking) -> Entry | None:
    """Return the entry a posted sheet belongs to, if this person has written it."""
    entry_id = as_uuid(request.POST.get("entry_id"))
    if entry_id is None:
        return None
    mine = Entry.objects.written_by(request.user).filter(id=entry_id, kind=Entry.EXERCISE)
    return mine.select_related("exercise", "step").first()


def sheet_for(
    request: Asking, exercise: catalogue.Exercise | None, entry: Entry | None, mending: Mending
) -> Sheet:
    """Lay out a sheet: the entry's own wording if there is an entry, else today's."""
    about = entry.relationship_id if entry else about_whom(request, mending)
    kept: tuple[str, ...] = ()
    prompted = ""
    rows: dict[Any, Any] = {row.pk: (row, story) for row, story in mending.rows}
    relationship, story = rows.get(about, (None, None))
    if entry:
        body = entry.body(request.keyring)
        kind, answers, kept = body.get("kind"), body["answers"], tuple(body.get(KEPT, ()))
        questions = entry.questions(request.keyring)
        title = entry.head(request.keyring)["title"]
    elif exercise is None:
        raise Http404
    else:
        kind, answers = story.kind if story else None, {}
        questions, prompted = asked_today(request, exercise, story)
        title = title_of(request, exercise, relationship)
    keys = tuple(request.POST.getlist("asked"))
    url = address(exercise) if exercise else request.path
    if entry and entry.finished_at:
        url = reverse("entry_edit", args=[entry.pk])
    return Sheet(
        exercise, entry, questions + strays(request, questions, keys), answers, relationship,
        story, kind, title, url, request.user.whole_sheet, place_asked(request),
        keys,
        again=entry is None and "again" in request.GET,
        kept_phrases=kept,
        prompted=prompted,
    )  # fmt: skip


def asked_today(
    request: Asking, exercise: catalogue.Exercise, story: Story | None
) -> tuple[list[Question], str]:
    """Return what an exercise asks now, and the key of the prompt that a check-in has in it."""
    kind = story.kind if story else None
    questions = asked(exercise, story.part if story else "both", kind)
    if exercise.key != DIALLED:
        return questions, ""
    prompt = of_the_check_in(request, story)
    named = named_anew(questions, story.dials if story else {})
    return with_prompt(named, fitted(prompt, story)), prompt.key


def about_whom(request: Asking, mending: Mending) -> uuid.UUID | None:
    """Return the relationship a new entry is about: the one its page was opened with."""
    if "about" not in request.POST:
        return mending.chosen.pk if mending.chosen else None
    return as_uuid(request.POST["about"])


def strays(request: Asking, known: list[Question], keys: tuple[str, ...]) -> list[Question]:
    """Return a question for posted words whose own question has left the guide meanwhile."""
    found = []
    for key in dict.fromkeys(keys):
        question: Question = {
            "key": key, "type": "long", "ask": "What you wrote before this page changed",
            "hint": "", "ways": [], "options": [], "low": "", "high": "", "frame": "",
            "page": max((q["page"] or 0 for q in known), default=0) or None,
        }  # fmt: skip
        gone = all(key != q["key"] for q in known)
        if gone and request.POST.get(name_of(question), "").strip():
            found.append(question)
    return found


def title_of(
    request: Asking, exercise: catalogue.Exercise, relationship: Relationship | None
) -> str:
    """Return the title of a new entry; one done in several sittings says which this is."""
    if exercise.sittings < 2:
        return exercise.title
    mine = Entry.objects.written_by(request.user).filter(exercise__key=exercise.key)
    behind = mine.filter(relationship=relationship, finished_at__isnull=False).count()
    return f"{exercise.title}, sitting {behind % exercise.sittings + 1} of {exercise.sittings}"


def address(exercise: catalogue.Exercise) -> str:
    """Return where an exercise is written."""
    name = "path_exercise" if exercise.home_kind == "step" else "practice_exercise"
    return reverse(name, args=[exercise.home, exercise.key])


def place_asked(request: Asking) -> int:
    """Return the page asked for, counted from 0; nonsense means the first."""
    asked_for = request.POST.get("at") or request.GET.get("at") or "0"
    return min(int(asked_for), 99) if asked_for.isdecimal() and len(asked_for) < 4 else 0
