"""The mailbox of a house that sends no mail: what would have been sent, for this machine alone.

Without `EMAIL_URL` every mail is a file in `VAR_DIR/mailbox`. Whoever sits at this machine and is
signed in finds their own here, as plain text; a mail can carry a code that opens an account, so
nobody is shown anybody else's. From anywhere else there is no such page.
"""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from journal.vault.asking import Asking

MOST = 30
FILES = 1000
BETWEEN = b"-" * 79 + b"\n"
# What a proxy adds: with one in front, every request seems to come from this machine.
PASSED_ON = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via")
HERE = {"localhost", "127.0.0.1", "[::1]"}


@dataclass(frozen=True)
class Mail:
    """One mail as the page shows it."""

    when: str
    subject: str
    words: str


@require_safe
def mailbox(request: Asking) -> HttpResponse:
    """Show the signed-in person the newest mails that were written for them."""
    if settings.EMAIL_URL or not from_this_machine(request):
        raise Http404
    mails = list(mails_for(request.user.email, settings.VAR_DIR / "mailbox"))
    return render(request, "mailbox.html", {"mails": mails[:MOST]})


def from_this_machine(request: HttpRequest) -> bool:
    """Whether a browser on this very machine asks, with nothing in between."""
    if settings.TRUSTED_PROXIES or any(name in request.headers for name in PASSED_ON):
        return False
    if request.get_host().rpartition(":")[0] not in HERE and request.get_host() not in HERE:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def mails_for(address: str, folder: Path) -> Iterator[Mail]:
    """Yield the mails of a folder that went to one address, the newest first."""
    paths = sorted(folder.glob("*.log"), reverse=True)[:FILES]
    for path in paths:
        for message in reversed(messages(path)):
            to = {one.lower() for _, one in getaddresses(message.get_all("To", []))}
            if address.lower() in to:
                yield shown(message)


def messages(path: Path) -> list[EmailMessage]:
    """Return the mails of one file; Django's writer puts a line of dashes after each."""
    try:
        pieces = path.read_bytes().split(BETWEEN)
    except OSError:
        return []  # gone meanwhile
    whole = [piece for piece in pieces if piece.strip()]
    return [message_from_bytes(piece, policy=policy.default) for piece in whole]


def shown(message: EmailMessage) -> Mail:
    """Return a mail as plain text, with its date in the reader's zone."""
    body = message.get_body(preferencelist=("plain",))
    try:
        sent = parsedate_to_datetime(message["Date"])
        if timezone.is_naive(sent):  # "-0000" says UTC without saying where
            sent = sent.replace(tzinfo=UTC)
        sent = timezone.localtime(sent)
        when = f"{sent:%A} {sent.day} {sent:%B} at {sent:%H:%M}"
    except (TypeError, ValueError):
        when = ""
    return Mail(when, str(message["Subject"] or ""), str(body.get_content()) if body else "")
