"""What stands around every page of a room: who is in it, and the ways within it."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone

from journal.spaces.models import Membership, Space
from journal.spaces.room import Room

# (name of the address, word). Each takes `space_id`; what is built on rooms adds its own.
TABS: dict[str, list[tuple[str, str]]] = {
    Space.COUPLE: [("room", "The room"), ("room_you", "You here")],
    Space.COACHING: [],
}
CLOSED = "A closed room"
# The name of the address at which a room of each kind begins.
HOMES = {Space.COUPLE: "room", Space.COACHING: "coaching_room"}


@dataclass(frozen=True)
class Tab:
    """One way within a room."""

    url: str
    label: str
    current: bool


def around(room: Room, here: str) -> dict[str, Any]:
    """Return what `together/frame.html` needs.

    Args:
        here: the name of the address one is at.
    """
    tabs = [
        Tab(reverse(name, args=[room.space.pk]), label, name == here)
        for name, label in TABS[room.space.kind]
    ]
    names = [room.names[row.person_id] for row in [room.me, *room.others]]
    together = ", ".join([*names[:-2], " and ".join(names[-2:])])
    return {
        "room": room,
        "tabs": tabs if len(tabs) > 1 else [],
        "initials": [name[:1].upper() for name in names],
        "heading": CLOSED if room.closed else together,
        "told": line_of(room),
    }


def line_of(room: Room) -> str:
    """Return the one neutral line that a member is told of how the room stands; mostly none."""
    if room.closed:
        return "This room has closed. What you wrote in it is still yours."
    if room.me.paused:
        return "You are keeping away for now. What the others add waits until you come back."
    if away := [room.names[row.person_id] for row in room.others if row.paused]:
        return f"{' and '.join(away)} will be back later."
    return ""


def last_day(row: Membership) -> str:
    """Return the day up to which a coach stays in a couple's room; nothing for whoever just is."""
    until = row.stays_until and timezone.localtime(row.stays_until)
    return f"{until.day} {until:%B %Y}" if until else ""


def home_of(space: Space) -> str:
    """Return the address of a room's own page."""
    return reverse(HOMES[space.kind], args=[space.pk])
