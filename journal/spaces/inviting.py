"""Asking somebody into a room, and coming in.

An invitation becomes a membership in one transaction that holds the room, so two people who answer
at one moment never both come in. Whatever is wrong with an invitation, it looks the same.
"""

import uuid
from dataclasses import dataclass, field

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest
from django.utils import timezone

from journal.spaces import tokens
from journal.spaces.blocking import keeps_out
from journal.spaces.called import Taken, is_taken
from journal.spaces.guest_models import Consent
from journal.spaces.models import Invitation, Membership, Space
from journal.vault.guard import Person
from journal.vault.keyring import Keyring
from steps import catalogue
from steps.posting import post

MAILS_A_DAY = 5
DAY = 24 * 60 * 60


class NotOpen(Exception):
    """This invitation lets nobody in: used, over, withdrawn, not for this person, or never made."""


class MadeBefore(Exception):
    """The same button once more: this room is there already."""


@dataclass(frozen=True)
class Asked:
    """What an inviter says: who they are in the room, a note, and who is meant.

    `about` is how a coach introduces themselves.
    """

    called: str
    note: str = ""
    whom: str = ""
    about: dict[str, str] = field(default_factory=dict)


def open_room(
    person: Person, kind: str, asked: Asked, role: str = "", room_id: uuid.UUID | None = None
) -> Space:
    """Make a room for a person and somebody they invite, with the invitation.

    Args:
        kind: of the room.
        role: the person's own in it; without, the first that a room of this kind has.
        room_id: the id that the form brought along.

    Raises:
        MadeBefore: there is a room of this id.
    """
    mine, theirs = Membership.ROLES[kind]
    if role and role != mine:
        mine, theirs = theirs, mine
    with transaction.atomic():
        space = Space(id=room_id or uuid.uuid4(), kind=kind)
        try:
            with transaction.atomic():
                space.save(force_insert=True)
        except IntegrityError as error:
            raise MadeBefore from error
        keyring = Keyring.of(person, {space.pk})
        Membership.begin(person, keyring, space, mine, asked.called)
        _invite(person, keyring, space, theirs, asked)
        if kind == Space.COUPLE:
            remember(person, shares_room=True)
    return space


def renew(person: Person, space_id: uuid.UUID, role: str, asked: Asked) -> Invitation:
    """Make a new invitation into a room this person is in; older ones for this role end.

    Raises:
        Http404: they are not in it now.
    """
    with transaction.atomic():
        space = Space.objects.hold(person, space_id)
        if space is None:
            raise Http404
        Invitation.objects.into_held(space).filter(role=role).delete()
        return _invite(person, Keyring.of(person, {space.pk}), space, role, asked)


def _invite(person: Person, keyring: Keyring, space: Space, role: str, asked: Asked) -> Invitation:
    row = Invitation(space=space, inviter=person, role=role)
    words = {"called": asked.called, "note": asked.note, "about": asked.about}
    tokens.seal(row, tokens.new(), words, keyring)
    if asked.whom:
        row.sealed_whom = keyring.seal(row, "whom", asked.whom, space=space.pk)
    row.save(force_insert=True)
    Consent.objects.give(row, person)
    return row


def agreed(invitation: Invitation) -> bool:
    """Whether both partners said yes to whom they invite; other invitations need no second yes."""
    if invitation.space.kind != Space.COUPLE or invitation.role != Membership.COACH:
        return True
    partners = Membership.objects.in_held(invitation.space).filter(role=Membership.PARTNER)
    yes = Consent.objects.to(invitation).values_list("person", flat=True)
    here = set(partners.values_list("person", flat=True))
    return len(here) == 2 and here <= set(yes)


def find_for(person: Person | None, token: str) -> Invitation:
    """Return the invitation of a token for whoever holds it.

    Raises:
        NotOpen: for every reason there is, the person's own wish to keep its sender out included.
    """
    row = tokens.find(token)
    if row is None or not agreed(row):
        raise NotOpen
    if person is not None and keeps_out(person.pk, row.inviter):
        raise NotOpen
    return row


def come_in(person: Person, token: str, called: str) -> Space:
    """Use an invitation up: the person is in the room, and nobody else comes in by it.

    Raises:
        NotOpen: as `find_for`, or the person is in the room already, or it is full by now.
        Taken: somebody in the room goes by that name.
    """
    with transaction.atomic():
        found = find_for(person, token)
        space = Space.objects.hold_for(found)
        # Looked at again, now that the room is held: another may have come in meanwhile.
        row = find_for(person, token)
        if space is not None:
            Membership.objects.lapsed().filter(space=space).delete()
        here = list(Membership.objects.in_held(space)) if space else []
        if space is None or not may_come_in(person, row, here):
            raise NotOpen
        keyring = Keyring.of(person, {space.pk})
        # Whoever has come in has the keys for the names there; with a taken one they did not.
        if is_taken(called, [one.called(keyring) for one in here]):
            raise Taken
        Membership.begin(person, keyring, space, row.role, called, tokens.membership_id(token))
        if row.role != Membership.COACH or space.kind == Space.COACHING:
            space.opened_at = timezone.now()
            space.save(update_fields=["opened_at"])
        if row.role == Membership.PARTNER:
            remember(person, shares_room=True)
        row.delete()
    return space


def came_in(person: Person, token: str) -> Membership | None:
    """Return what a token became, if it was this person who used it and they are still there."""
    return Membership.objects.of(person).filter(pk=tokens.membership_id(token)).first()


def may_come_in(person: Person, row: Invitation, here: list[Membership]) -> bool:
    """Whether there is a place for this person, and the place is for somebody like them."""
    if any(one.person_id == person.pk for one in here) or not here:
        return False
    if row.role == Membership.COACH and not person.is_coach:
        return False
    taken = [one.role for one in here]
    roles = list(Membership.ROLES[row.space.kind])
    if row.role in roles:
        # A room that was open once and has lost somebody stays closed.
        return row.space.opened_at is None and taken.count(row.role) < roles.count(row.role)
    return row.role == Membership.COACH and row.role not in taken


def remember(person: Person, shares_room: bool) -> None:
    """Let the menu say Together, or not; it opens nothing."""
    get_user_model().objects.filter(pk=person.pk).update(shares_room=shares_room)


def send(request: HttpRequest, person: Person, address: str, link: str) -> bool:
    """Send one neutral mail with an invitation's link, once the page has been answered.

    Returns False when the person has sent their share for today. Whether anybody with this address
    has an account, or keeps the person out, changes nothing that the sender can see.
    """
    key = f"invitations-sent-by-{person.pk}"
    cache.add(key, 0, DAY)
    if cache.incr(key) > MAILS_A_DAY:
        return False
    owner = get_user_model().objects.filter(email=address.lower()).values_list("pk").first()
    letters = catalogue.get(person.language).letters["invitation"]
    letter = letters[timezone.now().toordinal() % len(letters)]
    body = letter.body.strip().replace("{link}", settings.SITE_URL + link) + "\n"
    mail = EmailMessage(letter.subject, body, settings.DEFAULT_FROM_EMAIL, [address])
    if not keeps_out(owner[0] if owner else None, person):
        post(request, mail)
    return True


def into(person: Person, space_id: uuid.UUID, role: str = "") -> Invitation | None:
    """Return the invitation into a room this person is in, if one waits there."""
    rows = Invitation.objects.into_room_of(person, space_id)
    return (rows.filter(role=role) if role else rows).select_related("space").first()
