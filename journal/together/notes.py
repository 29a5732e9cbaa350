"""Notes to each other, what was handed over, and what was said to either; newest first.

Nothing here says whether anybody has read anything.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import Http404
from django.utils import timezone

from journal.entries.places import place_of, token_of
from journal.spaces.models import Post
from journal.spaces.room import Room
from journal.together import repair, seen
from journal.together.jar import MARBLE, day_of
from journal.together.question import ANSWER
from journal.together.seen import REPLIES

PAGE = 20
MORE_REPLIES = 50
# What is longer than LONG begins in the room, with as much as START; its own page has all of it.
LONG, START = 2_000, 1_200
STREAM = (Post.NOTE, Post.COPY)
# What its author may take back at any moment, from the room itself.
TAKEN_BACK_HERE = (Post.NOTE, Post.REPLY, MARBLE, ANSWER)


@dataclass
class Stream:
    """A page of notes and copies with the first replies to each."""

    room: Room
    posts: list[Post]
    replies: list[Post]
    older: str

    @classmethod
    def fetch(cls, room: Room, after: str = "") -> "Stream":
        """Fetch a page; words are opened later, with everybody's.

        `after`: a place as `older` has it; a broken one begins at the newest.
        """
        if place := place_of(after):
            rows = room.posts.filter(kind__in=STREAM).older_than(*place)
            found = list(rows.newest()[: PAGE + 1])
        else:
            found = seen.newest(room, timezone.now())
        posts = room.admit(found[:PAGE])
        ids = [row.pk for row in posts]
        replies = room.admit(seen.last_replies(room, timezone.now(), ids))
        return cls(room, posts, replies, token_of(posts[-1]) if len(found) > PAGE else "")

    @cached_property
    def lines(self) -> list[dict[str, Any]]:
        """What stands on the page."""
        return [
            begun(line(self.room, row, [one for one in self.replies if one.parent_id == row.pk]))
            for row in self.posts
        ]


def begun(line: dict[str, Any]) -> dict[str, Any]:
    """Return a note or a copy as the room shows it: one page stays calm, however much is written.

    `cut` says that there is more of it.
    """
    texts, rest = [part["words"] for part in line["parts"]] or [line["text"]], START
    if cut := sum(map(len, texts)) > LONG:
        for at, text in enumerate(texts):
            texts[at], rest = start_of(text, rest), max(rest - len(text), 0)
    parts = [{**part, "words": words} for part, words in zip(line["parts"], texts, strict=False)]
    replies = [
        {**one, "text": start_of(one["text"], START), "cut": True} if is_long(one) else one
        for one in line["replies"]
    ]
    shown = [part for part in parts if part["words"]]
    return {**line, "text": texts[0], "parts": shown, "replies": replies, "cut": cut}


def is_long(line: dict[str, Any]) -> bool:
    """Whether a note or a reply is too long for the room's page."""
    return len(line["text"]) > LONG


def start_of(text: str, most: int) -> str:
    """Return as much of a text as there is room for, up to a whole word."""
    if len(text) <= most:
        return text
    return f"{text[:most].rsplit(None, 1)[0]} …" if most and text[:most].strip() else ""


def line(room: Room, post: Post, replies: Sequence[Post]) -> dict[str, Any]:
    """Open a note or a copy and set it as the page shows it."""
    body = post.body(room.keyring)
    shown = [reply_line(room, one, to=post) for one in reversed(replies[:REPLIES])]
    return {
        **reply_line(room, post, body),
        "url": f"{room.url}posts/{post.pk}/",
        "title": body.get("title", ""),
        "parts": body.get("parts", []),
        "copy": post.kind == Post.COPY,
        "apology": repair.is_apology(body),
        "changed": day_of(post.updated_at) if post.version > 1 else "",
        "replies": shown,
        "more": len(replies) > REPLIES,
    }


def reply_line(
    room: Room, post: Post, body: dict[str, Any] | None = None, to: Post | None = None
) -> dict[str, Any]:
    """Open a reply and set it as the page shows it.

    Args:
        body: the words, where they were opened already.
        to: what it replies to. A copy may be changed, and an answer to other words must not pass
            for one to these.
    """
    mine = post.author_id == room.person.pk
    name = room.names.get(post.author_id, "")
    who = "You" if mine else name
    handed = " handed this over" if post.kind == Post.COPY else ""
    return {
        "id": str(post.pk),
        "who": f"{who}{handed}",
        "initial": name[:1].upper(),
        "mine": mine,
        "when": day_of(post.created_at),
        "before": to is not None and to.version > 1 and post.created_at < to.updated_at,
        "text": (body or post.body(room.keyring))["text"],
    }


def back_url(room: Room, post: Post) -> str:
    """Return where something of one's own is taken back."""
    return f"{room.url}posts/{post.pk}/take-back/"


def replies_to(room: Room, post: Post, after: str) -> tuple[list[Post], str]:
    """Return a page of replies, the newest first, and the place to go on from ("" at the end)."""
    rows = room.posts.filter(kind=Post.REPLY, parent=post)
    if place := place_of(after):
        rows = rows.older_than(*place)
    found = list(rows.newest()[: MORE_REPLIES + 1])
    shown = room.admit(found[:MORE_REPLIES])
    return shown, token_of(shown[-1]) if len(found) > MORE_REPLIES else ""


def reply(room: Room, post: Post, text: str, post_id: uuid.UUID) -> Post:
    """Say something to a note or a copy that this person may see; the same id twice is one."""
    return room.write(Post.REPLY, {"title": "", "text": text}, post_id=post_id, parent=post)


def take_back(room: Room, post_id: uuid.UUID) -> None:
    """Take back a note, a reply, a marble or an answer of this person's own: its key goes first.

    Replies that others wrote to it are theirs; they are not shown without it.

    Raises:
        Http404: it is not theirs, not here, or of another kind.
    """
    row = room.one(post_id, *TAKEN_BACK_HERE)
    if row.author_id != room.person.pk:
        raise Http404
    row.take_back()
