"""What a form of a room sends."""

import uuid
from typing import Any

from journal.spaces.models import Space


def words(text: str, base: int = 0, **said: Any) -> dict[str, Any]:
    """Return the fields of a form with words."""
    return {"text": text, "base": base, "post_id": str(uuid.uuid4()), **said}


def at(space: Space, rest: str = "") -> str:
    """Return an address within a room."""
    return f"/together/{space.pk}/{rest}"
