"""What clients have sent their coach: pages handed over, questions, and a word on a suggestion."""

import uuid
from collections.abc import Collection
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from journal.coaching import ledger
from journal.coaching.client_pages import day_of
from journal.coaching.coach_door import CLIENTS, for_coaches
from journal.coaching.models import REQUEST, ROOM, SAID, Opening, Showing
from journal.spaces.models import Membership, Post, PostQuerySet
from journal.spaces.room import SOMEBODY
from journal.vault.asking import Asking, as_uuid
from journal.vault.guard import Person
from journal.vault.keyring import Keyring

PAGE = 20
SAYINGS = {"done": "Did what you suggested", "declined": "Let be what you suggested"}


@require_safe
@for_coaches
def inbox(request: Asking) -> HttpResponse:
    """List what clients have sent, the newest first, and what the coach has begun to write."""
    rooms = list(Showing.objects.to_coach(request.user).filter(item=ROOM))
    spaces = {row.space_id for row in rooms}
    ledger.looked_at_list(rooms, Opening.INBOX)
    after = request.GET.get("after", "")
    posts, older = page_of(request.user, spaces, after)
    drafts = [] if after else drafts_in(request.user, spaces)
    here = {post.space_id for post in (*posts, *drafts)}
    keyring = Keyring.of(request.user, here)
    keyring.admit([post.pk for post in posts])
    names = called(request.user, keyring, here)
    states = states_of(request.user, posts)
    context = {
        "lines": [line_of(post, keyring, names, states) for post in posts],
        "drafts": [draft_line(post, names) for post in drafts],
        "older": f"?after={older}" if older else "",
        "told": ledger.TOLD_OF_LISTS,
    }
    return render(request, "coaching/coach/inbox.html", context)


def page_of(coach: Person, spaces: Collection[uuid.UUID], after: str) -> tuple[list[Post], str]:
    """Return one page of what was sent into these rooms, and the place to go on from.

    The place is a post's id: a time in an address would tell the hour at which somebody wrote.
    """
    sent = Post.objects.visible_to(coach).filter(space__in=spaces, opened_at__isnull=False)
    sent = sent.filter(kind__in=(Post.COPY, REQUEST, SAID)).exclude(author=coach)
    last = last_of(sent, after)
    rows = list((sent.older_than(last.created_at, last.pk) if last else sent).newest()[: PAGE + 1])
    return rows[:PAGE], str(rows[PAGE - 1].pk) if len(rows) > PAGE else ""


def last_of(sent: PostQuerySet, after: str) -> Post | None:
    """Return the post that an address names among those that may be seen; nonsense is none."""
    mark = as_uuid(after)
    return sent.filter(pk=mark).first() if mark else None


def called(coach: Person, keyring: Keyring, spaces: Collection[uuid.UUID]) -> dict[Any, str]:
    """Return how clients call themselves, by room."""
    rows = Membership.objects.beside(coach).filter(space__in=spaces, role=Membership.CLIENT)
    return {row.space_id: row.called(keyring) or SOMEBODY[row.role] for row in rows}


def states_of(coach: Person, posts: Collection[Post]) -> dict[Any, str]:
    """Return which of these posts a coach has answered, or begun to answer."""
    mine = Post.objects.written_by(coach).filter(kind=Post.REPLY, parent__in=posts)
    rows = list(mine.values_list("parent", "opened_at"))
    answered = {parent: "Answered" for parent, opened_at in rows if opened_at}
    return answered | {parent: "Your draft" for parent, opened_at in rows if not opened_at}


def drafts_in(coach: Person, spaces: Collection[uuid.UUID]) -> list[Post]:
    """Return what a coach has begun to write in these rooms and not sent, the newest first."""
    mine = Post.objects.written_by(coach).filter(space__in=spaces, opened_at__isnull=True)
    return list(mine.filter(kind__in=(Post.NOTE, Post.REPLY)).newest()[:PAGE])


def draft_line(post: Post, names: dict[Any, str]) -> dict[str, str]:
    """Return a draft as one line; its words are on the page on which it is written."""
    page = f"pages/{post.parent_id}/" if post.parent_id else "reply/"
    return {
        "who": names.get(post.space_id, "A client"),
        "what": "On something they sent" if post.parent_id else "A note to them",
        "when": day_of(post.updated_at),
        "url": f"{CLIENTS}{post.space_id}/{page}",
    }


def line_of(
    post: Post, keyring: Keyring, names: dict[Any, str], states: dict[Any, str]
) -> dict[str, str]:
    """Return something that was sent as one line; what it says is read on its own page."""
    if post.kind == SAID:
        what = SAYINGS.get(post.body(keyring).get("state", ""), "Said something")
        url, state = f"{CLIENTS}{post.space_id}/", ""
    else:
        what = "Asked something" if post.kind == REQUEST else "Handed you a page"
        url = f"{CLIENTS}{post.space_id}/pages/{post.pk}/"
        state = states.get(post.pk, "")
    return {"who": names.get(post.space_id, "A client"), "what": what, "url": url,
            "when": day_of(post.created_at), "state": state}  # fmt: skip
