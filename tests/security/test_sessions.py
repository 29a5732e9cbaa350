"""Sessions: nobody else's, none that outlives its hours, none that comes back."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.utils import timezone

from tests.conftest import PASSWORD, Browser

COOKIE = settings.SESSION_COOKIE_NAME
SECOND_STEP = "/accounts/2fa/authenticate/"
LATER = {"display_name": "Ana", "time_zone": "Europe/London"}


@pytest.fixture
def signed_in(ana: Any) -> Browser:
    """Ana, signed in by the form."""
    ana.set_password(PASSWORD)
    ana.save()
    browser = Browser()
    browser.post("/accounts/login/", {"login": ana.email, "password": PASSWORD})
    assert browser.get("/journal/").status_code == 200
    return browser


def test_a_cookie_put_into_the_browser_beforehand_opens_nothing_later(ana: Any) -> None:
    ana.set_password(PASSWORD)
    ana.save()
    attacker, victim = Browser(), Browser()
    attacker.get("/accounts/login/")
    attacker.get("/begin/")
    for planted in (attacker.cookies.get(COOKIE), None):
        value = planted.value if planted else "A" * 43
        victim.cookies[COOKIE] = value
        victim.post("/accounts/login/", {"login": ana.email, "password": PASSWORD})
        assert victim.get("/journal/").status_code == 200
        assert victim.cookies[COOKIE].value != value
        thief = Browser()
        thief.cookies[COOKIE] = value
        assert thief.get("/journal/").status_code == 302


@pytest.mark.parametrize("way_out", ["/accounts/logout/", "/exit/"])
def test_a_copied_cookie_is_worth_nothing_after_leaving(signed_in: Browser, way_out: str) -> None:
    copied = signed_in.cookies[COOKIE].value
    signed_in.post(way_out)
    thief = Browser()
    thief.cookies[COOKIE] = copied
    assert thief.get("/journal/").status_code == 302


def test_twelve_hours_are_the_end_however_busy_they_were(signed_in: Browser) -> None:
    began = timezone.now()
    for hours in (5, 10, 11.9):
        with time_machine.travel(began + timedelta(hours=hours)):
            signed_in.post("/accounts/reauthenticate/", {"password": PASSWORD})  # it had locked
            assert signed_in.post("/you/", LATER).status_code == 302
    with time_machine.travel(began + timedelta(hours=12, minutes=1)):
        assert signed_in.get("/journal/").url.startswith("/accounts/login/")


def test_the_hours_begin_on_signing_in_and_not_before(ana: Any) -> None:
    ana.set_password(PASSWORD)
    ana.save()
    browser = Browser()
    began = timezone.now()
    browser.get("/accounts/login/")
    with time_machine.travel(began + timedelta(hours=11)):
        browser.post("/accounts/login/", {"login": ana.email, "password": PASSWORD})
    with time_machine.travel(began + timedelta(hours=20)):
        browser.post("/accounts/reauthenticate/", {"password": PASSWORD})  # it had locked
        assert browser.get("/journal/").status_code == 200


def test_the_cookie_goes_when_the_browser_closes(signed_in: Browser) -> None:
    cookie = signed_in.cookies[COOKIE]
    assert not cookie["max-age"]
    assert not cookie["expires"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_leaving_half_way_through_signing_in_leaves_no_half_open_door(ana: Any) -> None:
    ana.set_password(PASSWORD)
    ana.save()
    TOTP.activate(ana, generate_totp_secret())
    browser = Browser()
    browser.post("/accounts/login/", {"login": ana.email, "password": PASSWORD})
    assert browser.get(SECOND_STEP).status_code == 200
    copied = browser.cookies[COOKIE].value
    assert browser.post("/exit/").cookies[COOKIE].value == ""
    next_person = Browser()
    next_person.cookies[COOKIE] = copied
    assert next_person.get(SECOND_STEP).url.startswith("/accounts/login/")
