"""One client as their coach sees them: what they show now, what they handed over, the coach's own
notes. Each look is in the client's ledger before the page is made."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from journal.coaching import ledger
from journal.coaching.client_pages import STATES, TALK, day_of, iso
from journal.coaching.coach_door import CLIENTS, for_coaches
from journal.coaching.coach_forms import NoteForm
from journal.coaching.models import (
    ACTIVE,
    ASSIGNMENT,
    DECLINED,
    DIALS,
    DONE,
    KEPT,
    PATH,
    ROOM,
    SAID,
    ClientFile,
    CoachNote,
)
from journal.entries import dials
from journal.relationships.story import DIALS as SCALES
from journal.relationships.story import Story
from journal.spaces.models import Post
from journal.vault.asking import Asking
from journal.vault.keyring import Keyring
from steps import catalogue

LATELY, CHARTED, NOTED = 30, 120, 10
SHORTEST, LONGEST = 28, 366  # days that a drawing is wide
# What a client shows, as a sentence has it.
SEEN = {
    ROOM: "what they hand you", PATH: "where they are on the path", DIALS: "their check-ins",
    KEPT: "which exercises they finish", ACTIVE: "the week they were last here",
}  # fmt: skip
SAYINGS = {DONE: "They did it", DECLINED: "They let it be"}


@dataclass(frozen=True)
class View:
    """What a coach sees of one client at this moment, fetched and ready to be opened.

    `drafted` are the ids of what the coach has begun to answer, None among them for words on
    nothing in particular.
    """

    shown: ledger.Shown
    cards: dict[str, list[Post]]
    posts: list[Post]
    drafted: set[Any]

    @classmethod
    def of(cls, shown: ledger.Shown) -> "View":
        """Return all that one client's pages show, in as many queries however much it is."""
        kinds = (*TALK, Post.COPY, ASSIGNMENT, SAID)
        rows = list(shown.room.posts.filter(kind__in=kinds).newest()[: 3 * LATELY])
        posts = [one for one in rows if one.opened_at is not None]
        drafted = {one.parent_id for one in rows if one.opened_at is None}
        cards: dict[str, list[Post]] = {item: [] for item in (PATH, DIALS, KEPT, ACTIVE)}
        # Where somebody stands has few cards, which a year of check-ins must not crowd out.
        standing = shown.cards(PATH, ACTIVE).newest()
        for card in (*standing, *shown.cards(DIALS, KEPT).newest()[: 2 * CHARTED]):
            cards[card.kind.removeprefix("card-")].append(card)
        shown.room.admit([*posts, *(one for some in cards.values() for one in some)])
        return cls(shown, cards, posts, drafted)

    def bodies(self, item: str) -> list[dict[str, Any]]:
        """Return the cards of an item, opened, the latest first."""
        return [one.body(self.shown.room.keyring) for one in self.cards[item]]

    def of_kind(self, *kinds: str) -> list[dict[str, Any]]:
        """Return what was said of some kinds, ready to print, the latest first."""
        answered = {one.parent_id for one in self.posts if one.kind == Post.REPLY}
        return [self._line(one, answered) for one in self.posts if one.kind in kinds]

    def _line(self, post: Post, answered: set[Any]) -> dict[str, Any]:
        body = post.body(self.shown.room.keyring)
        mine = post.author_id == self.shown.room.person.pk
        return {
            "who": "You" if mine else self.shown.called,
            "when": day_of(post.created_at),
            "day": timezone.localtime(post.created_at).date(),
            "title": body.get("title") or "A page",
            "text": body.get("text", ""),
            "about": "On something they sent" if mine and post.parent_id else "",
            "url": "" if mine else f"{CLIENTS}{post.space_id}/pages/{post.pk}/",
            "answered": post.pk in answered,
            "drafted": post.pk in self.drafted,
        }

    def tasks(self) -> list[dict[str, Any]]:
        """Return what was suggested, with the client's word on it."""
        said = {one.parent_id: one for one in reversed(self.posts) if one.kind == SAID}
        found = []
        for post in self.posts:
            if post.kind != ASSIGNMENT:
                continue
            word = said.get(post.pk)
            state = word.body(self.shown.room.keyring)["state"] if word else ""
            found.append(
                {
                    "title": post.body(self.shown.room.keyring)["title"],
                    "by": f"Wished by {post.day.day} {post.day:%B}" if post.day else "",
                    "state": SAYINGS.get(state, ""),
                    "day": timezone.localtime(post.created_at).date(),
                    "said_on": timezone.localtime(word.created_at).date() if word else None,
                    "url": f"{CLIENTS}{post.space_id}/assignments/{post.pk}/take-back/",
                }
            )
        return found


