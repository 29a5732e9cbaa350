"""The lock: quiet minutes or one press shut every page, and one's own answer opens them again."""

import re
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from journal.entries.models import Entry
from tests.accounts.codes import code_now
from tests.conftest import PASSWORD, Browser
from tests.house.addresses import OWN, PRIVATE, Things, everywhere, passkey, private
from tests.security.conftest import owner_of, token_of
from trustrepair.accounts import waiting

WORDS = "What nobody should read over my shoulder."
LOCKED_ONES = {"lock", "unlock", "account_reauthenticate", "mfa_reauthenticate",
               "mfa_reauthenticate_webauthn"}  # fmt: skip
JSON = {"Accept": "application/json"}


@pytest.fixture
def hers(ana: Any, browser_of: Callable[..., Browser]) -> Browser:
    """Ana's browser; she has a password."""
    ana.set_password(PASSWORD)
    ana.save()
    return browser_of(ana)


@pytest.fixture
def things(ana: Any, page: Any) -> Things:
    return Things.of_ana(ana, page)


class Clock:
    """The time, turned on by minutes."""

    def __init__(self, travel: Any) -> None:
        self.travel = travel

    def on(self, minutes: float) -> None:
        self.travel.shift(timedelta(minutes=minutes))


@pytest.fixture
def clock() -> Iterator[Clock]:
    with time_machine.travel(timezone.now(), tick=False) as travel:
        yield Clock(travel)


def is_locked(browser: Browser) -> bool:
    """Ask as a page does that nobody sits at."""
    return bool(browser.get("/lock/").status_code == 401)


def unlock(browser: Browser, way: str = "/accounts/reauthenticate/", **answer: str) -> Any:
    return browser.post(way, {"next": "/journal/", **(answer or {"password": PASSWORD})})


def filled(browser: Browser, **words: str) -> dict[str, str]:
    """Return a free page with what its own form carries."""
    text = browser.get("/journal/new/").text
    ids = {"entry_id": str(uuid.uuid4()), "save_id": str(uuid.uuid4()), "base_version": "0"}
    return {**ids, "text": WORDS, "owner": owner_of(text), "csrfmiddlewaretoken": token_of(text)}


# --- when it locks ------------------------------------------------------------------------------
def test_ten_quiet_minutes_lock_and_less_does_not(clock: Clock, hers: Browser) -> None:
    clock.on(9.9)
    assert hers.get("/journal/").status_code == 200
    clock.on(9.9)
    assert hers.get("/journal/").status_code == 200
    clock.on(10.1)
    answer = hers.get("/journal/")
    assert (answer.status_code, answer.url) == (302, "/unlock/?next=/journal/")


@pytest.mark.parametrize("minutes", [2, 30])
def test_the_minutes_are_the_persons_own(clock: Clock, hers: Browser, minutes: int) -> None:
    said = {"display_name": "Ana", "time_zone": "UTC", "lock_minutes": str(minutes)}
    assert hers.post("/you/", said).status_code == 302
    clock.on(minutes - 0.1)
    assert hers.get("/you/").status_code == 200
    clock.on(minutes + 0.1)
    assert is_locked(hers)


@pytest.mark.parametrize("minutes", ["1", "31", "-5", "ten", "2.5", "9" * 400, "\x00"])
def test_other_minutes_are_refused_beside_the_field(hers: Browser, ana: Any, minutes: str) -> None:
    said = {"display_name": "Anna", "time_zone": "UTC", "lock_minutes": minutes}
    answer = hers.post("/you/", said)
    assert answer.status_code == 422
    assert "Choose a whole number from 2 to 30." in answer.text
    assert 'value="Anna"' in answer.text, "what was typed is still there"
    ana.refresh_from_db()
    assert ana.lock_minutes == 10


def test_a_page_that_asks_by_itself_keeps_nothing_open(
    clock: Clock, hers: Browser, things: Things
) -> None:
    for _ in range(11):
        hers.get(private("room_since", things))
        hers.post("/journal/margin/", {"text": "You always forget."})
        hers.get("/lock/")
        clock.on(1)
    assert is_locked(hers)


