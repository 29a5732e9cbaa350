"""How one mail is handed to the mail server: by Django, or by the short way where there is one.

A server that says PIPELINING takes a mail's sender, address and beginning in one packet (RFC 2920),
so two questions wait for an answer instead of four. Its answers mean what they mean to smtplib.
"""

from email.utils import parseaddr
from functools import lru_cache
from smtplib import SMTP, SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused
from typing import Any

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend as SMTPBackend

from steps.reminders.layouts import is_plain, quick_mail
from steps.reminders.letters import letter_for
from steps.reminders.models import Delivery

TAKEN, GO_ON, GOING_AWAY = 250, 354, 421
GOOD_ADDRESS = {250, 251}


def hand_over(row: Delivery, connection: Any) -> None:
    """Send the mail of one note through an open connection of Django's.

    Raises:
        SMTPException, OSError: the server did not take it.
    """
    if type(connection) is SMTPBackend:  # a host's own may do more
        sender = sender_address(settings.DEFAULT_FROM_EMAIL)
        content = quick_mail(row) if is_plain(sender) else None
        if content is not None and connection.connection is not None:
            put(connection.connection, sender, row.person.email, content)
            return
    connection.send_messages([letter_for(row, connection)])


@lru_cache(maxsize=8)
def sender_address(sender: str) -> str:
    """Return the address alone of a sender with a name."""
    return parseaddr(sender)[1]


def put(smtp: SMTP, sender: str, to: str, content: bytes) -> None:
    """Send a mail to a single address, in as few questions as the server allows."""
    smtp.ehlo_or_helo_if_needed()
    if smtp.has_extn("pipelining"):
        put_at_once(smtp, sender, to, content)
    else:
        smtp.sendmail(sender, [to], content)


def put_at_once(smtp: SMTP, sender: str, to: str, content: bytes) -> None:
    """Send a mail by MAIL, RCPT and DATA in one packet; both addresses are plain.

    A server that refuses one of them and says "go on" all the same is told that there is nothing.
    """
    size = f" SIZE={len(content)}" if smtp.has_extn("size") else ""
    smtp.send(f"MAIL FROM:<{sender}>{size}\r\nRCPT TO:<{to}>\r\nDATA\r\n")
    sender_said, address_said, data_said = (smtp.getreply() for _ in range(3))
    welcome = sender_said[0] == TAKEN and address_said[0] in GOOD_ADDRESS
    if data_said[0] == GO_ON:
        dotted = content.replace(b"\r\n.", b"\r\n..")
        smtp.send(dotted + b".\r\n" if welcome else b".\r\n")
        data_said = smtp.getreply()
    if welcome and data_said[0] == TAKEN:
        return
    if GOING_AWAY in {sender_said[0], address_said[0], data_said[0]}:
        smtp.close()
    else:
        smtp.rset()
    if sender_said[0] != TAKEN:
        raise SMTPSenderRefused(*sender_said, sender)
    if address_said[0] not in GOOD_ADDRESS:
        raise SMTPRecipientsRefused({to: address_said})
    raise SMTPDataError(*data_said)
