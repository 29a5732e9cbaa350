"""A mail is handed over in few words where the server allows it, and its answers mean the same."""

import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from steps.reminders.models import Reminder
from steps.reminders.posting import put

from .conftest import run
from .sink import Sink

SENDER, TO = "notes@example.org", "ana@example.org"
MAIL = b"Subject: Tea\r\n\r\n.a dot\r\nHot.\r\n"
OPEN = [b"220 here\r\n", b"250-here\r\n250-SIZE 1000\r\n250 PIPELINING\r\n"]


class Script:
    """A mail server that says what is written down for it, each time a whole packet has come."""

    def __init__(self, answers: list[bytes]) -> None:
        self.answers, self.heard = [*OPEN, *answers], [b""]
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self.talk)

    def talk(self) -> None:
        there, _ = self.socket.accept()
        with there:
            for answer in self.answers:
                there.sendall(answer)
                self.heard.append(there.recv(65536))


@contextmanager
def saying(*answers: bytes) -> Iterator[tuple[smtplib.SMTP, Script]]:
    script = Script(list(answers))
    script.thread.start()
    try:
        with script.socket:
            smtp = smtplib.SMTP("127.0.0.1", script.socket.getsockname()[1], timeout=5)
            yield smtp, script
            smtp.close()
    finally:
        script.thread.join(10)


def test_sender_address_and_beginning_go_in_one_packet() -> None:
    with saying(b"250 ok\r\n250 ok\r\n354 go on\r\n", b"250 taken\r\n") as (smtp, script):
        put(smtp, SENDER, TO, MAIL)
    said = f"MAIL FROM:<{SENDER}> SIZE={len(MAIL)}\r\nRCPT TO:<{TO}>\r\nDATA\r\n"
    assert script.heard[2] == said.encode()
    assert script.heard[3] == b"Subject: Tea\r\n\r\n..a dot\r\nHot.\r\n.\r\n"


REFUSALS = [
    (b"550 no\r\n503 no\r\n503 no\r\n", [], b"rset\r\n", smtplib.SMTPSenderRefused),
    (b"250 ok\r\n550 no\r\n503 no\r\n", [], b"rset\r\n", smtplib.SMTPRecipientsRefused),
    (b"250 ok\r\n550 no\r\n354 go on\r\n", [b"554 none\r\n"], b".\r\n",
     smtplib.SMTPRecipientsRefused),
    (b"250 ok\r\n550 no\r\n354 go on\r\n", [b"250 nothing taken\r\n"], b".\r\n",
     smtplib.SMTPRecipientsRefused),
    (b"250 ok\r\n250 ok\r\n451 not now\r\n", [], b"rset\r\n", smtplib.SMTPDataError),
]  # fmt: skip


@pytest.mark.parametrize(("said", "then", "heard", "fault"), REFUSALS)
def test_a_refusal_is_what_smtplib_calls_it_and_no_word_of_the_mail_leaves(
    said: bytes, then: list[bytes], heard: bytes, fault: type[Exception]
) -> None:
    with saying(said, *then, b"250 ok\r\n") as (smtp, script), pytest.raises(fault):
        put(smtp, SENDER, TO, MAIL)
    assert script.heard[3] == heard
    assert b"Hot." not in b"".join(script.heard)


def test_an_answer_to_the_mail_itself_is_told_as_it_was_said() -> None:
    good = b"250 ok\r\n250 ok\r\n354 go on\r\n"
    with (
        saying(good, b"554 no\r\n", b"250 ok\r\n") as (smtp, _),
        pytest.raises(smtplib.SMTPDataError) as told,
    ):
        put(smtp, SENDER, TO, MAIL)
    assert told.value.smtp_code == 554


def test_a_server_that_goes_away_is_left() -> None:
    with saying(b"421 closing\r\n421 closing\r\n421 closing\r\n") as (smtp, _):
        with pytest.raises(smtplib.SMTPSenderRefused):
            put(smtp, SENDER, TO, MAIL)
        with pytest.raises(smtplib.SMTPServerDisconnected):
            put(smtp, SENDER, TO, MAIL)


@pytest.mark.parametrize("pipelining", [True, False])
def test_a_mail_arrives_whether_or_not_the_server_takes_packets(
    sink: Sink, daily: Callable[..., Reminder], people: dict[str, Any], pipelining: bool
) -> None:
    sink.pipelining = pipelining
    sink.answers["ben@example.org"] = "550 nobody here"
    for person in people.values():
        daily(person)
    run()
    assert len(set(sink.ids)) == len(sink.mails) == len(people) - 1
    assert sink.connections == 1
