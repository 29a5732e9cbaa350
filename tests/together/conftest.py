"""The room of Ana and Ben, as the pages of a room have it."""

from tests.journal.conftest import at_once
from tests.spaces.conftest import ben, bens, room, space

__all__ = ["at_once", "ben", "bens", "room", "space"]