@pytest.mark.parametrize("sign", ["autosave", "a page that is being read"])
def test_writing_and_reading_keep_it_open(clock: Clock, hers: Browser, sign: str) -> None:
    typed = filled(hers)
    for minute in range(12):
        clock.on(1)
        if sign == "autosave":
            typed |= {"save_id": str(uuid.uuid4()), "base_version": str(minute)}
            typed["text"] = f"{WORDS} {minute}"
            assert hers.post("/journal/autosave/", typed, headers=JSON).status_code == 200
        else:
            assert hers.get("/lock/?here").json()["left"] == 600
    assert not is_locked(hers)


def test_being_there_is_written_down_once_a_minute(clock: Clock, hers: Browser) -> None:
    def written() -> int:
        with CaptureQueriesContext(connection) as asked:
            hers.get("/journal/")
        return sum(query["sql"].startswith("UPDATE") for query in asked)

    written()
    clock.on(1.1)
    counts = [written() for _ in range(4)]
    assert counts in ([1, 0, 0, 0], [0, 0, 0, 0]), "sessions may be in Redis alone"


def test_lock_now_locks_now_and_every_tab(hers: Browser) -> None:
    assert "Lock now" in hers.get("/you/").text
    assert hers.post("/lock/").url == "/unlock/"
    other_tab = Browser()
    other_tab.cookies = hers.cookies
    assert is_locked(other_tab)


def test_a_lock_is_one_browsers_alone(hers: Browser, ana: Any, browser_of: Any) -> None:
    elsewhere = browser_of(ana)
    hers.post("/lock/")
    assert not is_locked(elsewhere)


def test_a_request_under_way_cannot_take_a_lock_off(hers: Browser) -> None:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    late = store(hers.session.session_key)
    late["something"] = 1  # read before the lock, written after it
    hers.post("/lock/")
    late.save()
    assert is_locked(hers)


# --- what a lock shuts --------------------------------------------------------------------------
def test_while_locked_nothing_of_ones_own_opens(hers: Browser, things: Things) -> None:
    hers.post("/lock/")
    for name, address in everywhere(things):
        if name not in {**OWN, **PRIVATE, "home": ()} or name in LOCKED_ONES:
            continue
        answer = hers.get(address)
        assert answer.status_code == 302, address
        assert answer.url == f"/unlock/?next={address}"
        assert not answer.content


def test_while_locked_nobody_can_tell_what_there_is(hers: Browser, things: Things) -> None:
    hers.post("/lock/")
    hers.get("/accounts/logout/")  # a form's token is in the session from here on
    missing = Things.of_nobody()
    for name in PRIVATE:
        for method in ("get", "post"):
            asked = []
            for one in (things, missing):
                address = private(name, one)
                with CaptureQueriesContext(connection) as queries:
                    answer = getattr(hers, method)(address)
                said = answer.headers.get("Location", answer.text).replace(address, "")
                asked.append((answer.status_code, len(said), len(queries)))
            assert asked[0] == asked[1], (method, name)


@pytest.mark.parametrize("address", ["/guide/", "/safety/", "/privacy/", "/accounts/logout/"])
def test_what_is_everybodys_and_the_ways_out_stay_open(hers: Browser, address: str) -> None:
    hers.post("/lock/")
    assert hers.get(address).status_code == 200


def test_signing_out_and_leaving_need_no_unlocking(hers: Browser) -> None:
    hers.post("/lock/")
    hers.post("/accounts/logout/")
    assert hers.get("/journal/").url.startswith("/accounts/login/")


