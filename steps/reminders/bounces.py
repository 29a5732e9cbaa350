"""Mails that came back: some server took them and said later that there is no such address.

Such a report goes to the sender's address (RFC 3464), and the host's mail server hands it on. The
note is known by its Message-ID, which nobody guesses, so nobody is silenced by a report made up.
"""

import re
import uuid
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses

from django.db import transaction
from django.utils import timezone

from steps.reminders.models import Delivery, ReminderSettings

MOST = 2_000_000  # bytes of a report that are read
NO_REPORT = "This is no report of a mail that came back."
NOT_FOR_GOOD = "It says that the mail may still arrive: nothing was changed."
NOT_OURS = "It is about no mail of ours that was sent: nothing was changed."
MARKED = "The note is marked as refused; there is no mail to that address any more."
ID = re.compile(r"<([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})@[^<>\s]+>")


def take_back(raw: bytes) -> str:
    """Mark the note that a report is about as refused, and mail its person no more.

    A report about an address that its person has left behind since stops nothing.

    Returns:
        what became of it, as a sentence without names.
    """
    report = message_from_bytes(raw[:MOST])
    if report.get_content_type() != "multipart/report":
        return NO_REPORT
    if not failed_for_good(report):
        return NOT_FOR_GOOD
    for returned in returned_mails(report):
        if (found := ID.fullmatch(said(returned, "Message-ID"))) and refuse(
            uuid.UUID(found[1]), {one.lower() for _, one in getaddresses([said(returned, "To")])}
        ):
            return MARKED
    return NOT_OURS


def failed_for_good(report: Message) -> bool:
    """Tell whether some recipient's server said that it will never take the mail."""
    return any(
        said(group, "Action").lower() == "failed" and said(group, "Status").startswith("5.")
        for part in report.walk()
        if part.get_content_type() == "message/delivery-status"
        for group in part.walk()
    )


def returned_mails(report: Message) -> Iterator[Message]:
    """Yield what the report gives back of the mail: whole, or its head alone."""
    for part in report.walk():
        kind, content = part.get_content_type(), part.get_payload()
        if kind == "message/rfc822" and isinstance(content, list):
            yield from (one for one in content if isinstance(one, Message))
        elif kind == "text/rfc822-headers":
            head = part.get_payload(decode=True)
            yield message_from_bytes(head if isinstance(head, bytes) else b"")


def said(part: Message, name: str) -> str:
    """Return what a head says, or nothing."""
    return str(part.get(name, "")).strip()


def refuse(delivery_id: uuid.UUID, addresses: set[str]) -> bool:
    """Mark a note that left as refused; return whether there is such a note."""
    with transaction.atomic():
        sent = Delivery.objects.filter(pk=delivery_id, state=Delivery.SENT)
        row = sent.select_related("person").first()
        if row is None:
            return False
        sent.update(state=Delivery.REFUSED, why="bounced", card=True)
        if row.person.email.lower() in addresses:
            mine = ReminderSettings.objects.filter(person=row.person_id, refused_at=None)
            mine.update(refused_at=timezone.now())
    return True
