"""Addresses that open without signing in: stopping all notes, and a calendar feed.

An address carries a random id of its own and a mark made with the secret key: a copy of the
database makes no such address, and one that was changed by a letter is like one that never was.
"""

import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode

from django.core.signing import BadSignature, Signer

STOP = Signer(salt="stop these notes", sep=".")
CALENDAR = Signer(salt="the dates of a calendar", sep=".")


def stop_token(row_id: uuid.UUID) -> str:
    """Return the token that stops the notes of whoever has this id."""
    return STOP.sign(short(row_id))


def stopped_by(token: str) -> uuid.UUID | None:
    """Return the id behind a stop token; None when it is not one of ours."""
    return opened(STOP, token)


def calendar_token(row_id: uuid.UUID) -> str:
    """Return the token of a calendar feed."""
    return CALENDAR.sign(short(row_id))


def calendar_of(token: str) -> uuid.UUID | None:
    """Return the id behind a calendar's token; None when it is not one of ours."""
    return opened(CALENDAR, token)


def short(row_id: uuid.UUID) -> str:
    """Return an id in 22 letters."""
    return urlsafe_b64encode(row_id.bytes).decode().rstrip("=")


def opened(signer: Signer, token: str) -> uuid.UUID | None:
    """Return the id that a token carries, if its mark is true."""
    try:
        return uuid.UUID(bytes=urlsafe_b64decode(signer.unsign(token) + "=="))
    except (BadSignature, ValueError):
        return None
