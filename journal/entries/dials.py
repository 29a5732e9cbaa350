"""The four dials of the daily check-in over weeks: drawn as lines, and as a table beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from journal.entries.models import Entry
from journal.entries.months import midnight
from journal.relationships.chosen import Mending
from journal.relationships.models import Relationship
from journal.relationships.story import DIAL_LENGTH, DIALS, Story
from journal.vault.asking import Asking
from journal.vault.guard import Person
from journal.vault.keyring import Keyring
from journal.vault.words import WordsField
from steps.charts import Point, scale_line

MOST = 400  # check-ins opened for one page


@dataclass(frozen=True)
class Span:
    """How far back one looks, and after how many days without an answer a line is broken."""

    key: str
    name: str
    days: int
    gap: int


SPANS = {one.key: one for one in (Span("3", "Three months", 92, 14), Span("12", "A year", 366, 31))}


@dataclass(frozen=True)
class Reading:
    """What one check-in says: the number on each dial that was answered."""

    day: date
    numbers: dict[str, int]


class NamesForm(forms.Form):
    """A person's own names for the dials; an empty one goes back to the guide's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, name in DIALS.items():
            self.fields[key] = WordsField(most=DIAL_LENGTH, label=name)

    def names(self) -> dict[str, str]:
        """Return the names of a valid form that are one's own."""
        said = {key: " ".join(self.cleaned_data[key].split()) for key in DIALS}
        return {key: name for key, name in said.items() if name and name != DIALS[key]}


@require_http_methods(["GET", "HEAD", "POST"])
def dials(request: Asking) -> HttpResponse:
    """Show the dials of one relationship over some months, or name them anew."""
    mending = Mending.of(request)
    row, story = about_whom(request, mending)
    form = NamesForm(request.POST if request.method == "POST" else None, initial=story.dials)
    if row and form.is_valid():
        row.rewrite(request.keyring, dials=form.names())
        return redirect(f"{request.path}{link(SPANS['3'], row)}")
    span = SPANS.get(request.GET.get("over", ""), SPANS["3"])
    since = timezone.localdate() - timedelta(days=span.days)
    found = readings(request.user, request.keyring, row.pk if row else None, since)
    context = {
        "charts": charts(found, story, since, span) if found else [],
        "readings": table(found, story),
        "names": [story.dial(key) for key in DIALS],
        "from": day_of(since),
        "spans": [
            {"url": link(one, row), "name": one.name, "here": one == span}
            for one in SPANS.values()
        ],
        "others": others(mending, row, span),
        "story": story if row else None,
        "row": row,
        "form": form,
    }  # fmt: skip
    return render(request, "journal/dials.html", context, status=422 if form.errors else 200)


def about_whom(request: Asking, mending: Mending) -> tuple[Relationship | None, Story]:
    """Return the relationship asked for, else the chosen one; without any, an empty story."""
    asked = request.POST.get("about") or request.GET.get("about")
    for row, story in mending.rows:
        if str(row.pk) == asked:
            return row, story
    return mending.rows[0] if mending.rows else (None, Story())


def readings(person: Person, keyring: Keyring, about: UUID | None, since: date) -> list[Reading]:
    """Return a person's check-ins since a day, the oldest first; the newest MOST of them."""
    mine = Entry.objects.written_by(person).checkins().filter(relationship=about)
    rows = mine.filter(created_at__gte=midnight(since)).newest()[:MOST]
    found = []
    for pk, created_at, blob in rows.values_list("pk", "created_at", "sealed_body"):
        answers = keyring.open_value("journal.Entry", "body", pk, blob).get("answers", {})
        numbers = {key: answers[key] for key in DIALS if answers.get(key) in range(1, 8)}
        if numbers:
            found.append(Reading(timezone.localtime(created_at).date(), numbers))
    return found[::-1]


def charts(found: Sequence[Reading], story: Story, since: date, span: Span) -> list[dict[str, Any]]:
    """Return a drawing for each dial that was answered, with what it shows in words."""
    drawn = []
    for key in DIALS:
        answered = [(one.day, one.numbers[key]) for one in found if key in one.numbers]
        if answered:
            (first_day, first), (last_day, last) = answered[0], answered[-1]
            said = f"{first} of 7 on {first_day.day} {first_day:%B}"
            if len(answered) > 1:
                said = f"From {said} to {last} of 7 on {last_day.day} {last_day:%B}"
            drawn.append(
                {"name": story.dial(key), "said": said,
                 "drawn": scale_line(runs(answered, since, span))}
            )  # fmt: skip
    return drawn


def runs(answered: Sequence[tuple[date, int]], since: date, span: Span) -> list[list[Point]]:
    """Return days and numbers as points along a line, apart where nothing was said for long.

    Of several on one day the last stands for it.
    """
    by_day = list(dict(answered).items())
    points = [((day - since).days / span.days, number) for day, number in by_day]
    made = [[points[0]]]
    for (before, after), point in zip(pairwise(by_day), points[1:], strict=True):
        if (after[0] - before[0]).days > span.gap:
            made.append([])
        made[-1].append(point)
    return made


def table(found: Sequence[Reading], story: Story) -> list[dict[str, Any]]:
    """Return the check-ins as rows, the newest first, with a dash where nothing was said.

    Each number has its dial's name with it: on a phone the row becomes a line without a head.
    """
    names = {key: story.dial(key) for key in DIALS}
    return [
        {
            "day": day_of(one.day),
            "numbers": [(name, one.numbers.get(key, "–")) for key, name in names.items()],
        }
        for one in reversed(found)
    ]


def day_of(day: date) -> str:
    """Return a day as the page says it."""
    return f"{day.day} {day:%B} {day.year}"


def link(span: Span, row: Relationship | None) -> str:
    """Return the address of the dials over a span; it carries a number and an id."""
    return f"?over={span.key}" + (f"&about={row.pk}" if row else "")


def others(mending: Mending, row: Relationship | None, span: Span) -> list[dict[str, str]]:
    """Return links to the dials of one's other relationships."""
    return [
        {"url": link(span, other), "name": f"With {story.mentioned} in mind"}
        for other, story in mending.rows
        if row is None or other.pk != row.pk
    ]
