"""/accounts/password/reset/: a new password by code."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail

from tests.accounts.same import same_bytes
from tests.conftest import PASSWORD, Browser
from trustrepair.accounts.waiting import WAIT

RESET = "/accounts/password/reset/"
NEW = "another long enough sentence"


def reset(browser: Browser, read_code: Callable[[], str]) -> Any:
    """Walk from the address to the new password; return the last answer."""
    asked = browser.post(RESET, {"email": "ana@example.org"})
    proved = browser.post(asked.url, {"code": read_code()})
    return browser.post(proved.url, {"password1": NEW, "password2": NEW})


def sign_in(password: str) -> Any:
    return Browser().post("/accounts/login/", {"login": "ana@example.org", "password": password})


def a_day_later(person: Any) -> None:
    """Let a new password of somebody's have waited for its day."""
    person.refresh_from_db()
    person.next_password_at -= WAIT
    person.save(update_fields=["next_password_at"])


def test_a_code_by_mail_leads_to_a_new_password_a_day_later(
    ana_has_password: Any, with_mail: None, nobody: Browser, last_code: Callable[[], str]
) -> None:
    done = reset(nobody, last_code)
    assert "a day from now" in nobody.get(done.url).text
    assert mail.outbox[-1].subject == "Your sign-in has changed"
    a_day_later(ana_has_password)
    assert sign_in(NEW).url == "/"
    assert "do not match" in sign_in(PASSWORD).text


def test_whoever_reads_the_mail_reads_nothing_else_that_day(
    signed_in: Browser, ana: Any, with_mail: None, last_code: Callable[[], str]
) -> None:
    thief = Browser()
    reset(thief, last_code)
    assert thief.get("/you/").status_code == 302
    refused = sign_in(NEW)
    assert refused.status_code == 422
    assert "This new password holds from" in refused.text
    assert sign_in(PASSWORD).url == "/"
    # A wrong password is told nothing of one that waits.
    assert "holds from" not in sign_in("some other long sentence").text


def test_every_device_that_is_signed_in_says_so_and_can_stop_it(
    signed_in: Browser, ana: Any, with_mail: None, last_code: Callable[[], str]
) -> None:
    assert "Somebody asked for a new password" not in signed_in.get("/journal/").text
    reset(Browser(), last_code)
    assert "Somebody asked for a new password" in signed_in.get("/journal/").text
    stopped = signed_in.post("/you/new-password/stop/")
    assert "Stopped. Your password stays as it is." in signed_in.get(stopped.url).text
    assert "Somebody asked" not in signed_in.get("/journal/").text
    assert "do not match" in sign_in(NEW).text
    assert sign_in(PASSWORD).url == "/"


def test_a_password_changed_meanwhile_stops_it_too(
    signed_in: Browser, ana: Any, with_mail: None, last_code: Callable[[], str]
) -> None:
    reset(Browser(), last_code)
    third = "a third long enough sentence"
    changed = {"oldpassword": PASSWORD, "password1": third, "password2": third}
    signed_in.post("/accounts/password/change/", changed)
    ana.refresh_from_db()
    assert (ana.next_password, ana.next_password_at) == ("", None)
    assert sign_in(third).url == "/"


def test_asking_once_more_begins_the_day_anew(
    ana_has_password: Any, with_mail: None, last_code: Callable[[], str]
) -> None:
    reset(Browser(), last_code)
    a_day_later(ana_has_password)
    reset(Browser(), last_code)
    assert "This new password holds from" in sign_in(NEW).text


def test_with_a_second_step_the_new_password_holds_at_once(
    ana_has_password: Any, with_mail: None, nobody: Browser, last_code: Callable[[], str]
) -> None:
    TOTP.activate(ana_has_password, generate_totp_secret())
    reset(nobody, last_code)
    ana_has_password.refresh_from_db()
    assert ana_has_password.check_password(NEW)
    assert ana_has_password.next_password == ""


def test_a_wrong_code_changes_nothing(
    ana_has_password: Any, with_mail: None, nobody: Browser
) -> None:
    asked = nobody.post(RESET, {"email": "ana@example.org"})
    answer = nobody.post(asked.url, {"code": "WRNG-CODE"})
    assert "does not match" in answer.text
    ana_has_password.refresh_from_db()
    assert ana_has_password.check_password(PASSWORD)


def test_a_known_address_and_an_unknown_one_get_the_same_bytes(
    ana_has_password: Any, with_mail: None
) -> None:
    known, unknown = Browser(), Browser()
    addresses = "ana@example.org", "zoe@example.org"
    first = known.post(RESET, {"email": addresses[0]})
    second = unknown.post(RESET, {"email": addresses[1]})
    assert same_bytes(first, second, *addresses)
    assert same_bytes(known.get(first.url), unknown.get(second.url), *addresses)
    wrong = {"code": "WRNG-CODE"}
    assert same_bytes(known.post(first.url, wrong), unknown.post(second.url, wrong), *addresses)


def test_a_new_password_by_mail_does_not_pass_the_second_step(
    ana_has_password: Any, with_mail: None, nobody: Browser, last_code: Callable[[], str]
) -> None:
    TOTP.activate(ana_has_password, generate_totp_secret())
    reset(nobody, last_code)
    assert nobody.get("/you/").status_code == 302
    answer = nobody.post("/accounts/login/", {"login": "ana@example.org", "password": NEW})
    assert answer.url == "/accounts/2fa/authenticate/"
    assert nobody.get("/you/").status_code == 302


def test_without_a_mail_server_the_page_says_that_no_code_can_come(
    db: None, nobody: Browser
) -> None:
    assert "so no code can come" in nobody.get(RESET).text


def test_with_a_mail_server_it_does_not(db: None, with_mail: None, nobody: Browser) -> None:
    assert "so no code can come" not in nobody.get(RESET).text