# --- no word is lost ----------------------------------------------------------------------------
def test_words_sent_while_locked_come_back_and_are_kept_once_after_unlocking(
    strict: Callable[..., Browser], hers: Browser, ana: Any
) -> None:
    browser = strict(ana)
    typed = filled(browser)
    browser.post("/lock/", {"csrfmiddlewaretoken": typed["csrfmiddlewaretoken"]})
    answer = browser.post("/journal/new/", typed)
    assert answer.status_code == 403
    assert WORDS in answer.text
    assert "nothing is lost" in answer.text
    assert not Entry.objects.written_by(ana).exists()
    again = {**typed, "csrfmiddlewaretoken": token_of(answer.text.partition("<main")[2])}
    assert unlock(browser, password=PASSWORD, **token(browser)).url == "/journal/"
    for _ in range(2):
        assert browser.post("/journal/new/", again).status_code == 302
    assert Entry.objects.written_by(ana).count() == 1


def token(browser: Browser) -> dict[str, str]:
    return {"csrfmiddlewaretoken": token_of(browser.get("/accounts/reauthenticate/").text)}


def test_a_password_sent_while_locked_is_not_shown(hers: Browser) -> None:
    hers.post("/lock/")
    answer = hers.post("/accounts/password/change/", {"oldpassword": PASSWORD, "text": "x"})
    assert answer.status_code == 403
    assert PASSWORD not in answer.text
    assert "/unlock/?next=/accounts/password/change/" in answer.text


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_page_that_saves_by_itself_hears_why_not(hers: Browser, method: str) -> None:
    typed = filled(hers)
    hers.post("/lock/")
    path = {"get": "/journal/token/", "post": "/journal/autosave/"}[method]
    answer = getattr(hers, method)(path, typed)
    assert (answer.status_code, answer.json()) == (401, {"why": "locked"})


def test_leaving_quickly_keeps_the_words_of_a_locked_page(
    strict: Callable[..., Browser], ana: Any
) -> None:
    browser = strict(ana)
    typed = filled(browser)
    browser.post("/lock/", {"csrfmiddlewaretoken": typed["csrfmiddlewaretoken"]})
    assert browser.post("/exit/", typed).status_code == 200
    assert Entry.objects.written_by(ana).count() == 1


# --- the way back in ----------------------------------------------------------------------------
def test_a_password_unlocks_and_leads_on(hers: Browser) -> None:
    hers.post("/lock/")
    answer = hers.get("/unlock/?next=/journal/letters/", follow=True)
    assert "<h1>Locked</h1>" in answer.text
    assert 'data-lock="0"' in answer.text
    assert hers.post("/accounts/reauthenticate/", {"password": "wrong"}).status_code == 422
    assert is_locked(hers)
    said = {"password": PASSWORD, "next": "/journal/letters/"}
    assert hers.post("/accounts/reauthenticate/", said).url == "/journal/letters/"
    assert hers.get("/journal/letters/").status_code == 200


def test_an_answer_from_before_the_lock_opens_nothing(clock: Clock, hers: Browser) -> None:
    unlock(hers)
    clock.on(1)
    hers.post("/lock/")
    clock.on(1)
    assert is_locked(hers)
    assert hers.get("/accounts/reauthenticate/?next=/journal/").status_code == 200
    unlock(hers)
    assert not is_locked(hers)


def test_visiting_the_question_does_not_count_as_being_there(clock: Clock, hers: Browser) -> None:
    clock.on(11)
    for _ in range(3):
        hers.get("/unlock/", follow=True)
        hers.post("/accounts/reauthenticate/", {"password": "wrong"})
        assert is_locked(hers)


def test_a_code_unlocks(hers: Browser, ana: Any) -> None:
    secret = generate_totp_secret()
    TOTP.activate(ana, secret)
    hers.post("/lock/")
    assert "/accounts/2fa/reauthenticate/" in hers.get("/unlock/", follow=True).text
    unlock(hers, "/accounts/2fa/reauthenticate/", code=code_now(secret))
    assert not is_locked(hers)


