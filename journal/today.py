"""Today: one answer to "what now?"."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from journal.entries import months, prompting
from journal.entries.forms import GratitudeForm
from journal.entries.letters import due_letter
from journal.entries.listing import Line, lines
from journal.entries.models import Entry
from journal.entries.questions import DOT
from journal.entries.sheets import address
from journal.entries.todays import Todays
from journal.entries.writing import PREVIEW
from journal.news import News, news_for
from journal.relationships.chosen import Mending
from journal.relationships.models import PathStep, Relationship
from journal.relationships.path import Path, path_of
from journal.relationships.story import ACTIVE
from journal.vault.asking import Asking
from steps import catalogue
from steps.reminders.letters import card_of

NUMBERS = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight"]
COUNTED_WEEKS = 96  # what is older was years ago


def today(request: Asking) -> HttpResponse:
    """Show where they stopped, the next small thing, one line of thanks, and one memory."""
    mending = Mending.of(request)
    now = timezone.localtime()
    resting = [row.pk for row, story in mending.rows if story.state != ACTIVE]
    pages = Todays.of(request.user, now, resting)
    stopped = stopped_at(request, mending, pages.begun, now)
    told = begun_and_news(request, mending.chosen)
    context: dict[str, Any] = {
        **from_others(told, mending),
        "note": card_of(request.user),
        "letter": due_letter(pages.closed, request.keyring),
        "month": months.question(pages.month) if pages.month else "",
        "month_ids": GratitudeForm.fresh() if pages.month else {},
        "greeting": greeting(now),
        "dateline": f"{now:%A} {now.day} {now:%B}",
        "story": mending.story,
        "stopped": stopped,
        "memory": memory(request, pages.remembered, now),
        "ids": GratitudeForm.fresh(),
        "thanks_prompt": prompting.of_the_day("gratitude", request, mending.story),
    }
    if mending.chosen and mending.story:
        walked = path_of(mending.chosen, mending.story, request.keyring)
        context |= {"path": walked, "behind": behind(walked),
                    "causes": list(catalogue.get().causes.values())}  # fmt: skip
        if mending.story.state == ACTIVE:
            afraid = not mending.story.joint_features
            context["next"] = next_page(walked, stopped, told.begun, afraid)
    return render(request, "today/today.html", context)


def greeting(now: datetime) -> str:
    """Return the greeting for the hour where the person is."""
    if 5 <= now.hour < 12:
        return "Good morning"
    return "Good afternoon" if 12 <= now.hour < 18 else "Good evening"


def stopped_at(
    request: Asking, mending: Mending, entry: Entry | None, now: datetime
) -> dict[str, Any] | None:
    """Return the exercise last begun and not finished, with its last words and where to go on.

    What was begun in a relationship that is paused or ended asks for nothing.
    """
    if entry is None:
        return None
    key = entry.exercise.key if entry.exercise else ""
    found = catalogue.get().exercises.get(key)
    home = catalogue.get().steps.get(found.home) if found else None
    head = entry.head(request.keyring)
    # Where fear was named, nobody's words stand open on the first page somebody else may see.
    afraid = not all(story.joint_features for _, story in mending.rows)
    return {
        "key": key,
        "title": head["title"],
        "words": "" if afraid else ending(head["tail"]),
        "cut": len(head["tail"]) >= PREVIEW,
        "url": f"/journal/{entry.pk}/edit/",
        "above": f"Step {NUMBERS[home.order].lower()} of eight" if home else "Practice",
        "when": how_long_ago(entry.updated_at, now),
    }


def ending(tail: str) -> str:
    """Return the last words of a page, from a whole word on."""
    if len(tail) < PREVIEW:
        return tail
    return (tail.partition(" ")[2] or tail).removeprefix(DOT.lstrip())


def how_long_ago(moment: datetime, now: datetime) -> str:
    """Say roughly when something was written, on the reader's calendar."""
    local = timezone.localtime(moment)
    days = (now.date() - local.date()).days
    if days < 2:
        return "yesterday" if days == 1 else "earlier today"
    return f"on {local:%A}" if days < 7 else "a while ago"


def begun_and_news(request: Asking, chosen: Relationship | None) -> News:
    """Return which exercises were begun in a relationship, and what is new from others.

    For somebody who shares a room or has a coach it all comes in one question: Today asks eight at
    most.
    """
    if not (request.user.shares_room or request.user.has_coach):
        return News(Entry.objects.exercises_in(chosen) if chosen else set())
    return news_for(request.user, request.keyring, chosen)


def from_others(told: News, mending: Mending) -> dict[str, Any]:
    """Return what is new in rooms and from coaches, as Today shows it."""
    of_coaches = tuple(one["url"] for one in told.rooms if one["coached"])
    # Where fear was named, nobody's name stands on the first page somebody else may see.
    named = all(story.joint_features for _, story in mending.rows)
    return {
        "news": [one for one in told.rooms if not one["coached"]] if named else [],
        "from_coach": of_coaches,
        # A room with something new in it shows the suggestion, too.
        "suggested": "" if told.suggested.startswith(of_coaches) else told.suggested,
    }


def next_page(
    walked: Path, stopped: dict[str, Any] | None, begun: set[str], afraid: bool
) -> dict[str, Any] | None:
    """Return the exercise to try next: the first one stressed, else one of the step at hand.

    Passed over are those `begun` before in this relationship, the one just stopped at, and those of
    steps the person set aside or called enough. Whoever is afraid is offered what is stressed for
    that and nothing else: many a step begins with asking or meeting the one they fear.
    """
    exercises = catalogue.get().exercises
    resting = {p.step.key for p in walked.places if p.state in {PathStep.ASIDE, PathStep.ENOUGH}}
    reasons = {lean.key: lean.why for lean in walked.lean.exercises}
    at_hand = walked.here.step.exercises if walked.here and not afraid else ()
    keys = [key for key in dict.fromkeys([*reasons, *at_hand]) if key in exercises]
    written = begun | {stopped["key"] if stopped else ""}
    for key in keys:
        if key not in written and exercises[key].home not in resting:
            return offer(exercises[key], reasons.get(key) or exercises[key].purpose)
    return None


def offer(exercise: catalogue.Exercise, why: str) -> dict[str, Any]:
    """Return an exercise as Today offers it."""
    minutes = f"About {exercise.minutes} minutes"
    return {"exercise": exercise, "url": address(exercise), "why": why, "minutes": minutes}


def behind(walked: Path) -> str:
    """Say in words how many steps were called enough for now."""
    if walked.behind == 0:
        return "None of the steps has a deadline."
    steps = "step" if walked.behind == 1 else "steps"
    return f"{NUMBERS[walked.behind]} {steps} behind you. None of them has a deadline."


def memory(request: Asking, entry: Entry | None, now: datetime) -> dict[str, Any] | None:
    """Return something written at least four weeks ago, with how long ago in words."""
    if entry is None:
        return None
    line: Line = lines([entry], request.keyring)[0]
    weeks = (now - entry.created_at).days // 7
    ago = (
        f"{NUMBERS[weeks]} weeks ago"
        if weeks < len(NUMBERS)
        else f"{weeks // 4} months ago"
        if weeks < COUNTED_WEEKS
        else "Years ago"
    )
    return {"ago": ago, "words": line.preview or line.title, "url": line.url}
