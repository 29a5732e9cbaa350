"""/mailbox/: one's own mails, on the host's own machine, while the house sends none."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.message import EmailMessage
from django.utils import timezone

from steps.reminders.models import Reminder
from tests.conftest import Browser
from tests.journal.posting import body, words

from .conftest import run

HERE = {"HTTP_HOST": "localhost:8000", "REMOTE_ADDR": "127.0.0.1"}
Write = Callable[..., None]


@pytest.fixture
def box(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """A folder of its own in which mails are kept as files."""
    settings.VAR_DIR = tmp_path
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mailbox"
    yield tmp_path / "mailbox"


@pytest.fixture
def write(box: Path) -> Write:
    """Return a function that writes mails with one connection, as a batch does."""

    def send(*mails: EmailMessage) -> None:
        get_connection().send_messages(list(mails))

    return send


def a_mail(to: str, subject: str = "A quiet minute", body: str = "Here it is.") -> EmailMessage:
    mail = EmailMultiAlternatives(subject, body, "Notes <notes@localhost>", [to])
    mail.attach_alternative(f"<p>{body} <b>bold</b></p>", "text/html")
    return mail


def test_ones_own_mails_are_shown_as_plain_text(browser: Browser, write: Write, ana: Any) -> None:
    write(a_mail(ana.email, body="Tea & <script>alert(1)</script>\n\nhttps://x.example/"))
    answer = browser.get("/mailbox/", **HERE)
    assert answer.status_code == 200
    assert "A quiet minute" in words(answer)
    now = timezone.localtime(timezone=ana.zone)
    assert f"{now:%A} {now.day} {now:%B} at " in words(answer)
    assert "Tea &amp; &lt;script&gt;" in answer.text
    assert "bold" not in answer.text and 'href="https://x.example/"' not in answer.text


def test_nobody_elses_are(browser: Browser, stranger: Browser, write: Write, ana: Any) -> None:
    write(a_mail("stan@example.org", "For him"), a_mail(ana.email.upper(), "For her"))
    assert "For her" in words(browser.get("/mailbox/", **HERE))
    assert "For him" not in words(browser.get("/mailbox/", **HERE))
    assert "For him" in words(stranger.get("/mailbox/", **HERE))


def test_the_newest_stand_first_and_there_is_an_end(
    browser: Browser, write: Write, ana: Any
) -> None:
    write(*[a_mail(ana.email, f"Mail {number:02}") for number in range(40)])
    page = words(browser.get("/mailbox/", **HERE))
    assert page.index("Mail 39") < page.index("Mail 38") < page.index("Mail 10")
    assert "Mail 09" not in page


def test_what_the_engine_writes_can_be_read_there(
    browser: Browser, box: Path, daily: Callable[..., Reminder]
) -> None:
    daily()
    run()
    assert "/reminders/answer/" in browser.get("/mailbox/", **HERE).text


def test_an_empty_box_and_a_broken_file_are_no_trouble(browser: Browser, box: Path) -> None:
    assert "Nothing has been sent to you" in words(browser.get("/mailbox/", **HERE))
    box.mkdir()
    (box / "broken.log").write_bytes(b"\xff\xfe no mail at all \x00")
    assert browser.get("/mailbox/", **HERE).status_code == 200


@pytest.mark.parametrize(
    "asking",
    [
        {"REMOTE_ADDR": "192.168.1.20"},
        {"REMOTE_ADDR": "10.0.0.1"},
        {"REMOTE_ADDR": ""},
        {"HTTP_HOST": "testserver"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
        {"HTTP_X_REAL_IP": "127.0.0.1"},
        {"HTTP_VIA": "1.1 somewhere"},
    ],
)
def test_from_anywhere_else_there_is_no_such_page(
    browser: Browser, write: Write, ana: Any, asking: dict[str, str]
) -> None:
    write(a_mail(ana.email))
    assert browser.get("/mailbox/", **HERE).status_code == 200
    asked = {**HERE, **asking}
    answer, absent = browser.get("/mailbox/", **asked), browser.get("/no-such-page/", **asked)
    assert (answer.status_code, body(answer)) == (404, body(absent))


def test_with_a_mail_server_or_a_proxy_there_is_none(
    browser: Browser, box: Path, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = 1
    assert browser.get("/mailbox/", **HERE).status_code == 404
    settings.TRUSTED_PROXIES = 0
    settings.EMAIL_URL = "smtp://localhost:25"
    assert browser.get("/mailbox/", **HERE).status_code == 404


def test_signed_out_it_shows_nothing(nobody: Browser, write: Write, ana: Any) -> None:
    write(a_mail(ana.email))
    assert nobody.get("/mailbox/", **HERE).status_code == 302
