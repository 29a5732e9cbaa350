"""People with passwords, and the site with and without a mail server."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page

from tests.conftest import PASSWORD, Browser


@pytest.fixture
def with_mail(settings: Any) -> None:
    """The settings of a host who has set EMAIL_URL."""
    settings.EMAIL_URL = "smtp://mail.example.org"
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
    settings.MFA_ALLOW_UNVERIFIED_EMAIL = False


@pytest.fixture
def ana_has_password(ana: Any) -> Any:
    """Ana, with a password and a confirmed address."""
    ana.set_password(PASSWORD)
    ana.save()
    EmailAddress.objects.create(user=ana, email=ana.email, verified=True, primary=True)
    return ana


@pytest.fixture
def signed_in(ana_has_password: Any, nobody: Browser) -> Browser:
    """Ana's browser a moment after she signed in, and said once more that it is she."""
    answer = nobody.post(
        "/accounts/login/", {"login": ana_has_password.email, "password": PASSWORD}
    )
    assert answer.status_code == 302
    nobody.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return nobody


@pytest.fixture
def last_code() -> Callable[[], str]:
    """Return a function that reads the code from the last mail."""

    def read() -> str:
        first = mail.outbox[-1].body.splitlines()[0]
        assert re.fullmatch(r"[A-Z0-9]{4}-[A-Z0-9]{4}", first)
        return str(first)

    return read


@dataclass
class Device:
    """A browser on a device with a passkey store, and what it complained about."""

    page: Page
    base: str
    complaints: list[str]

    def go(self, path: str) -> None:
        self.page.goto(self.base + path)

    def send(self) -> None:
        """Press the one filled button of the page."""
        self.page.click("main .acts button.btn:not(.btn--line)")

    def is_signed_in(self) -> bool:
        self.go("/you/")
        return bool(self.page.url == self.base + "/you/")


@pytest.fixture
def device(request: Any, chromium: Chromium, live_server: Any) -> Iterator[Device]:
    """A phone, or as wide as asked, with a finger on its sensor; nothing may be complained of."""
    width = getattr(request, "param", 390)
    context = chromium.new_context(
        viewport={"width": width, "height": 844}, timezone_id="Asia/Tokyo"
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None,
    )
    tools = context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    sensor = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": sensor})
    yield Device(page, live_server.url, complaints)
    context.close()
    assert complaints == []
