"""/accounts/signup/ and the code that proves an address."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail

from tests.accounts.same import same_bytes
from tests.conftest import PASSWORD, Browser
from trustrepair.accounts.models import User

NEW = {"email": "Zoe@Example.org", "password1": PASSWORD}


def signed_in(browser: Browser) -> bool:
    return bool(browser.get("/you/").status_code == 200)


def test_without_a_mail_server_signing_up_signs_in_at_once(db: None, nobody: Browser) -> None:
    answer = nobody.post("/accounts/signup/", NEW)
    assert (answer.status_code, answer.url) == (302, "/")
    assert signed_in(nobody)
    assert User.objects.get().email == "zoe@example.org"
    assert mail.outbox == []


def test_without_a_mail_server_the_page_says_so_before_signing_up(
    db: None, nobody: Browser
) -> None:
    assert "sends no mail yet" in nobody.get("/accounts/signup/").text


def test_with_a_mail_server_the_page_says_nothing_of_mail(
    db: None, with_mail: None, nobody: Browser
) -> None:
    assert "sends no mail yet" not in nobody.get("/accounts/signup/").text


def test_with_a_mail_server_nobody_is_in_before_the_code(
    db: None, with_mail: None, nobody: Browser, last_code: Callable[[], str]
) -> None:
    answer = nobody.post("/accounts/signup/", NEW)
    assert answer.url == "/accounts/confirm-email/"
    assert not signed_in(nobody)
    wrong = nobody.post("/accounts/confirm-email/", {"code": "WRNG-CODE"})
    assert "does not match" in wrong.text
    assert not signed_in(nobody)
    assert nobody.post("/accounts/confirm-email/", {"code": last_code()}).status_code == 302
    assert signed_in(nobody)


def test_the_browser_s_time_zone_is_kept(db: None, nobody: Browser) -> None:
    nobody.post("/accounts/signup/", {**NEW, "browser_zone": "Asia/Tokyo"})
    assert User.objects.get().time_zone == "Asia/Tokyo"


@pytest.mark.parametrize("page", ["/accounts/signup/", "/accounts/password/reset/"])
def test_an_address_longer_than_addresses_may_be_is_refused_beside_its_field(
    db: None, nobody: Browser, page: str
) -> None:
    longest = f"{'z' * 242}@example.org"
    answer = nobody.post(page, {**NEW, "email": f"z{longest}"})
    assert "at most 254 characters, and this one 255" in answer.text
    assert f"z{longest}" in answer.text
    assert not User.objects.exists()
    assert nobody.post(page, {**NEW, "email": longest}).status_code == 302


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "x" * 65, "../../etc/passwd"])
def test_a_zone_that_is_none_never_becomes_one(db: None, nobody: Browser, zone: str) -> None:
    nobody.post("/accounts/signup/", {**NEW, "browser_zone": zone})
    assert User.objects.filter(time_zone=zone).count() == 0


@pytest.mark.parametrize("password", ["elevencharz", "password1234", "zoe@example.org", ""])
def test_a_weak_password_is_refused_with_the_address_still_there(
    db: None, nobody: Browser, password: str
) -> None:
    answer = nobody.post("/accounts/signup/", {**NEW, "password1": password})
    assert 'value="Zoe@Example.org"' in answer.text
    assert User.objects.count() == 0


def test_a_known_address_and_a_new_one_are_answered_with_the_same_bytes(
    people: dict[str, Any], with_mail: None
) -> None:
    known, new = Browser(), Browser()
    address = people["ana"].email
    first = known.post("/accounts/signup/", {"email": address, "password1": PASSWORD})
    second = new.post("/accounts/signup/", {"email": "zoe@example.org", "password1": PASSWORD})
    assert same_bytes(first, second, address, "zoe@example.org")
    pages = known.get(first.url), new.get(second.url)
    assert same_bytes(*pages, address, "zoe@example.org")
    wrong = {"code": "WRNG-CODE"}
    answers = known.post(first.url, wrong), new.post(second.url, wrong)
    assert same_bytes(*answers, address, "zoe@example.org")
    assert [message.to for message in mail.outbox] == [[address], ["zoe@example.org"]]


def test_what_a_guest_wrote_is_taken_along(db: None, nobody: Browser) -> None:
    nobody.post("/begin/", {"kind": "friend", "name": "Tom"})
    nobody.post("/begin/page/", {"words": "", "then": "sign-in"})
    assert nobody.post("/accounts/signup/", NEW).url == "/begin/keep/"