@require_safe
@for_coaches
def client(request: Asking, space_id: uuid.UUID) -> HttpResponse:
    """Show one client."""
    return show(request, ledger.look_into(request, space_id))


def show(
    request: Asking, shown: ledger.Shown, status: int = 200, note: forms.Form | None = None
) -> HttpResponse:
    """Render the page of a client; `note` is a form that was posted and needs another look."""
    view = View.of(shown)
    file, card = file_of(request, shown)
    notes = CoachNote.objects.kept_by(request.user).filter(file__space=shown.room.space.pk)
    steps = steps_of(view.bodies(PATH))
    readings = readings_of(view.bodies(DIALS))
    coming = card.get("next_session") or ""
    coming = coming if coming >= timezone.localdate().isoformat() else ""
    week = view.bodies(ACTIVE)
    context = {
        "room": shown.room, "name": shown.called, "told": ledger.TOLD, "file": file,
        "until": day_of(shown.items[ROOM].expires_at), "shows": set(shown.items),
        "seen": in_a_sentence([words for item, words in SEEN.items() if item in shown.items]),
        "drafted": None in view.drafted, "steps": steps, "states": [one["key"] for one in steps],
        "charts": charts(readings), "readings": dials.table(readings, Story()),
        "names": [Story().dial(key) for key in SCALES],
        "kept": [f"{one['title']}, {iso(one['day'])}" for one in view.bodies(KEPT)[:LATELY]],
        "week": f"Last here in the week of {iso(week[0]['week'])}." if week else "",
        "copies": view.of_kind(Post.COPY), "talk": view.of_kind(*TALK)[:LATELY],
        "tasks": view.tasks(), "session": iso(coming) if coming else "",
        "notes": [note_line(request.keyring, one) for one in notes[:NOTED]],
        "form": note or NoteForm(
            initial={
                "note_id": uuid.uuid4(), "called": card.get("called") or shown.called,
                "next_session": coming,
            }
        ),
    }  # fmt: skip
    return render(request, "coaching/coach/client.html", context, status=status)


def in_a_sentence(words: list[str]) -> str:
    """Return words one after the other, as they are said."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def file_of(request: Asking, shown: ledger.Shown) -> tuple[ClientFile | None, dict[str, Any]]:
    """Return the coach's own file of a client, and what stands on its first page."""
    file = ClientFile.objects.kept_by(request.user).filter(space=shown.room.space.pk).first()
    return file, file.read(request.keyring) if file else {}


def note_line(keyring: Keyring, row: CoachNote) -> dict[str, str]:
    """Return a note of the coach's own, ready to print."""
    url = f"/coaching/files/{row.file_id}/notes/{row.pk}/"
    return {"when": day_of(row.created_at), "text": row.read(keyring), "url": url}


def steps_of(cards: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the eight steps with what the client said of each; nothing where they said nothing."""
    said = {card["step"]: card for card in reversed(cards)}
    found = []
    for number, (key, step) in enumerate(catalogue.get().steps.items(), start=1):
        card = said.get(key)
        state = (
            f"{STATES.get(card['state'], '').capitalize()}, {lately(card['day'])}" if card else ""
        )
        found.append(
            {"number": str(number), "title": step.title, "state": state,
             "key": card["state"] if card else "ahead"}
        )  # fmt: skip
    return found


def lately(day: str) -> str:
    """Return an ISO day without its year where that is this year's."""
    found = date.fromisoformat(day)
    return f"{found.day} {found:%B}" if found.year == timezone.localdate().year else iso(day)


def readings_of(cards: list[dict[str, Any]]) -> list[dials.Reading]:
    """Return the numbers of check-ins, the oldest first."""
    found = [dials.Reading(date.fromisoformat(one["day"]), one["numbers"]) for one in cards]
    return sorted(found[:CHARTED], key=lambda one: one.day)


def charts(readings: list[dials.Reading]) -> list[dict[str, Any]]:
    """Return a small drawing for each dial, from the first check-in that is shown to today."""
    if not readings:
        return []
    today = timezone.localdate()
    far = min(max((today - readings[0].day).days, SHORTEST), LONGEST)
    span = dials.Span("", "", far, gap=14)
    since = today - timedelta(days=far)
    lately = [one for one in readings if one.day >= since]
    return dials.charts(lately, Story(), since, span)
