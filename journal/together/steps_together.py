"""The eight steps as two people do them, and as much of each path as each chose to show.

What is shown of a path is said here by hand, step by step. Nothing of a room looks into anybody's
own path, so what is not said here is nowhere here.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from journal.spaces.models import Membership, Post
from journal.spaces.room import Room
from journal.spaces.shell import around
from journal.together.pages import entered, writing
from journal.vault.asking import Asking
from steps import catalogue

SHOWN = "shown-step"
STATES = {"open": "Walking it", "enough": "Enough for now", "aside": "Set aside for now"}


@dataclass
class Paths:
    """What the partners show of their paths, fetched for one member."""

    room: Room
    posts: list[Post]

    @classmethod
    def fetch(cls, room: Room) -> "Paths":
        """Fetch what is shown in a room: at most a post for each step and partner."""
        return cls(room, room.admit(room.posts.filter(kind=SHOWN).order_by("created_at", "id")))

    def of(self, person_id: Any) -> dict[str, tuple[Post, str]]:
        """Return one partner's shown steps: key to the post and what it says."""
        mine = [row for row in self.posts if row.author_id == person_id]
        opened = [(row, row.body(self.room.keyring)) for row in mine]
        return {body["step"]: (row, body["state"]) for row, body in opened}

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The eight steps, each with what every partner shows of it."""
        shown = [(row, self.of(row.person_id)) for row in self.room.partners]
        return [
            {
                "key": step.key,
                "title": step.title,
                "url": reverse("room_step", args=[self.room.space.pk, step.key]),
                "said": [
                    {"who": self.who(row), "state": STATES.get(of[step.key][1], "")}
                    for row, of in shown
                    if step.key in of
                ],
                "choices": self.choices(step.key),
            }
            for step in catalogue.get().steps.values()
        ]

    def who(self, row: Membership) -> str:
        """Return whose path a word is about, as the reader says it."""
        return "You" if row.pk == self.room.me.pk else self.room.names[row.person_id]

    def choices(self, key: str) -> list[tuple[str, str, bool]]:
        """Return what the reader may show of a step: value, words, and whether it is so now."""
        now = self.of(self.room.person.pk).get(key, (None, ""))[1]
        ways = {"": "Don’t show it", **STATES}
        return [(value, words, value == now) for value, words in ways.items()]


def show(room: Room, wanted: dict[str, str]) -> None:
    """Let the room see what a partner says of their steps, and take back what it should not.

    Args:
        wanted: a step's key to one of `STATES`, or to "" for not showing it.
    """
    with transaction.atomic():
        # One after the other, so that two tabs don't show one step twice.
        if Membership.objects.hold(room.person, room.space.pk) is None:
            raise Http404
        mine = Paths.fetch(room).of(room.person.pk)
        for key, state in wanted.items():
            row, now = mine.get(key, (None, ""))
            body = {"title": "", "text": "", "step": key, "state": state}
            if row is not None and not state:
                row.take_back()
            elif row is not None and state != now:
                room.rewrite(row.pk, body)
            elif row is None and state:
                room.write(SHOWN, body, post_id=uuid.uuid4())


@writing
def steps(request: Asking, space_id: uuid.UUID) -> HttpResponse:
    """Show the steps for two, with what each partner shows of theirs; keep what one shows."""
    room = entered(request, space_id)
    if request.method == "POST":
        if room.me.role != Membership.PARTNER:
            raise Http404
        known = catalogue.get().steps
        said = {key: request.POST[key] for key in known if key in request.POST}
        if any(state and state not in STATES for state in said.values()):
            return steps_page(request, room, "Choose one of these for each step.", 422)
        show(room, said)
        return redirect("room_steps", space_id)
    return steps_page(request, room)


def steps_page(request: Asking, room: Room, trouble: str = "", status: int = 200) -> HttpResponse:
    """Render the eight steps of a room."""
    context = around(room, "") | {
        "rows": Paths.fetch(room).rows, "trouble": trouble,
        "partner": room.me.role == Membership.PARTNER and not room.closed,
    }  # fmt: skip
    return render(request, "together/steps.html", context, status=status)


@require_safe
def step(request: Asking, space_id: uuid.UUID, step: str) -> HttpResponse:
    """Show how two people may do one step."""
    room = entered(request, space_id)
    guide = catalogue.get(request.user.language)
    found = guide.steps.get(step)
    if found is None:
        raise Http404
    exercises = [guide.exercises[key] for key in found.exercises if guide.exercises[key].together]
    context = around(room, "") | {"step": found, "exercises": exercises}
    return render(request, "together/step.html", context)
