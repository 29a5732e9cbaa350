"""Ana works with Cleo, and shows her everything that can be shown."""

from collections.abc import Callable
from typing import Any

import pytest

from journal.spaces.models import Space
from journal.spaces.room import Room
from tests.conftest import Browser
from tests.rooms import room_for, work_together


@pytest.fixture
def space(people: dict[str, Any], mending: Any) -> Space:
    """The room of Ana and Cleo."""
    return work_together(people["ana"], people["cleo"], mending)


@pytest.fixture
def anas(people: dict[str, Any], space: Space) -> Room:
    """The room as Ana finds it."""
    return room_for(people["ana"], space)


@pytest.fixture
def cleos(people: dict[str, Any], space: Space) -> Room:
    """The room as Cleo finds it."""
    return room_for(people["cleo"], space)


@pytest.fixture
def coach(people: dict[str, Any], browser_of: Callable[[Any], Browser]) -> Browser:
    """Cleo's browser."""
    return browser_of(people["cleo"])
