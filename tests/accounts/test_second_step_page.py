"""/accounts/2fa/: codes from an app, and recovery codes."""

import json
import re
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.core import mail
from django.db import connection
from django.utils import timezone

from tests.accounts.codes import code_now
from tests.conftest import PASSWORD, Browser

TOTP = "/accounts/2fa/totp/activate/"


def turn_on(browser: Browser) -> str:
    """Set up the codes as a person does; return the secret."""
    page = browser.get(TOTP).text
    secret = re.search(r'id="authenticator_secret"[^>]*value="(\w+)"', page)
    assert secret
    assert browser.post(TOTP, {"code": code_now(secret[1])}).status_code == 302
    return secret[1]


def sign_in(browser: Browser) -> Any:
    data = {"login": "ana@example.org", "password": PASSWORD}
    return browser.post("/accounts/login/", data)


def stored() -> str:
    """Return everything the database holds of second factors, as it is on disk."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        return json.dumps(cursor.fetchall(), default=str)


def test_with_the_app_a_password_alone_is_not_enough(signed_in: Browser) -> None:
    turn_on(signed_in)
    other = Browser()
    assert sign_in(other).url == "/accounts/2fa/authenticate/"
    assert other.get("/you/").status_code == 302
    wrong = other.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "does not match" in wrong.text


def test_a_code_lets_in_once(signed_in: Browser, time_machine: Any) -> None:
    secret = turn_on(signed_in)
    time_machine.move_to(timezone.now() + timedelta(minutes=1))
    first, second, code = Browser(), Browser(), code_now(secret)
    for browser in (first, second):
        sign_in(browser)
        browser.post("/accounts/2fa/authenticate/", {"code": code})
    assert first.get("/you/").status_code == 200
    assert second.get("/you/").status_code == 302


def test_neither_secret_nor_recovery_code_is_in_the_database(signed_in: Browser) -> None:
    secret = turn_on(signed_in)
    shown = signed_in.get("/accounts/2fa/recovery-codes/").text
    codes = re.findall(r"^(\d{8})", shown[shown.index("<textarea") :], re.MULTILINE)
    assert len(codes) >= 9
    kept = stored()
    assert secret not in kept
    assert not [code for code in codes if code in kept]
    assert kept.count("ts1.") == 2


def test_a_recovery_code_lets_in_once(signed_in: Browser) -> None:
    turn_on(signed_in)
    shown = signed_in.get("/accounts/2fa/recovery-codes/download/").text
    code = shown.split()[0]
    first, second = Browser(), Browser()
    for browser in (first, second):
        sign_in(browser)
        browser.post("/accounts/2fa/authenticate/", {"code": code})
    assert first.get("/you/").status_code == 200
    assert second.get("/you/").status_code == 302


def test_new_recovery_codes_end_the_old_ones(signed_in: Browser) -> None:
    turn_on(signed_in)
    page = "/accounts/2fa/recovery-codes/download/"
    before = set(signed_in.get(page).text.split())
    signed_in.post("/accounts/2fa/recovery-codes/generate/")
    assert not before & set(signed_in.get(page).text.split())


def test_turning_it_off_leaves_the_password(signed_in: Browser) -> None:
    turn_on(signed_in)
    signed_in.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.exists()
    assert sign_in(Browser()).url == "/"
    assert mail.outbox[-1].to == ["ana@example.org"]


def test_without_mail_a_second_step_needs_no_proved_address(db: None, nobody: Browser) -> None:
    nobody.post("/accounts/signup/", {"email": "zoe@example.org", "password1": PASSWORD})
    nobody.post("/accounts/reauthenticate/", {"password": PASSWORD})
    turn_on(nobody)
    assert Authenticator.objects.filter(type="totp").count() == 1


def test_long_after_signing_in_the_password_is_asked_for_first(
    ana_has_password: Any, browser: Browser
) -> None:
    assert browser.get(TOTP).url.startswith("/accounts/reauthenticate/")
    assert browser.get("/accounts/2fa/recovery-codes/download/").status_code in {302, 404}
