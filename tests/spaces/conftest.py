"""The room of Ana and Ben, with Cleo coaching nobody there yet; Eve has left one with Ana."""

from collections.abc import Callable
from typing import Any

import pytest

from journal.spaces.models import Space
from journal.spaces.room import Room
from tests.conftest import Browser
from tests.rooms import a_room, room_for


@pytest.fixture
def ben(people: dict[str, Any]) -> Any:
    return people["ben"]


@pytest.fixture
def space(ana: Any, ben: Any) -> Space:
    """The room of Ana and Ben."""
    return a_room(ana, ben)


@pytest.fixture
def room(people: dict[str, Any], space: Space) -> Callable[[str], Room]:
    """Return a function that opens that room for one of the cast."""
    return lambda name: room_for(people[name], space)


@pytest.fixture
def bens(ben: Any, browser_of: Callable[[Any], Browser]) -> Browser:
    """Ben's browser."""
    return browser_of(ben)


@pytest.fixture
def pia(people: dict[str, Any]) -> Any:
    return people["pia"]


@pytest.fixture
def pias(pia: Any, browser_of: Callable[[Any], Browser]) -> Browser:
    """Pia's browser."""
    return browser_of(pia)
