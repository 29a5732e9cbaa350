"""Every mail an account can cause: neutral, plain, a code first."""

import re
from pathlib import Path
from typing import Any

import allauth
import pytest
from allauth.account.adapter import get_adapter
from allauth.core import context
from django.conf import settings
from django.core import mail
from django.template.loader import get_template
from django.test import RequestFactory

STOCK = Path(allauth.__file__).parent / "templates"
OURS = settings.BASE_DIR / "templates"
SUBJECT = "_subject.txt"
MAILS = sorted(
    f"{app}/email/{path.name.removesuffix(SUBJECT)}"
    for app in ("account", "mfa")
    for path in (STOCK / app / "email").glob(f"*{SUBJECT}")
)
NEVER = (
    "trust", "repair", "mend", "partner", "couple", "relationship", "journal", "heal", "therap",
    "coach", "diary", "site", "welcome", "thank you for using", "http", "203.0.113", "mozilla",
    "elsewhere.example", "2026",
)  # fmt: skip
CONTEXT = {
    "code": "ABCD-EFGH",
    "from_email": "ana@example.org",
    "to_email": "ana@elsewhere.example",
    "deleted_email": "ana@elsewhere.example",
    "ip": "203.0.113.7",
    "user_agent": "Mozilla/5.0",
    "timestamp": "2026-11-22",
    "signup_url": "http://testserver/accounts/signup/",
}


@pytest.fixture
def sent(ana: Any) -> Any:
    """Return a function that sends one kind of mail and gives it back."""
    request = RequestFactory().get("/", headers={"user-agent": "Mozilla/5.0"})

    def send(prefix: str) -> Any:
        with context.request_context(request):
            get_adapter().send_mail(prefix, ana.email, {**CONTEXT, "user": ana})
        return mail.outbox[-1]

    return send


def test_there_are_mails_to_look_at() -> None:
    assert len(MAILS) >= 15


@pytest.mark.parametrize("prefix", MAILS)
def test_a_mail_names_nothing(prefix: str, sent: Any) -> None:
    message = sent(prefix)
    words = f"{message.from_email} {message.subject}\n{message.body}".lower()
    never = [*NEVER, settings.SITE_NAME.lower(), "person ", "ana@"]
    assert [word for word in never if word in words.replace("notes@localhost", "")] == []
    assert not message.alternatives


@pytest.mark.parametrize("prefix", MAILS)
def test_a_mail_is_short_and_in_our_words(prefix: str, sent: Any) -> None:
    message = sent(prefix)
    assert message.from_email == "Notes <notes@localhost>"
    assert message.subject in {
        "A code for you", "A link for you", "About your address", "Your sign-in has changed",
    }  # fmt: skip
    assert len(message.body) < 400
    for part in ("subject", "message"):
        origin = Path(get_template(f"{prefix}_{part}.txt").origin.name)
        assert origin.is_relative_to(OURS)


CODES = [one for one in MAILS if "confirmation" in one or one.endswith("_code")]


@pytest.mark.parametrize("prefix", CODES)
def test_a_code_stands_first(prefix: str, sent: Any) -> None:
    message = sent(prefix)
    assert message.subject == "A code for you"
    assert re.match(r"ABCD-EFGH\n\n", message.body)
