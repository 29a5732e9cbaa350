"""Looking back: this day in other years, the year as stitches, and pages by what they are."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.db.models import QuerySet, Subquery
from django.db.models.functions import TruncDate
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from journal.entries import months
from journal.entries.forms import LineForm, NarrowForm
from journal.entries.listing import by_month, lines, page_among
from journal.entries.models import AUTHOR, DIALLED, MOMENT, Entry, EntryQuerySet
from journal.entries.todays import is_memory
from journal.relationships.chosen import Mending
from journal.vault.asking import Asking
from journal.vault.guard import Person
from steps import catalogue
from steps.charts import month_stitches
from steps.prepared import Prepared

YEARS_BACK = 10
SENTENCES = 60  # of fourteen months: a month may have been answered more than once
SHOWN = 8
FIRST_YEAR = 1900


class AmongForm(NarrowForm):
    """Which pages to look at. Keys and ids alone: it stands in an address."""

    month = forms.RegexField(
        r"^(19|20|21)\d\d-(0[1-9]|1[0-2])\Z", required=False, widget=forms.HiddenInput
    )


# Many pages of a kind, as a heading says it.
SEVERAL = {
    Entry.FREE: "Free pages", Entry.EXERCISE: "Exercises", Entry.CHECKIN: "Check-ins",
    Entry.GRATITUDE: "Good things", Entry.LETTER: "Letters",
}  # fmt: skip


@dataclass(frozen=True)
class Among:
    """Some of a person's pages: of a month, a kind, about somebody, on a step, or all of these."""

    month: date | None = None
    kind: str = ""
    about: UUID | None = None
    step: str = ""

    @classmethod
    def asked(cls, form: AmongForm) -> "Among":
        """Return what a form asks for; what it does not know is left out."""
        form.is_valid()
        data = form.cleaned_data
        return cls(
            month=date.fromisoformat(f"{data['month']}-01") if data.get("month") else None,
            kind=data.get("kind", ""),
            about=UUID(data["about"]) if data.get("about") else None,
            step=data.get("step", ""),
        )

    def narrowed(self, entries: EntryQuerySet) -> EntryQuerySet:
        """Return those of some entries that are among these."""
        chosen = {"kind": self.kind, "relationship": self.about, "step__key": self.step}
        entries = entries.filter(**{name: value for name, value in chosen.items() if value})
        if self.month is None:
            return entries
        after = months.next_month(self.month)
        return entries.between(months.midnight(self.month), months.midnight(after))

    def in_words(self, names: dict[object, str]) -> str:
        """Say which pages these are, as a heading does."""
        step = catalogue.get().steps.get(self.step)
        said = (
            f"{self.month:%B} {self.month.year}" if self.month else "",
            SEVERAL.get(self.kind, ""),
            f"with {names[self.about]} in mind" if self.about in names else "",
            step.title if step else "",
        )
        heading = ", ".join(filter(None, said)) or "Every page"
        return heading[0].upper() + heading[1:]

    def query(self) -> str:
        """Return the same as the address carries it."""
        said = {
            "month": f"{self.month:%Y-%m}" if self.month else "",
            "kind": self.kind, "about": self.about, "step": self.step,
        }  # fmt: skip
        return urlencode({name: value for name, value in said.items() if value})


@require_safe
def lookback(request: Asking) -> HttpResponse:
    """Show this day in other years, and a year of days with writing on them."""
    mending, today = Mending.of(request), timezone.localdate()
    year = year_asked(request, today)
    days = days_written(request.user, year)
    said = sentences(request, year)
    asked = months.month_asked(today) if year == today.year else None
    if asked and (asked in said or not any(day.replace(day=1) == asked for day in days)):
        asked = None
    then, oldest = on_this_day(request, today)
    # What is to be remembered of a month may be older than any page.
    first = min([*([oldest.replace(day=1)] if oldest else []), *said], default=None)
    context = {
        "year": str(year),
        "months": list(year_of(year, first, today, days, said)) if first else [],
        "before": str(year - 1) if oldest and oldest.year < year else "",
        "after": str(year + 1) if year < today.year else "",
        "then": then if year == today.year else [],
        "form": AmongForm(relationships=mending.rows),
        "ask": months.question(asked) if asked else "",
        "ids": LineForm.fresh() if asked else {},
    }
    return render(request, "journal/lookback.html", context)


def year_asked(request: Asking, today: date) -> int:
    """Return the year asked for; nonsense, and what is still to come, mean this one."""
    raw = request.GET.get("year", "")
    year = int(raw) if raw.isdecimal() and len(raw) == 4 else today.year
    return year if FIRST_YEAR <= year <= today.year else today.year


def days_written(person: Person, year: int) -> set[date]:
    """Return the days of a year on which something was begun, with the December before it."""
    mine = Entry.objects.written_by(person).order_by()
    span = mine.between(
        months.midnight(date(year - 1, 12, 1)), months.midnight(date(year + 1, 1, 1))
    )
    return set(span.values_list(TruncDate("created_at"), flat=True).distinct())


