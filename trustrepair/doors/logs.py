"""What a log may hold: where a fault was and of which kind, never what somebody had typed.

The message of an exception often quotes the value it stumbled over, and a database's even whole
rows. So a traceback is logged with its places, and with messages only where they come from us or
from the machine. Some addresses are keys themselves, and a refused request is logged with its
address: whoever reads the log must not come in by it.
"""

import logging
import re
import traceback
from collections.abc import Iterator
from smtplib import SMTPException
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from journal.vault.guard import AskedForNobody
from journal.vault.sealing import VaultError

# A mail server's errors are the machine's, too, but they quote addresses.
SILENT = SMTPException
SPEAKING = (AskedForNobody, ImproperlyConfigured, OperationalError, OSError, VaultError)


# What comes before a token in an address that opens something by itself.
OPENING = re.compile(
    r"(/(?:invitations|calendar|reminders/stop|confirm-email|password/reset/key)/)[^/\s\"']+"
)


class LineFormatter(logging.Formatter):
    """Django's lines, with tracebacks that quote nobody and addresses that open nothing."""

    def format(self, record: logging.LogRecord) -> str:
        return OPENING.sub(r"\1…", super().format(record))

    def formatException(self, ei: Any) -> str:
        return "\n".join(told(ei[1]))


def told(error: BaseException | None) -> Iterator[str]:
    """Yield the lines of a traceback, the first fault first."""
    if error is None:
        return
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from told(before)
        yield ""
    yield "Traceback (most recent call last):"
    yield "".join(traceback.format_tb(error.__traceback__)).rstrip("\n")
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    yield (
        f"{name}: {error}"
        if isinstance(error, SPEAKING) and not isinstance(error, SILENT)
        else name
    )
