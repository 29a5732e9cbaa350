"""Handing a mail over, to go out after the answer; trustrepair/accounts/mail.py sends it."""

from django.core.mail import EmailMessage
from django.http import HttpRequest

WAITING = "_mails_waiting"


def post(request: HttpRequest | None, mail: EmailMessage) -> None:
    """Send a mail once this request has been answered; at once where there is no request."""
    waiting = getattr(request, WAITING, None)
    if waiting is None:
        mail.send()
    else:
        waiting.append(mail)
