"""Whether somebody has an account here: no page says so, neither in words nor by its slowness."""

import io
import smtplib
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from tests.conftest import Browser
from trustrepair.accounts import mail

RESET = "/accounts/password/reset/"


class RefusingServer(BaseEmailBackend):
    """A mail server that refuses, quoting the address."""

    asked: list[str] = []

    def send_messages(self, email_messages: Any) -> int:
        [letter] = email_messages
        self.asked.append(letter.to[0])
        raise smtplib.SMTPRecipientsRefused({letter.to[0]: (550, b"no such person")})


@pytest.fixture
def refusing(settings: Any) -> list[str]:
    """Return the addresses that a refusing mail server is asked to write to."""
    settings.EMAIL_BACKEND = "tests.security.test_asking_about_others.RefusingServer"
    settings.EMAIL_URL = "smtp://localhost"
    RefusingServer.asked.clear()
    return RefusingServer.asked


def test_a_failing_mail_server_tells_nobody_which_addresses_are_known(
    ana: Any, refusing: list[str], written: io.StringIO
) -> None:
    seen = []
    for address in (ana.email, "nobody@example.org"):
        answer = Browser().post(RESET, {"email": address})
        seen.append((answer.status_code, answer.headers["Location"]))
    assert seen[0] == seen[1]
    assert refusing == [ana.email]
    assert "A mail could not be sent" in written.getvalue()
    assert ana.email not in written.getvalue()


def test_a_mail_waits_until_the_answer_was_handed_over(
    db: None, mailoutbox: list[EmailMessage]
) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        mail.post(request, EmailMessage("Hello", "…", to=["ana@example.org"]))
        return HttpResponse("done")

    response = mail.MailMiddleware(view)(RequestFactory().post(RESET))
    assert not mailoutbox
    response.close()
    assert [letter.to for letter in mailoutbox] == [["ana@example.org"]]


def test_outside_of_a_request_a_mail_goes_at_once(mailoutbox: list[EmailMessage]) -> None:
    mail.post(None, EmailMessage("Hello", "…", to=["ana@example.org"]))
    assert len(mailoutbox) == 1
