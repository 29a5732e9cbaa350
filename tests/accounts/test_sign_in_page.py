"""/accounts/login/ and /accounts/logout/."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session

from tests.accounts.same import same_bytes
from tests.conftest import PASSWORD, Browser
from trustrepair.doors.sessions import hashed

LOGIN = "/accounts/login/"


def test_address_and_password_lead_to_today(ana_has_password: Any, nobody: Browser) -> None:
    answer = nobody.post(LOGIN, {"login": "ANA@example.org", "password": PASSWORD})
    assert (answer.status_code, answer.url) == (302, "/")
    assert nobody.get("/you/").status_code == 200


def test_a_page_asked_for_before_is_opened_after(ana_has_password: Any, nobody: Browser) -> None:
    asked = nobody.get("/journal/")
    assert asked.url == "/accounts/login/?next=/journal/"
    answer = nobody.post(
        LOGIN, {"login": "ana@example.org", "password": PASSWORD, "next": "/journal/"}
    )
    assert answer.url == "/journal/"


def test_another_site_is_never_gone_to_after_signing_in(
    ana_has_password: Any, nobody: Browser
) -> None:
    data = {"login": "ana@example.org", "password": PASSWORD, "next": "https://evil.example/"}
    assert nobody.post(LOGIN, data).url == "/"


def test_what_a_guest_wrote_is_offered_after_signing_in(
    ana_has_password: Any, nobody: Browser
) -> None:
    nobody.post("/begin/", {"kind": "friend", "name": "Tom"})
    nobody.post("/begin/page/", {"words": "", "then": "sign-in"})
    answer = nobody.post(LOGIN, {"login": "ana@example.org", "password": PASSWORD})
    assert answer.url == "/begin/keep/"


def test_a_wrong_password_and_an_unknown_address_get_the_same_bytes(
    ana_has_password: Any, with_mail: None
) -> None:
    wrong = Browser().post(LOGIN, {"login": "ana@example.org", "password": "not the sentence"})
    unknown = Browser().post(LOGIN, {"login": "zoe@example.org", "password": "not the sentence"})
    assert "do not match" in wrong.text
    assert wrong.status_code == unknown.status_code == 422
    assert same_bytes(wrong, unknown, "ana@example.org", "zoe@example.org")


def test_many_wrong_passwords_are_stopped_even_for_the_right_one(
    ana_has_password: Any, nobody: Browser
) -> None:
    for _ in range(5):
        nobody.post(LOGIN, {"login": "ana@example.org", "password": "not the sentence"})
    answer = nobody.post(LOGIN, {"login": "ana@example.org", "password": PASSWORD})
    assert "Too many tries" in answer.text


def test_nothing_that_is_stored_is_the_cookie(signed_in: Browser) -> None:
    cookie = signed_in.cookies[settings.SESSION_COOKIE_NAME].value
    signed_in.get("/you/")
    stored = set(Session.objects.values_list("session_key", flat=True))
    stored |= set(UserSession.objects.values_list("session_key", flat=True))
    assert cookie not in stored
    assert stored == {hashed(cookie)}
    assert Browser().get("/you/").status_code == 302


def test_a_stored_key_signs_nobody_in(signed_in: Browser, nobody: Browser) -> None:
    thief = Browser()
    thief.cookies[settings.SESSION_COOKIE_NAME] = Session.objects.get().session_key
    assert thief.get("/you/").status_code == 302


def test_signing_in_gives_a_new_cookie(ana_has_password: Any, nobody: Browser) -> None:
    nobody.get(LOGIN)
    before = nobody.cookies[settings.SESSION_COOKIE_NAME].value
    nobody.post(LOGIN, {"login": "ana@example.org", "password": PASSWORD})
    assert nobody.cookies[settings.SESSION_COOKIE_NAME].value != before


def test_signing_out_takes_a_press_of_a_button(signed_in: Browser) -> None:
    assert "This device forgets you" in signed_in.get("/accounts/logout/").text
    assert signed_in.get("/you/").status_code == 200
    assert signed_in.post("/accounts/logout/").url == "/"
    assert signed_in.get("/you/").status_code == 302
    assert Session.objects.count() == 0


def test_signing_in_and_out_names_nobody(ana_has_password: Any, nobody: Browser) -> None:
    nobody.post(LOGIN, {"login": "ana@example.org", "password": PASSWORD})
    assert "Successfully" not in nobody.get("/you/").text
    nobody.post("/accounts/logout/")
    assert "ana@example.org" not in nobody.get("/accounts/login/").text