def sentences(request: Asking, year: int) -> dict[date, dict[str, str]]:
    """Return what was to be remembered of the months of a year, with the December before it."""
    since, until = months.middle(date(year - 1, 12, 1)), months.middle(date(year + 1, 1, 1))
    mine = Entry.objects.written_by(request.user).months_sentences()
    rows = mine.between(months.midnight(since), months.midnight(until)).newest().heads()[:SENTENCES]
    said: dict[date, dict[str, str]] = {}
    for row, line in zip(rows, lines(list(rows), request.keyring), strict=True):
        month = months.month_of(timezone.localtime(row.created_at).date())
        said.setdefault(month, {"words": line.preview, "url": line.url})
    return said


def year_of(
    year: int, since: date, today: date, days: set[date], said: dict[date, dict[str, str]]
) -> Iterator[dict[str, Any]]:
    """Yield the months of a year up to this one: name, days as stitches, what to remember.

    The first is that of the first page ever written (`since`): before it there is nothing to see.
    """
    for number in range(1, 13):
        first = date(year, number, 1)
        if first < since:
            continue
        if first > today:
            return
        written = sorted(d.day for d in days if (d.year, d.month) == (year, number))
        length = monthrange(year, number)[1]
        ends = today.day if (year, number) == (today.year, today.month) else length
        yield {
            "name": f"{first:%B}",
            "url": f"pages/?month={first:%Y-%m}" if written else "",
            "days": listed(written),
            "drawn": month_stitches(ends, frozenset(written)),
            "said": said.get(first),
        }


def listed(numbers: list[int]) -> str:
    """Return days in words, for those who do not see the stitches."""
    if not numbers:
        return "nothing written"
    *most, last = map(str, numbers)
    return f"written on {', '.join(most)} and {last}" if most else f"written on {last}"


def on_this_day(request: Asking, today: date) -> tuple[list[dict[str, Any]], date | None]:
    """Return pages begun on this day of earlier months and years, and the day of the oldest page.

    The newest come first. A journal without a page has no oldest.
    """
    days = list(same_days(today))
    days += days[:1] * (SPANS - len(days))
    moments = [at for day in days for at in (day, day + timedelta(days=1))]
    places = dict(THEN.all(request.user.pk, *map(months.midnight, moments)))
    local = {pk: timezone.localtime(when) for pk, when in places.items()}
    oldest = min(local.values(), default=None)
    then = [pk for pk in places if local[pk].day == today.day and local[pk].date() != today]
    then = sorted(then, key=lambda pk: places[pk], reverse=True)[:SHOWN]
    mine = Entry.objects.written_by(request.user).filter(pk__in=then).select_related("exercise")
    rows = [row for row in mine.newest().heads() if is_memory(row)]
    found = [
        {"year": f"{local[row.pk].year}", "month": f"{local[row.pk]:%b}", "line": line}
        for row, line in zip(rows, lines(rows, request.keyring), strict=True)
    ]
    return found, oldest.date() if oldest else None


def _then(person: Person, *moments: Any) -> QuerySet[Entry, tuple[UUID, datetime]]:
    # Each day by the index of times: all of them as alternatives would read every entry.
    mine = Entry.objects.written_by(person).not_closed().order_by()
    mine = mine.exclude(kind=Entry.CHECKIN).exclude(exercise__key=DIALLED)
    oldest = Entry.objects.written_by(person).order_by("created_at").values("pk")[:1]
    first = Entry.objects.written_by(person).filter(pk=Subquery(oldest))
    spans = [mine.between(*span) for span in zip(moments[::2], moments[1::2], strict=True)]
    parts = [part.order_by().values_list("pk", "created_at") for part in (first, *spans)]
    return parts[0].union(*parts[1:], all=True)


SPANS = 11 + YEARS_BACK
THEN: Prepared[tuple[UUID, datetime]] = Prepared(_then, AUTHOR, *[MOMENT] * (2 * SPANS))


def same_days(today: date) -> Iterator[date]:
    """Yield this day of the eleven months before, and of earlier years, where there was one."""
    back = [divmod(12 * today.year + today.month - 1 - n, 12) for n in range(1, 12)]
    earlier = [(today.year - n, today.month - 1) for n in range(1, YEARS_BACK + 1)]
    for year, month in [*back, *earlier]:
        if today.day <= monthrange(year, month + 1)[1]:
            yield date(year, month + 1, today.day)


@require_safe
def pages(request: Asking) -> HttpResponse:
    """List pages by month, kind, whom they are about, or step; a page at a time."""
    mending = Mending.of(request)
    form = AmongForm(request.GET, relationships=mending.rows)
    among = Among.asked(form)
    mine = among.narrowed(Entry.objects.written_by(request.user))
    entries, older = page_among(mine, request.GET.get("after", ""))
    names = mending.names()
    context = {
        "months": by_month(lines(entries, request.keyring, names)),
        "heading": among.in_words(names),
        "older": "&".join(filter(None, (among.query(), f"after={older}"))) if older else "",
        "form": form,
    }
    return render(request, "journal/lookback_pages.html", context)
