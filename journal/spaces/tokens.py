"""The token of an invitation: whoever holds it may open the invitation, and nobody else can.

256 random bits. The database has a hash to find it by, and words sealed under the token itself, so
a copy of the database opens no invitation. The inviter has the token under their own key.
"""

import hashlib
from typing import Any
from uuid import UUID

from journal.spaces.models import Invitation
from journal.vault import guest
from journal.vault.keyring import Keyring
from journal.vault.sealing import VaultError

LONGEST = 100


def new() -> str:
    """Return a fresh token for an address."""
    return guest.new_key()


def hash_of(token: str) -> str:
    """Return what the database keeps of a token."""
    return hashlib.sha256(b"an invitation " + token.encode()).hexdigest()


def membership_id(token: str) -> UUID:
    """Return the id of the membership that a token becomes, for whoever opens its link again.

    It is another hash: the id in the database says nothing of the token, nor of its invitation.
    """
    return UUID(hashlib.sha256(b"a membership " + token.encode()).hexdigest()[:32], version=4)


def find(token: str) -> Invitation | None:
    """Return the invitation of a token, if it is one of this week and nobody has used it."""
    if len(token) > LONGEST:
        return None
    return Invitation.objects.by_hash(hash_of(token)).first()


def seal(invitation: Invitation, token: str, words: dict[str, Any], keyring: Keyring) -> None:
    """Set what is sealed in an invitation: words for who is invited, the token for the inviter."""
    invitation.token_hash = hash_of(token)
    invitation.sealed_words = guest.seal(token, invitation, "words", words)
    invitation.sealed_link = keyring.seal(invitation, "link", token)


def words_of(invitation: Invitation, token: str) -> dict[str, Any]:
    """Open what the inviter says; nothing where it does not open."""
    try:
        return dict(guest.open(token, invitation, "words") or {})
    except VaultError:
        return {}


def link_of(invitation: Invitation, keyring: Keyring) -> str:
    """Open the token for its inviter."""
    return str(keyring.open(invitation, "link"))
