"""Addresses that a host sets, taken apart, or refused in one sentence."""

from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# How a mail server is spoken to, and the port at which it usually listens.
MAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}


def site_address(address: str) -> tuple[str, str]:
    """Return scheme and host of an address under which people reach this site.

    Raises:
        ImproperlyConfigured: it is half an address, or has something behind the host.
    """
    try:
        parts = urlsplit(address)
        whole = parts.scheme in {"http", "https"} and parts.port != 0
    except ValueError:
        whole = False
    if not whole or not parts.hostname:
        raise ImproperlyConfigured("SITE_URL must be a whole address, such as https://example.org.")
    if parts.path or parts.query or parts.fragment or parts.username:
        raise ImproperlyConfigured(
            "SITE_URL must end with the name or the port, such as https://example.org: "
            "the site does not live below a path."
        )
    return parts.scheme, parts.hostname


def mail_server(address: str) -> dict[str, Any]:
    """Return Django's settings for the mail server that an EMAIL_URL names.

    Raises:
        ImproperlyConfigured: it names none; what it says is not repeated, it holds a password.
    """
    try:
        parts = urlsplit(address)
        usual = MAIL_PORTS.get(parts.scheme)
        port = parts.port or usual
    except ValueError:
        usual = None
    if not usual or not parts.hostname:
        raise ImproperlyConfigured(
            "EMAIL_URL must be smtp+tls://user:password@host:587, smtp+ssl://… for a server that "
            "speaks TLS from the first byte, or smtp://… for one that speaks none."
        )
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtp+ssl",
    }
