"""Searching one's own words. The query comes in a post, and goes back into the page's own form."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from journal.entries.finding import Hit, Key, Wanted, exactly, find
from journal.entries.folding import MOST_AROUND, around, marked, pattern_of, terms_of
from journal.entries.forms import DayField, NarrowForm
from journal.entries.listing import Line, lines
from journal.relationships.chosen import Mending
from journal.vault.asking import Asking
from journal.vault.keyring import Keyring
from journal.vault.words import visible

MOST = 200
SALT = "journal.entries.search"


class SearchForm(NarrowForm):
    """Words to look for, and what narrows the search down."""

    field_order = ("query", "kind", "about", "step", "since", "until")

    query = forms.CharField(
        max_length=MOST,
        label="Words to look for",
        help_text="All of them must occur. Put a phrase in quotes: “came home”.",
        error_messages={
            "required": "Write a word to look for.",
            "max_length": "This is %(show_value)d characters long; a search takes %(limit_value)d.",
        },
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    since = DayField(label="From")
    until = DayField(label="To")

    def clean_query(self) -> str:
        query = visible(self.cleaned_data["query"])
        if not terms_of(query):
            raise ValidationError("Write a word to look for.")
        return query

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("since") and data.get("until") and data["since"] > data["until"]:
            self.add_error("until", "This day comes before the other one.")
        return data

    def wanted(self) -> Wanted:
        """Return what a valid form looks for; days are whole days where the person is."""
        data = self.cleaned_data
        until = data["until"] + timedelta(days=1) if data["until"] else None
        return Wanted(
            terms=terms_of(data["query"]),
            kind=data["kind"],
            relationship=uuid.UUID(data["about"]) if data["about"] else None,
            step=data["step"],
            since=beginning_of(data["since"]),
            until=beginning_of(until),
        )

    def narrows(self) -> bool:
        """Whether anything but the words was filled in."""
        return any(self[name].value() for name in self.fields if name != "query")


@dataclass(frozen=True)
class Shown:
    """One hit, ready to print: its line in the list, and the words around what was found."""

    line: Line
    title: SafeString
    around: list[SafeString]


@require_http_methods(["GET", "HEAD", "POST"])
def search(request: Asking) -> HttpResponse:
    """Look through everything this person wrote. Opened without a post, the page is empty."""
    mending = Mending.of(request)
    if request.method != "POST":
        form = SearchForm(relationships=mending.rows)
        return render(request, "journal/search.html", {"form": form})
    form = SearchForm(request.POST, relationships=mending.rows)
    if not form.is_valid():
        return render(request, "journal/search.html", {"form": form}, status=422)
    wanted = form.wanted()
    from_place = place_of(request.POST.get("place", ""))
    found = find(request.user, request.keyring, wanted, from_place)
    context = {
        "form": form,
        "found": found,
        "months": by_month(shown(found.hits, wanted, request.keyring, mending.names())),
        "further": from_place is not None,
        "back_to": day_of(found.older) if found.stopped and found.older else "",
        "carried": carried(form, found.older),
    }
    return render(request, "journal/search.html", context)


def shown(
    hits: list[Hit], wanted: Wanted, keyring: Keyring, names: dict[object, str]
) -> list[Shown]:
    """Return hits with the words around each find, the finds marked."""
    pattern = pattern_of(wanted.terms)
    made = []
    for hit in hits:
        [line] = lines([hit.entry], keyring, names)
        title = marked(line.title, pattern)
        found = [words for text in hit.words[1:] for words in around(text, pattern)]
        # A page without a title has its first words for one.
        beside = [words for words in found if words != title] or [escape(line.preview)]
        made.append(Shown(line, title, [words for words in beside if words][:MOST_AROUND]))
    return made


def by_month(made: list[Shown]) -> list[tuple[str, list[Shown]]]:
    """Group hits, newest first, under the names of their months."""
    return [(month, list(group)) for month, group in groupby(made, key=lambda s: s.line.month)]


def carried(form: SearchForm, older: Key | None) -> list[tuple[str, str]]:
    """Return the hidden fields with which the same search goes on from a place; none at its end."""
    if older is None:
        return []
    said = [(name, form[name].value() or "") for name in form.fields]
    return [*((name, value) for name, value in said if value), ("place", token_of(older))]


def beginning_of(day: date | None) -> datetime | None:
    """Return the first moment of a day where the person is."""
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None


def day_of(key: Key) -> str:
    """Return the day of a place, where the person is."""
    day = timezone.localtime(exactly(key)[0])
    return f"{day.day} {day:%B} {day.year}"


def token_of(key: Key) -> str:
    """Return a place to go on from, as a form carries it."""
    return signing.dumps(list(key), salt=SALT)


def place_of(token: str) -> Key | None:
    """Return the place that `token_of` was given; anything else begins at the newest."""
    try:
        moment, number = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return int(moment), int(number)
