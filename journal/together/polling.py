"""What the others have just added, for a room that is open on somebody's screen.

Asking leaves no trace: nobody can tell whether anybody is here. The answer holds words only of
notes, replies and marbles; that something else changed is said without saying what. So is what was
taken back, by how much of the others' there is: nothing is left of it that could be named. A coach
gets no words at all: what they open is written down for both partners, and this is not.
"""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from journal.spaces.models import Membership, Post, Space
from journal.spaces.room import Room
from journal.together.jar import JAR, MARBLE, deeds, number_of
from journal.together.notes import is_long, reply_line
from journal.vault.asking import Asking
from steps.jar import place_of

MOST = 20
# Written before the last look, committed after it: looked at twice and shown once.
LATE = timedelta(seconds=10)


@require_safe
def since(request: Asking, space_id: uuid.UUID, moment: int) -> JsonResponse:
    """Answer what others opened since a moment (milliseconds)."""
    room = Room.of(request, space_id, kind=Space.COUPLE)
    begin = when(moment) - LATE
    # Not shown on the page either: a reply to something that is gone.
    theirs = room.posts.exclude(author=room.person).exclude(kind=Post.REPLY, parent=None)
    there = theirs.count()
    fresh = theirs.filter(opened_at__gt=begin).order_by("opened_at", "id")
    rows = room.admit(fresh[:MOST])
    last = max((stamp(row.opened_at) for row in rows if row.opened_at), default=moment)
    news = [shown(room, row) for row in rows]
    return JsonResponse({"now": last, "there": there, "news": news})


def shown(room: Room, post: Post) -> dict[str, Any]:
    """Return one new thing, ready for the page's own templates."""
    if room.me.role == Membership.COACH:
        return {"kind": "other", "id": f"{post.pk}-{post.version}"}
    if post.kind == MARBLE:
        return {"kind": MARBLE, **deeds(room, [post])[0], **place_of(number_of(post)),
                "jar": (number_of(post) - 1) // JAR}  # fmt: skip
    if post.kind in {Post.NOTE, Post.REPLY} and not is_long(said := reply_line(room, post)):
        return {"kind": post.kind, "parent": str(post.parent_id or ""), **said}
    return {"kind": "other", "id": f"{post.pk}-{post.version}"}


def when(moment: int) -> datetime:
    """Return the time that an address names; one that is no time means now."""
    try:
        return datetime.fromtimestamp(moment / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return timezone.now()


def stamp(moment: datetime) -> int:
    """Return a time as an address names it."""
    return int(moment.timestamp() * 1000)
