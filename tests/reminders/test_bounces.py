"""A mail that comes back days later: its person gets no more mail and sees the note on Today."""

import io
import uuid
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command

from steps.reminders import bounces
from steps.reminders.models import Delivery, Reminder, ReminderSettings

from .conftest import EVENING, run
from .sink import Sink

Daily = Callable[..., Reminder]
REPORT = """\
From: MAILER-DAEMON@mx.example.org
To: notes@localhost
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="apart"

--apart
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--apart
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
Arrival-Date: Mon, 2 Nov 2026 19:30:12 +0000

Final-Recipient: rfc822; ana@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 no such user

--apart
Content-Type: {kind}

{returned}
--apart--
"""


@pytest.fixture
def sent(sink: Sink, daily: Daily) -> str:
    """What left: the whole of a mail, as a server gives it back."""
    daily()
    run()
    return sink.mails[0].as_string()


def report(returned: str, **other: str) -> bytes:
    usual = {"action": "failed", "status": "5.1.1", "kind": "message/rfc822"}
    return REPORT.format(returned=returned, **{**usual, **other}).encode()


def no_mail_for(person: Any) -> bool:
    return ReminderSettings.objects.get(person=person).refused_at is not None


def test_it_is_marked_and_nothing_more_is_mailed(sink: Sink, sent: str, ana: Any) -> None:
    assert bounces.take_back(report(sent)) == bounces.MARKED
    note = Delivery.objects.get()
    assert (note.state, note.why, note.card) == (Delivery.REFUSED, "bounced", True)
    assert no_mail_for(ana)
    run(EVENING.replace(day=3))
    assert len(sink.mails) == 1
    assert Delivery.objects.latest("due_at").why == "refused"


def test_the_head_of_the_mail_is_enough(sent: str, ana: Any) -> None:
    head = sent.partition("\n\n")[0] + "\n"
    assert bounces.take_back(report(head, kind="text/rfc822-headers")) == bounces.MARKED
    assert no_mail_for(ana)


def test_a_report_that_comes_twice_changes_nothing_more(sent: str, ana: Any) -> None:
    bounces.take_back(report(sent))
    ReminderSettings.objects.update(refused_at=None)  # another address was proved since
    assert bounces.take_back(report(sent)) == bounces.NOT_OURS
    assert not no_mail_for(ana)


@pytest.mark.parametrize("other", [{"action": "delayed"}, {"status": "4.4.1"}, {"status": "2.0.0"}])
def test_what_may_still_arrive_is_left_alone(sent: str, ana: Any, other: dict[str, str]) -> None:
    assert bounces.take_back(report(sent, **other)) == bounces.NOT_FOR_GOOD
    assert Delivery.objects.get().state == Delivery.SENT
    assert not no_mail_for(ana)


def test_an_address_that_was_left_behind_stops_nothing(sent: str, ana: Any) -> None:
    ana.email = "ana@elsewhere.example"
    ana.save()
    assert bounces.take_back(report(sent)) == bounces.MARKED
    assert not no_mail_for(ana)


def test_a_report_that_somebody_made_up_silences_nobody(sent: str, ana: Any) -> None:
    note = Delivery.objects.get()
    for other in (str(uuid.uuid4()), "x", f"{note.pk}{note.pk}", str(note.pk)[:-1]):
        assert bounces.take_back(report(sent.replace(f"<{note.pk}@", f"<{other}@"))) == (
            bounces.NOT_OURS
        )
    assert Delivery.objects.get().state == Delivery.SENT
    assert not no_mail_for(ana)


@pytest.mark.parametrize(
    "raw",
    [b"", b"\xff\x00", b"Subject: hello\n\nhello", REPORT[:60].encode(),
     b"Content-Type: multipart/report; boundary=a\n\n--a\nContent-Type: message/rfc822\n\n"],
)  # fmt: skip
def test_what_is_no_report_changes_nothing(sent: str, ana: Any, raw: bytes) -> None:
    assert bounces.take_back(raw) in {bounces.NO_REPORT, bounces.NOT_FOR_GOOD}
    assert not no_mail_for(ana)


def test_the_command_reads_what_a_mail_server_hands_it_and_names_nobody(
    sent: str, ana: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(report(sent))))
    out = io.StringIO()
    call_command("reminders", "bounced", stdout=out)
    assert out.getvalue().strip() == bounces.MARKED
    assert no_mail_for(ana)
