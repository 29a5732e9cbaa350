"""EMAIL_URL and SITE_URL taken apart: what the README says of them is what Django is told."""

import datetime
import ssl
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage, get_connection

from tests.reminders.sink import Sink
from trustrepair.addresses import mail_server, site_address


@pytest.mark.parametrize(
    ("address", "port", "starts_tls", "is_tls"),
    [
        ("smtp+tls://site:pass@mail.example.org:2587", 2587, True, False),
        ("smtp+tls://site:pass@mail.example.org", 587, True, False),
        ("smtp+ssl://site:pass@mail.example.org", 465, False, True),
        ("smtp://mail.example.org", 25, False, False),
    ],
)
def test_an_address_says_how_the_mail_server_is_spoken_to(address, port, starts_tls, is_tls):
    told = mail_server(address)
    assert told["EMAIL_HOST"] == "mail.example.org"
    assert told["EMAIL_PORT"] == port
    assert (told["EMAIL_USE_TLS"], told["EMAIL_USE_SSL"]) == (starts_tls, is_tls)


def test_signs_in_a_password_may_be_percent_encoded():
    told = mail_server("smtp+tls://site%40example.org:a%23b%2Fc@mail.example.org:587")
    assert told["EMAIL_HOST_USER"] == "site@example.org"
    assert told["EMAIL_HOST_PASSWORD"] == "a#b/c"


@pytest.mark.parametrize(
    "address",
    ["mail.example.org", "imap://site:verysecret@mail.example.org:143", "smtp://", "smtp+tls://:1",
     "smtp://site:verysecret@mail.example.org:post", "smtp+tls://site:very#secret@host:587"],
)  # fmt: skip
def test_what_names_no_mail_server_is_refused_and_not_repeated(address):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL must be") as refused:
        mail_server(address)
    assert "secret" not in str(refused.value)
    assert "very" not in str(refused.value)


@pytest.mark.parametrize(
    "address",
    ["example.org", "ftp://example.org", "https://", "http://[bad", "http://localhost:99999",
     "https://example.org/notes", "https://example.org?x", "https://me@example.org"],
)  # fmt: skip
def test_what_is_no_address_of_a_site_is_refused(address):
    with pytest.raises(ImproperlyConfigured, match="SITE_URL must"):
        site_address(address)


def test_a_site_has_a_scheme_and_a_host():
    assert site_address("https://example.org:8443") == ("https", "example.org")
    assert site_address("http://[::1]:8000") == ("http", "::1")


@pytest.fixture
def certified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's side of TLS, with a certificate that this process trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = tmp_path / "certificate.pem"
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


class Closed(Sink):
    """A mail server that takes nothing before TLS, and notes whether it was spoken."""

    encrypted = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.encrypted = session.ssl is not None
        return await super().handle_DATA(server, session, envelope)


@pytest.fixture
def closed(certified: ssl.SSLContext) -> Iterator[Closed]:
    sink = Closed()
    controller = Controller(
        sink, hostname="127.0.0.1", port=sink.port, tls_context=certified, require_starttls=True
    )
    controller.start()
    yield sink
    controller.stop()


def send_by(address: str, settings: Any) -> None:
    for name, value in mail_server(address).items():
        setattr(settings, name, value)
    EmailMessage("A test", "Nothing.", None, ["a@example.org"], connection=get_connection()).send()


def test_mail_goes_out_encrypted_where_the_address_says_tls(closed: Closed, settings: Any) -> None:
    with pytest.raises(Exception, match="STARTTLS"):
        send_by(f"smtp://127.0.0.1:{closed.port}", settings)
    assert closed.mails == []
    send_by(f"smtp+tls://127.0.0.1:{closed.port}", settings)
    assert closed.encrypted
    assert closed.mails[0]["To"] == "a@example.org"
