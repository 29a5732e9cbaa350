"""A real SMTP server that keeps what it is given, and can be told to refuse or to fail."""

import email
import email.policy
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.ops.starting import free_port


class Sink:
    """What arrived, and how the server answers.

    `answers` maps an address to what RCPT is answered; `data` is what DATA is answered, once
    the message is kept where that is a 250. `pipelining` is said to whoever comes, as mail servers
    do; without it each command waits for the answer to the one before.
    """

    pipelining = True

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.connections = 0
        self.tried: Counter[str] = Counter()
        self.answers: dict[str, str] = {}
        self.data: Callable[[], str] = lambda: "250 taken"
        self.port = free_port()

    @property
    def url(self) -> str:
        """What EMAIL_URL says to send here."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def ids(self) -> list[str]:
        """Message-IDs in the order in which they arrived."""
        return [mail["Message-ID"] for mail in self.mails]

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, name: str, answers: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = name
        return ["250-PIPELINING", *answers] if self.pipelining else answers

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        self.tried[address] += 1
        answer = self.answers.get(address, "250 ok")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.data()
        if answer.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            mail = email.message_from_bytes(content, policy=email.policy.default)
            assert isinstance(mail, EmailMessage)
            self.mails.append(mail)
        return answer


@contextmanager
def listening() -> Iterator[Sink]:
    """Run a sink until the block ends."""
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
