"""Rooms for tests: made by the same steps that people take."""

from typing import Any

from journal.spaces import inviting, tokens
from journal.spaces.called import is_taken
from journal.spaces.models import Space
from journal.spaces.room import Room
from journal.vault.keyring import Keyring


def a_waiting_room(person: Any, kind: str = Space.COUPLE, role: str = "") -> tuple[Space, str]:
    """Return a room that a person has made, and the token of its invitation."""
    asked = inviting.Asked(person.display_name or "Somebody", "Would you?")
    space = inviting.open_room(person, kind, asked, role)
    return space, token_for(person, space)


def token_for(person: Any, space: Space, role: str = "") -> str:
    """Return the token of an invitation for its inviter."""
    row = inviting.into(person, space.pk, role)
    assert row is not None
    return tokens.link_of(row, Keyring.of(person))


def a_room(one: Any, other: Any, kind: str = Space.COUPLE, role: str = "") -> Space:
    """Return an open room of two people."""
    space, token = a_waiting_room(one, kind, role)
    inviting.come_in(other, token, called_beside(one, other))
    return Space.unscoped.get(pk=space.pk)


def called_beside(one: Any, other: Any) -> str:
    """Return how the other is called, where two of one name need a word more."""
    name = str(other.display_name or "Somebody")
    return f"{name} too" if is_taken(name, [one.display_name or "Somebody"]) else name


def bring_coach(one: Any, other: Any, coach: Any, space: Space) -> None:
    """Let a coach into the room of two partners, who both say yes."""
    from journal.spaces.guest_models import Consent
    from journal.spaces.models import Membership

    lock_twice(coach)
    asked = inviting.Asked(one.display_name, "", coach.display_name)
    row = inviting.renew(one, space.pk, Membership.COACH, asked)
    Consent.objects.give(row, other)
    inviting.come_in(coach, token_for(one, space, Membership.COACH), coach.display_name)


def lock_twice(person: Any) -> None:
    """Give an account a second factor."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    if not Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists():
        TOTP.activate(person, generate_totp_secret())


def work_together(client: Any, coach: Any, about: Any = None, items: Any = None) -> Space:
    """Return the room of a client and their coach, with what is shown in it; all of it without."""
    from journal.coaching import consent
    from journal.coaching.models import ITEMS
    from journal.spaces.models import Membership

    lock_twice(coach)
    space = a_room(client, coach, Space.COACHING, Membership.CLIENT)
    consent.give(room_for(client, space), ITEMS if items is None else items, about)
    client.refresh_from_db()
    return space


def room_for(person: Any, space: Space) -> Room:
    """Return a room as one of its members finds it."""
    return Room.of_person(person, space.pk)
