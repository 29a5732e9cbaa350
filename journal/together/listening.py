"""The listening exchange: one speaks, the other says back what they heard until it fits; then the
roles turn.

On two devices each takes their own turns. On one, passed back and forth, whoever is signed in holds
it and both write on it. Either may stop at any point. It stays in the room only if both want that,
each of them signed in as themselves; one who does not is enough to destroy the keys of every turn.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from journal.spaces.models import Membership, Post
from journal.spaces.room import Room
from journal.together import seen
from journal.together.talk_models import Talk, Turn

TALK = "talk"
PAGE = 20
SAYS, HEARD, FITS, MISSING, STOP = "say", "heard", "fits", "missing", "stop"
ACTS = {Talk.SAY: (SAYS,), Talk.HEAR: (HEARD,), Talk.CHECK: (FITS, MISSING), Talk.OVER: ()}
WORDED = (SAYS, HEARD, MISSING)
LABELS = {SAYS: "said", HEARD: "heard", MISSING: "said what was missing", FITS: "said it fits",
          STOP: "stopped here"}  # fmt: skip


class Moved(Exception):
    """It is not this turn any more: somebody has gone on, or it is the other's turn."""


@dataclass
class Exchange:
    """A talk as one member finds it."""

    room: Room
    talk: Talk
    turns: list[Turn]

    @property
    def partners(self) -> list[Membership]:
        """Who talks: the one who began, then the other."""
        return sorted(self.room.partners, key=lambda row: row.pk != self.talk.first_id)

    @property
    def names(self) -> list[str]:
        """The names of the two; whoever has left has none any more."""
        return [*(self.room.names[row.person_id] for row in self.partners), "The other"][:2]

    @property
    def mine(self) -> int:
        """Which of the two the reader is."""
        return 0 if self.talk.first_id == self.room.me.pk else 1

    @property
    def my_turn(self) -> bool:
        """Whether this device may take the next turn."""
        return self.talk.stage != Talk.OVER and (
            self.talk.one_device or self.talk.voice == self.mine
        )

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Every turn so far, with its words."""
        return [
            {"who": self.names[row.voice], "did": LABELS[row.act] + self.where(row),
             "act": row.act,
             "text": words_of(row.post.body(self.room.keyring)) if row.post else ""}
            for row in self.turns
            if row.act != Turn.KEEP
        ]  # fmt: skip

    def where(self, turn: Turn) -> str:
        """Say on whose device the other's words were written, so that nobody can pretend."""
        if turn.post is None or turn.post.kind not in {Post.SPOKEN, Post.SAID_THERE}:
            return ""
        if turn.post.kind == Post.SAID_THERE:
            return ", on the other’s device"
        if turn.post.author_id == self.room.person.pk:
            return ", on your device"
        return f", on {self.room.names.get(turn.post.author_id, 'the other')}’s device"

    @property
    def before(self) -> list[dict[str, Any]]:
        """What the next turn is about: what was said last, heard last, and said to be missing."""
        lines, found = self.lines, []
        for line in reversed(lines):
            if line["act"] in {FITS, STOP}:
                break
            found.append(line)
            if line["act"] == SAYS:
                break
        return found[::-1]

    @property
    def wishes(self) -> set[int]:
        """Which of the two have said that they want to keep it."""
        return {row.voice for row in self.turns if row.act == Turn.KEEP}


def words_of(body: dict[str, Any]) -> str:
    """Return the words of a turn, whether its author spoke or only held the device."""
    return str(body["text"] or body.get("of_other", ""))


@dataclass
class Talks:
    """The talks of a room, for its page; nothing of them is opened there."""

    room: Room
    rows: list[Talk]

    @classmethod
    def fetch(cls, room: Room) -> "Talks":
        """Fetch the latest talks: one query. Whoever keeps away finds none."""
        return cls(room, [] if room.me.paused else seen.talks(room.space))

    @classmethod
    def page(cls, room: Room, after: uuid.UUID | None) -> tuple["Talks", str]:
        """Fetch a page of all talks, and the id to go on after ("" at the end)."""
        rows = [] if room.me.paused else list(Talk.objects.before(room.space, after)[: PAGE + 1])
        return cls(room, rows[:PAGE]), str(rows[PAGE - 1].pk) if len(rows) > PAGE else ""

    @property
    def shown(self) -> list[dict[str, str]]:
        """What the room's page says of the latest."""
        return self.lines[: seen.TALKS_SHOWN]

    @property
    def more(self) -> bool:
        """Whether there are others."""
        return len(self.rows) > seen.TALKS_SHOWN

    @property
    def lines(self) -> list[dict[str, str]]:
        """What a page says of each."""
        return [
            {
                "url": f"{self.room.url}talks/{row.pk}/",
                "when": day_words(row),
                "stands": stands(Exchange(self.room, row, [])),
            }
            for row in self.rows
        ]


