"""Writing an exercise: one question at a time or all on one sheet, kept as one entry."""

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from journal.entries.forms import ExerciseForm, SaveForm
from journal.entries.margin import KEPT, beside, phrases, spoken
from journal.entries.models import Entry
from journal.entries.questions import by_page, in_words
from journal.entries.sheets import Sheet, posted_entry, sheet_for, unfinished
from journal.entries.writing import NEARLY, Draft, keep
from journal.relationships.chosen import Mending
from journal.relationships.models import PathStep
from journal.vault.asking import Asking
from steps import catalogue
from steps import models as anchors
from steps.notes import Note


@require_http_methods(["GET", "HEAD", "POST"])
def step_exercise(request: Asking, step: str, exercise: str) -> HttpResponse:
    """Write an exercise of a step, in the chosen relationship."""
    return write(request, "step", step, exercise)


@require_http_methods(["GET", "HEAD", "POST"])
def tool_exercise(request: Asking, tool: str, exercise: str) -> HttpResponse:
    """Write an exercise of a tool; it stands alone and needs no relationship."""
    return write(request, "tool", tool, exercise)


def write(request: Asking, home_kind: str, home: str, key: str) -> HttpResponse:
    """Open the exercise's unfinished entry, or a blank sheet (`?again` for a new one)."""
    found = catalogue.get().exercises.get(key)
    if found is None or (found.home_kind, found.home) != (home_kind, home):
        raise Http404
    mending = Mending.of(request)
    if request.method == "POST":
        entry = posted_entry(request)
        entry = entry if entry and entry.exercise and entry.exercise.key == key else None
    else:
        entry = None if "again" in request.GET else unfinished(request, found, mending.chosen)
    return respond(request, sheet_for(request, found, entry, mending))


def write_again(request: Asking, entry: Entry) -> HttpResponse:
    """Change an exercise written before, with the wording it had then."""
    found = catalogue.get().exercises.get(entry.exercise.key) if entry.exercise else None
    sheet = sheet_for(request, found, entry, Mending.of(request))
    return respond(request, replace(sheet, url=reverse("entry_edit", args=[entry.pk])))


def respond(request: Asking, sheet: Sheet) -> HttpResponse:
    """Show a sheet, or keep what was posted on it and go where the person said."""
    if request.method != "POST":
        return show(request, sheet, blank_form(sheet))
    form = ExerciseForm(request.POST, questions=sheet.here, answers=sheet.answers)
    if not form.is_valid():
        return show(request, sheet, form, status=422)
    then = request.POST.get("then", "next")
    if then == "finish" and not anything_written(sheet, form):
        form.add_error(None, "Write one line anywhere, or choose Finish later.")
        return show(request, sheet, form, status=422)
    entry = sheet.entry
    if entry or form.says_something():
        kept = keep(request.user, request.keyring, draft_of(sheet, form, then))
        if kept.beside:
            return show(request, sheet, form, clash=kept.entry, status=409)
        entry = kept.entry
        open_step(request, sheet)
    return go_on(request, sheet, entry, then)


def anything_written(sheet: Sheet, form: ExerciseForm) -> bool:
    """Whether any question of the whole exercise has an answer, with those just posted."""
    answers = {**sheet.answers, **form.answers()}
    return any(in_words(q, answers.get(q["key"])) for q in sheet.questions)


def blank_form(sheet: Sheet) -> ExerciseForm:
    """Return the unposted form of the page being written, with the answers kept so far."""
    version = sheet.entry.version if sheet.entry else 0
    ids = ExerciseForm.fresh(sheet.entry.pk if sheet.entry else None, version)
    return ExerciseForm(initial=ids, questions=sheet.here, answers=sheet.answers)


def draft_of(sheet: Sheet, form: ExerciseForm, then: str) -> Draft:
    """Return what a valid sheet asks to keep."""
    answers = {**sheet.answers, **form.answers()}
    exercise, entry = sheet.exercise, sheet.entry
    feelings = [answers.get(q["key"]) or () for q in sheet.questions if q["type"] == "feelings"]
    story = sheet.story if entry is None else None
    about: dict[str, Any] = {"part": story.part, "kind": story.kind} if story else {}
    if kept := phrases(sheet.kept_phrases, form.kept_phrases()):
        about[KEPT] = kept
    step, anchor = (entry.step, entry.exercise) if entry else anchors_of(exercise)
    return Draft(
        entry_id=entry.pk if entry else form.cleaned_data["entry_id"],
        save_id=form.cleaned_data["save_id"],
        base_version=form.cleaned_data["base_version"],
        kind=Entry.EXERCISE,
        title=sheet.title,
        answers=form.answers(),
        feelings=tuple(dict.fromkeys(word for words in feelings for word in words)),
        relationship=sheet.relationship,
        exercise=anchor,
        step=step,
        questions=tuple(sheet.questions),
        about=about,
        finished=then == "finish",
    )


def anchors_of(
    exercise: catalogue.Exercise | None,
) -> tuple[anchors.Step | None, anchors.Exercise | None]:
    """Return the rows that a new entry of this exercise points at."""
    if exercise is None:
        return None, None
    row = anchors.Exercise.objects.select_related("step").get(key=exercise.key)
    return row.step, row


