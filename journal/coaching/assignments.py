"""What a coach suggests, as the client finds it: begun in their own journal, or declined.

Nothing of the answer reaches the coach unless the client hands it over; declining needs no reason.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from journal.coaching import consent
from journal.coaching.models import ASSIGNMENT, DECLINED, DONE, SAID, Begun
from journal.entries.models import Entry
from journal.entries.sheets import address
from journal.entries.writing import Draft, keep
from journal.relationships.chosen import Mending
from journal.spaces.models import Membership, Post, PostQuerySet
from journal.spaces.room import Room
from journal.vault.asking import Asking
from journal.vault.guard import Person
from steps import catalogue

LATELY = 30
SAYINGS = {DONE: "You said that you did it.", DECLINED: "You let it be."}


@dataclass(frozen=True)
class Assignments:
    """The assignments of one room with the client's words on them."""

    posts: list[Post]
    tasks: list[Post]
    said: dict[uuid.UUID, Post]

    def lines(self, room: Room) -> list[dict[str, str]]:
        """Return them ready to print; `room` has been told of `posts`."""
        found = []
        for post in self.tasks:
            body = post.body(room.keyring)
            word = self.said.get(post.pk)
            state = word.body(room.keyring)["state"] if word else ""
            found.append(
                {
                    "title": body["title"],
                    "url": f"/coaching/{post.space_id}/assignments/{post.pk}/",
                    "by": f"Wished by {post.day.day} {post.day:%B}" if post.day else "",
                    "state": SAYINGS.get(state, ""),
                }
            )
        return found


def assignments_in(room: Room) -> Assignments:
    """Return the latest assignments of a room, not opened yet; two queries."""
    tasks = list(room.posts.filter(kind=ASSIGNMENT).newest()[:LATELY])
    mine = Post.objects.written_by(room.person).filter(kind=SAID, parent__in=tasks)
    said = {post.parent_id: post for post in mine.order_by("created_at") if post.parent_id}
    return Assignments([*tasks, *said.values()], tasks, said)


def one_assignment(room: Room, post_id: uuid.UUID) -> tuple[Post, dict[str, Any], str]:
    """Return an assignment, opened, with the client's word on it; raises Http404."""
    post = room.one(post_id, ASSIGNMENT)
    mine = Post.objects.written_by(room.person).filter(kind=SAID, parent=post)
    word = mine.order_by("-created_at").first()
    room.admit([post, *([word] if word else [])])
    state = word.body(room.keyring)["state"] if word else ""
    return post, post.body(room.keyring), state


@require_http_methods(["GET", "HEAD", "POST"])
def assignment(request: Asking, space_id: uuid.UUID, post_id: uuid.UUID) -> HttpResponse:
    """Show what a coach suggests; begin it, say that it is done, or let it be."""
    room = consent.room_of_client(request, space_id)
    post, body, state = one_assignment(room, post_id)
    begun = Begun.objects.by(request.user).filter(post=post).first()
    then = request.POST.get("then", "")
    if then == "begin":
        return begin(request, room, post, body, begun)
    if request.method == "POST":
        say(room, post, then)
        return redirect("coaching_room", space_id)
    exercise = catalogue.get().exercises.get(body.get("exercise", ""))
    context = {
        "coach": room.other_names, "body": body, "state": SAYINGS.get(state, ""),
        "purpose": exercise.purpose if exercise else body.get("purpose", ""),
        "by": f"{post.day.day} {post.day:%B %Y}" if post.day else "", "room": room,
        "begun": f"/journal/{begun.entry_id}/" if begun else "",
        "there": bool(body.get("questions")) or exercise is not None,
        "asks": [question["ask"] for question in body.get("questions", [])],
    }  # fmt: skip
    return render(request, "coaching/client/assignment.html", context)


def say(room: Room, post: Post, state: str) -> None:
    """Keep the client's word on an assignment; a later one takes the place of an earlier."""
    if state not in SAYINGS:
        raise Http404
    with transaction.atomic():
        if Membership.objects.hold(room.person, room.space.pk) is None:
            raise Http404
        Post.objects.written_by(room.person).filter(kind=SAID, parent=post).take_back()
        room.write(SAID, {"state": state}, parent=post)


def begin(
    request: Asking, room: Room, post: Post, body: dict[str, Any], begun: Begun | None
) -> HttpResponse:
    """Go to the sheet of an assignment: the guide's own, or a page made from a coach's questions.

    Raises:
        Http404: the guide has no such exercise any more.
    """
    if begun is not None:
        return redirect("entry_edit", begun.entry_id)
    if body.get("questions"):
        return redirect("entry_edit", begin_own(request, post, body).entry_id)
    exercise = catalogue.get().exercises.get(body.get("exercise", ""))
    if exercise is None:
        messages.success(request, "The guide does not have this exercise any more.")
        return redirect("coaching_room", room.space.pk)
    return redirect(address(exercise))


def begin_own(request: Asking, post: Post, body: dict[str, Any]) -> Begun:
    """Begin a private page with the questions a coach wrote; they are copied, sealed, into it."""
    draft = Draft(
        uuid.uuid4(), uuid.uuid4(), 0, kind=Entry.EXERCISE, title=body["title"],
        relationship=Mending.of(request).chosen, questions=tuple(body["questions"]),
    )  # fmt: skip
    with transaction.atomic():
        if Membership.objects.hold(request.user, post.space_id) is None:
            raise Http404
        known = Begun.objects.by(request.user).filter(post=post).first()
        if known is not None:
            return known
        row = Begun(post=post, entry=keep(request.user, request.keyring, draft).entry)
        row.save(force_insert=True)
    return row


def unanswered(client: Person, now: Any, since: Any) -> PostQuerySet:
    """Return what coaches suggested to this person since a moment, and they said nothing of yet."""
    mine = Post.objects.written_by(client).filter(kind=SAID, parent__isnull=False)
    begun = Begun.objects.by(client).values("post")
    tasks = Post.objects.visible_to(client, now).filter(kind=ASSIGNMENT, created_at__gte=since)
    tasks = tasks.exclude(author=client).exclude(pk__in=mine.values("parent"))
    return tasks.exclude(pk__in=begun)
