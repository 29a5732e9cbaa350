"""/accounts/email/: another address, proved by code."""

from collections.abc import Callable
from typing import Any

from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone

from steps.models import ReminderSettings
from tests.conftest import Browser
from tests.journal.posting import words

PAGE = "/accounts/email/"


def test_a_new_address_counts_once_its_code_is_entered(
    with_mail: None, signed_in: Browser, ana: Any, last_code: Callable[[], str]
) -> None:
    asked = signed_in.post(PAGE, {"action_add": "", "email": "ana@elsewhere.example"})
    assert mail.outbox[-1].to == ["ana@elsewhere.example"]
    ana.refresh_from_db()
    assert ana.email == "ana@example.org"
    done = signed_in.post(asked.url, {"code": last_code()})
    assert done.url == PAGE
    ana.refresh_from_db()
    assert ana.email == "ana@elsewhere.example"
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["ana@elsewhere.example"]


def test_reminders_are_mailed_again_once_a_new_address_is_proved(
    with_mail: None, signed_in: Browser, ana: Any, stan: Any, last_code: Callable[[], str]
) -> None:
    for person in (ana, stan):
        ReminderSettings.objects.create(person=person, refused_at=timezone.now())
    asked = signed_in.post(PAGE, {"action_add": "", "email": "ana@elsewhere.example"})
    assert ReminderSettings.objects.get(person=ana).refused_at
    signed_in.post(asked.url, {"code": last_code()})
    assert ReminderSettings.objects.get(person=ana).refused_at is None
    assert ReminderSettings.objects.get(person=stan).refused_at


def test_the_old_address_is_told_but_never_the_new_one_named(
    with_mail: None, signed_in: Browser, last_code: Callable[[], str]
) -> None:
    asked = signed_in.post(PAGE, {"action_add": "", "email": "ana@elsewhere.example"})
    signed_in.post(asked.url, {"code": last_code()})
    told = mail.outbox[-1]
    assert told.to == ["ana@example.org"]
    assert "elsewhere" not in told.subject + told.body


def test_an_address_that_somebody_else_has_is_not_told_apart(
    with_mail: None, signed_in: Browser, people: dict[str, Any]
) -> None:
    told = []
    for address in ("nobody@example.org", "ben@example.org"):
        sent = signed_in.post(PAGE, {"action_add": "", "email": address})
        assert sent.status_code == 302
        told.append((sent.url, words(signed_in.get(sent.url)).replace(address, "")))
    assert told[0] == told[1]


def test_one_s_own_address_is_refused_in_words(with_mail: None, signed_in: Browser) -> None:
    answer = signed_in.post(PAGE, {"action_add": "", "email": "ana@example.org"})
    assert "That is your address already" in answer.text


def test_long_after_signing_in_the_password_is_asked_for_first(
    with_mail: None, ana_has_password: Any, browser: Browser
) -> None:
    answer = browser.post(PAGE, {"action_add": "", "email": "ana@elsewhere.example"})
    assert answer.url.startswith("/accounts/reauthenticate/")


def test_without_a_mail_server_it_counts_at_once_and_the_page_says_so(
    signed_in: Browser, ana: Any
) -> None:
    assert "counts at once" in signed_in.get(PAGE).text
    signed_in.post(PAGE, {"action_add": "", "email": "Ana@Elsewhere.example"})
    ana.refresh_from_db()
    assert ana.email == "ana@elsewhere.example"
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [
        ("ana@elsewhere.example", False, True)
    ]
    assert signed_in.get(PAGE).text.count("ana@elsewhere.example") == 1
    assert mail.outbox == []


def test_without_a_mail_server_a_taken_address_is_refused_in_words(
    signed_in: Browser, ana: Any, people: dict[str, Any]
) -> None:
    answer = signed_in.post(PAGE, {"action_add": "", "email": "BEN@example.org"})
    assert "has an account already" in answer.text
    ana.refresh_from_db()
    assert ana.email == "ana@example.org"


def test_an_address_longer_than_addresses_may_be_is_refused_in_words(
    signed_in: Browser, ana: Any
) -> None:
    answer = signed_in.post(PAGE, {"action_add": "", "email": f"{'a' * 243}@example.org"})
    assert "at most 254 characters, and this one 255" in answer.text
    ana.refresh_from_db()
    assert ana.email == "ana@example.org"


def test_it_needs_an_account(db: None, nobody: Browser) -> None:
    assert nobody.get(PAGE).url == f"/accounts/login/?next={PAGE}"