def day_words(talk: Talk) -> str:
    """Return the day a talk was begun."""
    local = timezone.localtime(talk.begun_at)
    return f"{local.day} {local:%B}"


def stands(exchange: Exchange) -> str:
    """Say in a few words how a talk stands."""
    talk = exchange.talk
    if talk.kept_at:
        return "Kept by both of you"
    if exchange.room.closed:
        return "It has ended"
    if talk.stage == Talk.OVER:
        return "It has ended. It stays only if you both want it to"
    if talk.one_device:
        return "Going on, on one device"
    return "Your turn" if exchange.my_turn else f"{exchange.names[talk.voice]}’s turn"


def begin(room: Room, one_device: bool, row_id: uuid.UUID) -> Talk:
    """Begin a talk, in which this person speaks first; the same id twice is one talk."""
    with transaction.atomic():
        if Membership.objects.hold(room.person, room.space.pk) is None:
            raise Http404
        known = Talk.objects.hold(room.space, row_id)
        if known is not None:
            return known
        if Talk.objects.is_taken(row_id):
            row_id = uuid.uuid4()
        row = Talk(id=row_id, space=room.space, first=room.me, one_device=one_device)
        row.save(force_insert=True)
    return row


def one(room: Room, talk_id: uuid.UUID) -> Exchange:
    """Return one talk of this room with its turns; raises Http404, also while one keeps away."""
    talk = Talk.objects.in_room(room.space).filter(pk=talk_id).first()
    if talk is None or room.me.role != Membership.PARTNER or room.me.paused:
        raise Http404
    return with_turns(room, talk)


def with_turns(room: Room, talk: Talk) -> Exchange:
    """Return a talk with its turns, their keys at hand."""
    turns = list(Turn.objects.of(talk))
    room.admit([row.post for row in turns if row.post])
    return Exchange(room, talk, turns)


def held(room: Room, talk_id: uuid.UUID) -> Exchange:
    """Return a talk for changing it; the caller holds a transaction. Raises Http404."""
    talk = Talk.objects.hold(room.space, talk_id)
    me = Membership.objects.hold(room.person, room.space.pk)
    if talk is None or me is None or me.paused:
        raise Http404
    return with_turns(room, talk)


def take_turn(
    room: Room, talk_id: uuid.UUID, act: str, text: str, version: int, post_id: uuid.UUID
) -> None:
    """Take the turn that is next; the same turn sent twice is one.

    Raises:
        Http404: there is no such talk here, or the person has left.
        Moved: the talk has gone on since the page was opened, or it is the other's turn.
    """
    with transaction.atomic():
        exchange = held(room, talk_id)
        talk = exchange.talk
        if any(row.post_id == post_id for row in exchange.turns):
            return
        stopping = act == STOP and talk.stage != Talk.OVER
        if not stopping and (
            talk.version != version or not exchange.my_turn or act not in ACTS[talk.stage]
        ):
            raise Moved
        if Turn.objects.has_words(post_id):
            post_id = uuid.uuid4()  # of another talk: what is said here is said anew
        voice = exchange.mine if stopping else talk.voice
        kind, body = TALK, {"title": "", "text": text}
        if voice != exchange.mine:
            # Under the key of whoever holds the device; it never comes home to their journal.
            kind, body = Post.SPOKEN, {"title": "", "text": "", "of_other": text}
        post = room.write(kind, body, post_id=post_id) if text else None
        Turn(talk=talk, post=post, act=act, voice=voice, number=talk.version).save(
            force_insert=True
        )
        talk.move(act)


def wish(room: Room, talk_id: uuid.UUID, keep: bool) -> bool:
    """Say whether a talk that is over should stay; return whether it is still there.

    Nobody says it for the other, whichever device they talked on.

    Raises:
        Http404: there is no such talk here, it goes on, or it is kept already.
    """
    with transaction.atomic():
        exchange = held(room, talk_id)
        talk = exchange.talk
        if talk.stage != Talk.OVER or talk.kept_at:
            raise Http404
        if not keep:
            destroy(room, exchange)
            return False
        whose = exchange.mine
        if whose not in exchange.wishes:
            Turn(talk=talk, act=Turn.KEEP, voice=whose, number=talk.version).save(force_insert=True)
        if exchange.wishes | {whose} == {0, 1}:
            talk.keep()
    return True


def destroy(room: Room, exchange: Exchange) -> None:
    """Destroy every turn of a talk, keys first; the rule both knew when they began."""
    words = [row.post_id for row in exchange.turns if row.post_id]
    Post.objects.of_talk(room.space, (TALK, Post.SPOKEN), words).take_back()
    exchange.talk.delete()
