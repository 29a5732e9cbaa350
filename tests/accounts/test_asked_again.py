"""Who holds an open session, and even the password, is asked again before what lasts."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from tests.accounts.codes import code_now
from tests.conftest import PASSWORD, Browser
from tests.house.addresses import passkey

SET = "/accounts/password/set/"
NEW = {"password1": "a sentence of a thief’s", "password2": "a sentence of a thief’s"}


@pytest.fixture
def passkeys_alone(ana: Any) -> Any:
    """Ana, who signs in by passkey and has no password."""
    ana.set_unusable_password()
    ana.save()
    Authenticator.objects.create(user=ana, type=Authenticator.Type.WEBAUTHN, data=passkey())
    return ana


def test_a_session_alone_gives_an_account_of_passkeys_no_password(
    passkeys_alone: Any, browser: Browser
) -> None:
    for answer in (browser.get(SET), browser.post(SET, NEW)):
        assert (
            answer.url
            == "/accounts/2fa/webauthn/reauthenticate/?next=%2Faccounts%2Fpassword%2Fset%2F"
        )
    passkeys_alone.refresh_from_db()
    assert not passkeys_alone.has_usable_password()
    assert "thief" not in str(dict(browser.session))


@pytest.fixture
def two_steps(ana_has_password: Any) -> str:
    """Ana, with a password and an app; return the app's secret."""
    secret: str = generate_totp_secret()
    TOTP.activate(ana_has_password, secret)
    RecoveryCodes.activate(ana_has_password)
    return secret


@pytest.mark.parametrize(
    "page", ["/you/export/", "/accounts/2fa/totp/deactivate/", "/accounts/2fa/recovery-codes/"]
)
def test_the_password_alone_opens_nothing_that_a_second_step_guards(
    two_steps: str, browser: Browser, page: str
) -> None:
    asked = browser.get(page)
    assert asked.url.startswith("/accounts/2fa/reauthenticate/")
    tried = browser.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": page})
    assert tried.url.startswith("/accounts/2fa/reauthenticate/")
    assert browser.get(page).url.startswith("/accounts/2fa/reauthenticate/")


def test_the_second_step_opens_it(two_steps: str, browser: Browser) -> None:
    data = {"code": code_now(two_steps), "next": "/you/export/"}
    assert browser.post("/accounts/2fa/reauthenticate/", data).url == "/you/export/"
    assert browser.get("/you/export/").status_code == 200


def test_a_recovery_code_opens_it_when_the_app_is_lost(
    two_steps: str, ana: Any, browser: Browser
) -> None:
    code = RecoveryCodes(ana.authenticator_set.get(type="recovery_codes")).get_unused_codes()[0]
    browser.post("/accounts/2fa/reauthenticate/", {"code": code})
    assert browser.get("/accounts/2fa/totp/deactivate/").status_code == 200


def test_without_a_second_step_the_password_is_enough(
    ana_has_password: Any, browser: Browser
) -> None:
    assert browser.get("/you/export/").url.startswith("/accounts/reauthenticate/")
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert browser.get("/you/export/").status_code == 200
