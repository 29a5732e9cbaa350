"""Guests: what somebody began without an account is for them alone, as far as can be told."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from journal.entries.models import Entry
from journal.relationships.guests import COOKIE
from journal.relationships.models import Guest, Relationship
from tests.conftest import PASSWORD, Browser

WORDS = "She must not see this."


@pytest.fixture
def with_password(ana: Any) -> Any:
    ana.set_password(PASSWORD)
    ana.save()
    return ana


@pytest.fixture
def guest(db: None) -> Browser:
    """Somebody who has answered and written without an account."""
    browser = Browser()
    browser.post("/begin/", {"kind": "partner", "name": "Ruta"})
    browser.post("/begin/part/", {"part": "hurt"})
    return browser


def sign_in(browser: Browser, person: Any) -> Any:
    data = {"login": person.email, "password": PASSWORD}
    return browser.post("/accounts/login/", data, follow=True)


def test_somebody_else_who_signs_in_later_is_not_led_to_what_a_guest_wrote(
    guest: Browser, with_password: Any
) -> None:
    guest.post("/begin/page/", {"words": WORDS, "email": "no address", "password1": "x"})
    answer = sign_in(guest, with_password)
    assert answer.request["PATH_INFO"] == "/"
    assert WORDS not in answer.text
    assert "Ruta" not in answer.text
    assert not Relationship.unscoped.exists()


def test_half_an_hour_after_choosing_to_sign_in_nothing_is_offered_any_more(
    guest: Browser, with_password: Any
) -> None:
    guest.post("/begin/page/", {"words": WORDS, "then": "sign-in"})
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        answer = sign_in(guest, with_password)
    assert WORDS not in answer.text


def test_another_guests_row_does_not_open_with_ones_own_key(guest: Browser, db: None) -> None:
    other = Browser()
    other.post("/begin/", {"kind": "friend", "name": "Somebody else"})
    row, _, key = other.cookies[COOKIE].value.partition(".")
    mine, _, _ = guest.cookies[COOKIE].value.partition(".")
    for cookie in (f"{mine}.{key}", f"{mine}.", f"{mine}", f".{key}", f"{mine}.{'A' * 43}"):
        other.cookies[COOKIE] = cookie
        text = other.get("/begin/").text
        assert "Ruta" not in text
        other.post("/begin/", {"kind": "friend", "name": "Mine now"})
    assert "Ruta" in guest.get("/begin/").text
    assert Guest.unscoped.filter(pk=row).exists()


def test_a_guessed_row_answers_like_one_that_is_not_there(guest: Browser, db: None) -> None:
    other = Browser()
    mine, _, _ = guest.cookies[COOKIE].value.partition(".")
    seen = []
    for row in (mine, str(uuid.uuid4())):
        other.cookies[COOKIE] = f"{row}.{'A' * 43}"
        answers = [other.get(f"/begin/{screen}") for screen in ("path/", "page/")]
        seen.append([(a.status_code, a.headers["Location"], a.content) for a in answers])
    assert seen[0] == seen[1]


def test_a_day_after_beginning_the_key_opens_nothing(guest: Browser) -> None:
    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1)):
        assert "Ruta" not in guest.get("/begin/").text
        assert guest.get("/begin/page/").status_code == 302


def test_leaving_quickly_takes_the_key_out_of_the_browser(guest: Browser) -> None:
    guest.post("/exit/")
    assert "Ruta" not in guest.get("/begin/").text


def test_what_is_taken_along_goes_to_whoever_is_signed_in_and_is_gone_for_the_next(
    guest: Browser, with_password: Any, stan: Any
) -> None:
    guest.post("/begin/page/", {"words": WORDS, "then": "sign-in"})
    sign_in(guest, with_password)
    guest.post("/begin/keep/")
    guest.post("/accounts/logout/")
    guest.force_login(stan)
    assert guest.get("/begin/keep/").url == "/"
    assert Entry.objects.written_by(with_password).count() == 1
    assert not Entry.objects.written_by(stan).exists()
