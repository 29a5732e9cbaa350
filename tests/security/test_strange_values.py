"""Values that no form of ours sends: refused with a page, never with a fault."""

import uuid
from typing import Any
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from tests.conftest import Browser
from tests.house.addresses import PUBLIC, Things, everywhere

STRANGE = {
    "nothing": "",
    "null": "\x00",
    "digits": "9" * 5000,
    "negative": "-1",
    "arabic digits": "١٢٣",
    "superscript": "²",
    "half a pair": "\ud83d",
    "path": "../../etc/passwd",
    "template": "{{ 7|add:7 }}{% include 'x' %}%s%(x)s{0.__class__}",
    "quotes": "'\";--<script>",
    "json": '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}',
    "a number": "7",
    "deep": "[" * 2_000,
    "bad bytes": '{"id": "AA", "rawId": "AA", "type": "public-key", "response": '
    '{"clientDataJSON": "AA", "attestationObject": "AA", "authenticatorData": "AA",'
    '"signature": "AA", "userHandle": "AA"}}',
    "far too long": "x" * 10_000,
}
FIELDS = (
    "entry_id", "save_id", "base_version", "text", "title", "about", "feelings", "asked", "at",
    "then", "exercise", "again", "state", "kind", "name", "part", "afraid", "happened", "causes",
    "version", "pages", "splice_field", "splice_start", "splice_end", "splice_text",
    "after", "after_field", "after_start", "after_end", "after_text",
    "query", "place", "since", "until", "step", "after", "words", "email", "password1", "login",
    "password", "code", "credential", "browser_zone", "display_name", "time_zone", "language",
    "next", "action_add", "on", "answer-wish", "id", "csrfmiddlewaretoken",
)  # fmt: skip

# What looks like a passkey's answer is strange in another way than other words to sign-in alone.
FOR_PASSKEYS = {"json", "deep", "bad bytes"}
FORM = "application/x-www-form-urlencoded"


def is_read(strange: str, address: str) -> bool:
    """Tell whether a page could see more in a value than words."""
    return strange not in FOR_PASSKEYS or address.startswith(("/accounts/", "/you/"))


def encoded(values: dict[str, str]) -> str:
    """Return values as a body; half a pair of surrogates becomes bytes that are no text."""
    return urlencode(values, errors="surrogatepass")


@pytest.fixture
def hers(ana: Any, page: Any) -> Things:
    return Things.of_ana(ana, page)


@pytest.mark.parametrize("strange", STRANGE)
def test_no_address_stumbles_over_it(
    hers: Things, ana: Any, browser: Browser, strange: str
) -> None:
    values = dict.fromkeys(FIELDS, STRANGE[strange])
    known = {**values, "entry_id": str(hers.entry), "save_id": str(uuid.uuid4())}
    spliced = {**known, "base_version": "1", "splice_field": "text"}
    for name, address in everywhere(hers):
        if name in {"exit", "account_logout"} or not is_read(strange, address):
            continue
        for data in (values, spliced) if "/journal/" in address else (values,):
            answer = browser.post(address, encoded(data), FORM)
            assert answer.status_code < 500, address
        if answer.wsgi_request.user.is_anonymous:
            browser.force_login(ana)
    for address in ("/", "/journal/", "/safety/", "/path/communicate-openly/clear-ask/", "/guide/"):
        assert browser.get(f"{address}?{encoded(values)}"[:60_000]).status_code < 500, address


@pytest.mark.parametrize("strange", STRANGE)
def test_nor_does_a_page_for_people_without_an_account(
    db: None, nobody: Browser, strange: str
) -> None:
    body = encoded(dict.fromkeys(FIELDS, STRANGE[strange]))
    for name, several in PUBLIC.items():
        for arguments in several:
            address = reverse(name, kwargs=arguments)
            assert nobody.post(address, body, FORM).status_code < 500, address


def test_bodies_that_are_no_forms_are_refused_or_taken_for_empty(
    hers: Things, browser: Browser
) -> None:
    bodies = {
        "application/json": b'{"text": "x"}',
        "text/plain": b"text=x",
        "multipart/form-data": b"no boundary",
        "multipart/form-data; boundary=x": b"--x\r\nContent-Disposition: form-data\r\n\r\nx",
        "application/x-www-form-urlencoded; charset=utf-7": b"text=+AGE-",
        "application/x-www-form-urlencoded; charset=nonsense": b"text=x",
        "": b"text=x",
    }
    for kind, body in bodies.items():
        for address in ("/journal/new/", "/you/", "/begin/", "/journal/autosave/", "/exit/"):
            answer = browser.generic("POST", address, body, kind)
            assert answer.status_code < 500, (kind, address)