def test_whoever_has_only_a_passkey_is_asked_for_it(browser: Browser, ana: Any) -> None:
    """That one unlocks is shown by a real browser, in tests/accounts/test_passkeys.py."""
    ana.set_unusable_password()
    ana.save()
    browser.force_login(ana)
    Authenticator.objects.create(user=ana, type=Authenticator.Type.WEBAUTHN, data=passkey())
    browser.post("/lock/")
    answer = browser.get("/unlock/?next=/journal/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/2fa/webauthn/reauthenticate/")


def test_whoever_has_no_way_to_answer_can_sign_out(browser: Browser, ana: Any) -> None:
    ana.set_unusable_password()
    ana.save()
    browser.force_login(ana)
    browser.post("/lock/")
    answer = browser.get("/unlock/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/logout/")
    assert answer.status_code == 200


def test_a_new_password_by_mail_is_no_way_around_it(hers: Browser, ana: Any) -> None:
    hers.post("/lock/")
    for path in ("/accounts/password/reset/", "/accounts/password/reset/complete/"):
        assert hers.post(path, {"email": ana.email}).status_code == 403
    session = hers.session
    session["account_authentication_methods"] = [
        {"method": "password_reset", "at": timezone.now().timestamp() + 1}
    ]
    session["account_authentication_methods_user"] = str(ana.pk)
    session.save()
    assert is_locked(hers)


def test_guessing_is_limited(hers: Browser) -> None:
    hers.post("/lock/")
    tried = [
        hers.post("/accounts/reauthenticate/", {"password": f"guess {number}"}).status_code
        for number in range(12)
    ]
    assert tried[-1] == 429
    assert is_locked(hers)


@pytest.mark.parametrize("onward", ["https://elsewhere.example/", "//elsewhere.example", "\\\\x"])
def test_unlocking_leads_nowhere_else(hers: Browser, onward: str) -> None:
    assert hers.get("/unlock/", {"next": onward}).url == "/"
    hers.post("/lock/")
    assert "elsewhere" not in hers.get("/unlock/", {"next": onward}).url


def test_who_forgot_the_password_can_sign_out_and_ask_for_another(
    hers: Browser, settings: Any
) -> None:
    settings.EMAIL_URL = "smtp://localhost"
    hers.post("/lock/")
    page = hers.get("/unlock/", follow=True).text
    assert "Forgot your password?" not in page, "while locked that page leads back here"
    assert "Sign out and ask for one" in page
    onward = re.search(r'name="next" value="(/accounts/password/reset/)"', page)
    assert onward
    answer = hers.post("/accounts/logout/", {"next": onward[1]}, follow=True)
    assert answer.redirect_chain[-1] == ("/accounts/password/reset/", 302)
    assert answer.status_code == 200


def test_where_no_mail_is_sent_the_locked_page_says_who_can_help(hers: Browser) -> None:
    hers.post("/lock/")
    page = hers.get("/unlock/", follow=True).text
    assert "Ask whoever runs it" in page
    assert "/accounts/password/reset/" not in page


def test_while_open_the_question_who_they_are_still_helps_with_a_password(hers: Browser) -> None:
    page = hers.get("/accounts/reauthenticate/?next=/you/export/").text
    assert "Forgot your password?" in page
    assert "If you can’t answer" not in page


@pytest.mark.parametrize(
    "address", ["/unlock/", "/accounts/logout/", "/guide/", "/safety/", "/there/is/none/"]
)
def test_a_locked_page_tells_nothing_of_its_person(hers: Browser, ana: Any, address: str) -> None:
    ana.display_name, ana.is_coach, ana.shares_room = "Xenia", True, True
    ana.save()
    waiting.choose(ana, "seven quiet evenings")
    assert "Somebody asked for a new password" in hers.get("/guide/").text
    hers.post("/lock/")
    page = hers.get(address, follow=True).text
    menu = re.search(r'<nav class="nav".*?</nav>', page, re.DOTALL)
    assert menu
    assert re.findall(r"</svg>([^<]+)", menu[0]) == ["The guide", "Safety", "Unlock"]
    for word in ("Xenia", ">X<", "ana@", "/you/", "Somebody asked for a new password"):
        assert word not in page, word
