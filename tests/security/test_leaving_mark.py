"""The mark of a browser that is leaving: its keys are not looked at until the site has heard."""

from typing import Any

import pytest
from django.contrib.sessions.models import Session

from journal.relationships.guests import COOKIE
from tests.conftest import PASSWORD, Browser
from trustrepair.doors.leaving import MARK

pytestmark = pytest.mark.django_db
SIGN_IN = "/accounts/login/"


@pytest.fixture
def leaving(browser: Browser) -> Browser:
    """Ana's browser a moment after she left quickly."""
    browser.cookies[MARK] = "1"
    return browser


@pytest.mark.parametrize("path", ["/journal/", "/you/", "/reminders/"])
def test_pages_of_somebody_who_is_leaving_are_closed(leaving: Browser, path: str) -> None:
    assert leaving.get(path)["Location"] == f"{SIGN_IN}?next={path}"
    assert Session.objects.count() == 1, "what leaving sends still needs it"


def test_today_and_public_pages_know_nobody(leaving: Browser) -> None:
    for path in ("/", "/privacy/"):
        assert b"data-private" not in leaving.get(path).content


def test_what_leaving_sends_still_ends_the_session_and_takes_the_mark_away(
    leaving: Browser,
) -> None:
    answer = leaving.post("/exit/")
    assert not Session.objects.exists()
    assert answer.cookies[MARK]["max-age"] == 0


def test_where_leaving_never_arrived_one_can_sign_in_again(leaving: Browser, ana: Any) -> None:
    ana.set_password(PASSWORD)
    ana.save()
    leaving.force_login(ana)
    leaving.get(SIGN_IN)
    leaving.post(SIGN_IN, {"login": ana.email, "password": PASSWORD})
    assert not leaving.cookies[MARK].value
    assert leaving.get("/journal/").status_code == 200


def test_a_guest_who_left_begins_anew(nobody: Browser) -> None:
    said = {"kind": "friend", "name": "marmalade"}
    nobody.post("/begin/", said)
    assert "marmalade" in nobody.get("/begin/").text
    nobody.cookies[MARK] = "1"
    assert "marmalade" not in nobody.get("/begin/").text
    assert not nobody.cookies[MARK].value and not nobody.cookies[COOKIE].value
    nobody.post("/begin/", {**said, "name": "quince"})
    assert "quince" in nobody.get("/begin/").text