def open_step(request: Asking, sheet: Sheet) -> None:
    """Beginning to write on a step's exercise says that the step is open."""
    if sheet.exercise is None or sheet.exercise.home_kind != "step" or not sheet.relationship:
        return
    step = anchors.Step.objects.get(key=sheet.exercise.home)
    if not PathStep.objects.of(sheet.relationship).filter(step=step).exists():
        PathStep.say(sheet.relationship, step, request.keyring, PathStep.OPEN)


def go_on(request: Asking, sheet: Sheet, entry: Entry | None, then: str) -> HttpResponse:
    """Go to the next page, the chosen view of the sheet, the finished page, or Today."""
    if entry:
        sheet = replace(sheet, again=False)
    if then == "later":
        return redirect("home")
    if then == "finish" and entry:
        return redirect("entry", entry.pk)
    at, last = min(sheet.at, len(sheet.pages) - 1), len(sheet.pages) - 1
    if then in {"whole", "single"}:
        request.user.whole_sheet = then == "whole"
        request.user.save(update_fields=["whole_sheet"])
        at = 0
    elif then == "back":
        at = max(0, at - 1)
    elif then == "next":
        at = min(last, at + 1)
    return redirect(sheet.place(at))


def show(
    request: Asking, sheet: Sheet, form: ExerciseForm,
    clash: Entry | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Render the writing page of an exercise."""
    answers = clash.body(request.keyring)["answers"] if clash else sheet.answers
    length = sum(len(in_words(q, answers.get(q["key"]))) for q in sheet.questions)
    exercise = sheet.exercise
    beside_these = spoken(exercise, answers)
    context = {
        "sheet": sheet,
        "form": form,
        "shown": form.shown(beside_these),
        "spoken": bool(beside_these),
        "kept_phrases": phrases(sheet.kept_phrases, form.kept_phrases()),
        "ids": form.renewed(clash.version if clash else None) if form.is_bound else form.initial,
        **place_on(sheet),
        "may_finish": any(in_words(q, sheet.answers.get(q["key"])) for q in sheet.questions),
        "long": f"{length:,}" if length > NEARLY else "",
        "warning": sheet.fitted(exercise.warning) if exercise else "",
        "purpose": sheet.fitted(exercise.purpose) if exercise else "",
        "now_kept": [
            {"ask": q["ask"], "words": in_words(q, answers.get(q["key"]))} for q in sheet.here
        ] if clash else None,
        "saved": saved_words(sheet.entry, form),
        "day": written_on(sheet.entry),
    }  # fmt: skip
    return render(request, "journal/exercise.html", context, status=status)


def place_on(sheet: Sheet) -> dict[str, Any]:
    """Return which page of a sheet is open, what stands above it, and what lies around it."""
    at = min(sheet.at, len(sheet.pages) - 1)
    title = page_title(sheet, at)
    return {
        "at": at,
        "number": at + 1,
        "of": len(sheet.pages),
        "last": at + 1 == len(sheet.pages),
        "outline": outline(sheet, at),
        "page_title": title,
        "alone": title == sheet.here[0]["ask"] and len(sheet.here) == 1,
    }


def saved_words(entry: Entry | None, form: SaveForm) -> str:
    """Say when an entry was last kept; nothing of words that have just come back unsaved."""
    if entry is None or form.is_bound:
        return ""
    return f"Saved {timezone.localtime(entry.updated_at):%H:%M}"


def written_on(entry: Entry | None) -> str:
    """Return the day that stands on a printed page: the one on which it was begun."""
    day = timezone.localtime(entry.created_at if entry else None)
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def outline(sheet: Sheet, at: int) -> list[dict[str, Any]]:
    """Return the list of pages beside the sheet: name, address, written or not, where one is."""
    if sheet.one_screen:
        return []
    named = sheet.exercise.pages if sheet.exercise else ()
    items = []
    for number, questions in enumerate(by_page(sheet.questions)):
        written = any(in_words(q, sheet.answers.get(q["key"])) for q in questions)
        name = named[number] if number < len(named) else questions[0]["ask"]
        items.append(
            {"name": name, "url": sheet.place(number), "done": written,
             "here": number == at and not sheet.whole}
        )  # fmt: skip
    return items


def page_title(sheet: Sheet, at: int) -> str:
    """Return the heading of the page: its name, its only question, or the exercise."""
    named = sheet.exercise.pages if sheet.exercise else ()
    if not sheet.whole and at < len(named):
        return named[at]
    return sheet.title if sheet.whole or len(sheet.here) > 1 else sheet.here[0]["ask"]


def closing_of(entry: Entry, kind: str | None) -> dict[str, Any]:
    """Return what the guide says after an exercise, as far as it still knows it."""
    found = catalogue.get().exercises.get(entry.exercise.key) if entry.exercise else None
    if found is None:
        return {}
    closing = catalogue.for_kind(found.closing, kind)
    return {"closing": closing, "read_through": found.read_through}


def margin_of(request: Asking, entry: Entry, body: dict[str, Any]) -> list[Note]:
    """Return the margin's notes for a written exercise that is meant to be shared."""
    found = catalogue.get().exercises.get(entry.exercise.key) if entry.exercise else None
    if not spoken(found, body["answers"]):
        return []
    return beside(found, entry.questions(request.keyring), body, request.user.language)
