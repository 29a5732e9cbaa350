"""What else stands in the room: each feature fetches first, and opens its words afterwards."""

from typing import Any

from journal.spaces.room import Room
from journal.together import listening, plans


def fetch(room: Room) -> dict[str, Any]:
    """Return what the room's further parts show, by name.

    Nothing may be opened here: a part asks for its posts with `room.admit(...)` and returns an
    object whose properties open them when the template asks. Otherwise the page loads keys twice.
    """
    return {"plans": plans.Ahead.fetch(room), "talks": listening.Talks.fetch(room)}
