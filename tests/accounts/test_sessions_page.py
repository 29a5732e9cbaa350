"""/accounts/sessions/: where somebody is signed in."""

from typing import Any

import pytest

from tests.conftest import PASSWORD, Browser
from trustrepair.accounts.devices import in_words

PAGE = "/accounts/sessions/"
PHONE = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"


def test_all_the_others_are_signed_out_at_once(signed_in: Browser) -> None:
    other = Browser()
    other.post("/accounts/login/", {"login": "ana@example.org", "password": PASSWORD})
    assert other.get("/you/").status_code == 200
    assert "Sign out all the others" in signed_in.get(PAGE).text
    signed_in.post(PAGE)
    assert other.get("/you/").status_code == 302
    assert signed_in.get("/you/").status_code == 200


def sign_in(email: str, user_agent: str) -> Browser:
    """Return a new browser in which somebody has signed in."""
    browser = Browser(headers={"user-agent": user_agent})
    browser.post("/accounts/login/", {"login": email, "password": PASSWORD})
    return browser


def test_browsers_are_named_in_words(signed_in: Browser) -> None:
    sign_in("ana@example.org", PHONE)
    text = signed_in.get(PAGE).text
    assert "Firefox on Android" in text
    assert "Gecko" not in text
    assert text.count("<h2>") == 2
    assert text.count(", this one") == 1


def test_nobody_else_s_are_listed_or_ended(signed_in: Browser, people: dict[str, Any]) -> None:
    people["stan"].set_password(PASSWORD)
    people["stan"].save()
    other = sign_in("stan@example.org", PHONE)
    assert "Firefox on Android" in other.get(PAGE).text
    assert "Firefox on Android" not in signed_in.get(PAGE).text
    signed_in.post(PAGE)
    assert other.get("/you/").status_code == 200


WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
BLINK = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {BLINK} Safari/537.36", "Chrome on Windows"),
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {BLINK} Safari/537.36 Edg/142.0.0.0",
            "Edge on Windows",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 10; K) {BLINK} Mobile Safari/537.36 EdgA/142.0.0.0",
            "Edge on Android",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 15; SM) {BLINK} SamsungBrowser/28.0 Mobile Safari/537.36",
            "Samsung Internet on Android",
        ),
        (
            f"Mozilla/5.0 (X11; CrOS x86_64 16328.0.0) {BLINK} Safari/537.36",
            "Chrome on a Chromebook",
        ),
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) {WEBKIT} Version/18.6 "
            "Mobile/15E148 Safari/604.1",
            "Safari on an iPhone",
        ),
        (
            f"Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) {WEBKIT} FxiOS/144.0 Mobile/15E148 "
            "Safari/605.1.15",
            "Firefox on an iPad",
        ),
        (
            f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Version/18.6 "
            "Safari/605.1.15",
            "Safari on a Mac or an iPad",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:144.0) Gecko/20100101 Firefox/144.0",
            "Firefox on a Mac",
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Version/4.0 Chrome/142.0.0.0 Mobile Safari/537.36 OPR/91.0",
            "Opera on Android",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64) Something/1.0", "A browser on Linux"),
        ("curl/8.5.0", "A browser we do not know"),
        ("", "A browser we do not know"),
    ],
)
def test_what_a_browser_says_of_itself_is_put_into_words(said: str, words: str) -> None:
    assert in_words(said) == words
