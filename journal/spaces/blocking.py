"""Keeping somebody out: no invitation of theirs arrives, and nothing tells them so."""

from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from journal.spaces.models import Block
from journal.vault.guard import Person
from journal.vault.keyring import Keyring


def mark(writer_id: Any, what: str, secret: str) -> str:
    """Return the mark, in one person's list, of an account or address of somebody else."""
    made = salted_hmac("kept out", f"{writer_id} {what}", secret=secret, algorithm="sha256")
    return made.hexdigest()


def by_account(other: Person) -> str:
    """Return what the mark of an account is made of."""
    return f"person {other.pk}"


def by_address(other: Person) -> str:
    """Return what the mark of an address is made of."""
    return f"address {other.email.casefold()}"


def keep_out(person: Person, keyring: Keyring, other: Person, called: str) -> None:
    """Keep somebody out on a person's behalf; twice is once.

    Args:
        called: what the person calls the other, for their own list.
    """
    row = Block(
        person=person,
        person_mark=mark(person.pk, by_account(other), settings.SECRET_KEY),
        address_mark=mark(person.pk, by_address(other), settings.SECRET_KEY),
    )
    row.sealed_called = keyring.seal(row, "called", called)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return


def keeps_out(person_id: Any, other: Person) -> bool:
    """Whether somebody keeps another person out; one question, whatever the answer."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    whats = (by_account(other), by_address(other))
    marks = [mark(person_id, what, secret) for what in whats for secret in secrets]
    return Block.objects.stands_between(person_id, marks)
