"""Places in a list, newest first, as addresses carry them: a moment and the id of a row.

Paging goes on from a row and not from a number, so that what is added meanwhile moves no page.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID


class Row(Protocol):
    """Whatever has stood somewhere since a moment: an entry, a post."""

    pk: UUID
    created_at: datetime


def token_of(row: Row) -> str:
    """Return the place of a row in the order, for an address."""
    moment = row.created_at.astimezone(UTC).isoformat()
    return urlsafe_b64encode(f"{moment}|{row.pk}".encode()).decode().rstrip("=")


def place_of(token: str) -> tuple[datetime, UUID] | None:
    """Return the place that an address names; nonsense is none."""
    try:
        moment, row_id = urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode().split("|")
        when = datetime.fromisoformat(moment)
        return (when.astimezone(UTC), UUID(row_id)) if when.tzinfo else None
    except (ValueError, OverflowError):
        return None
