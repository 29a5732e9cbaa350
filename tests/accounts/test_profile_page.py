"""/you/: name and time zone."""

from typing import Any

import pytest

from tests.conftest import Browser

PAGE = "/you/"
WRITING = "/you/writing/"


def test_name_and_zone_are_kept(browser: Browser, ana: Any) -> None:
    answer = browser.post(PAGE, {"display_name": "  Anna ", "time_zone": "Asia/Kolkata"})
    assert (answer.status_code, answer.url) == (302, PAGE)
    ana.refresh_from_db()
    assert (ana.display_name, ana.time_zone) == ("Anna", "Asia/Kolkata")
    assert "That’s kept." in browser.get(PAGE).text


def test_the_name_may_stay_empty(browser: Browser, ana: Any) -> None:
    browser.post(PAGE, {"display_name": "", "time_zone": "UTC"})
    ana.refresh_from_db()
    assert ana.display_name == ""


@pytest.mark.parametrize(
    ("name", "zone"),
    [("Anna", "Mars/Olympus"), ("Anna", ""), ("x" * 61, "UTC"), ("An\x00na", "UTC")],
)
def test_what_cannot_be_kept_is_said_and_nothing_is_changed(
    browser: Browser, ana: Any, name: str, zone: str
) -> None:
    answer = browser.post(PAGE, {"display_name": name, "time_zone": zone})
    assert answer.status_code == 422
    ana.refresh_from_db()
    assert ana.display_name == "Ana"


def test_only_one_s_own_profile_can_be_changed(browser: Browser, stan: Any) -> None:
    browser.post(PAGE, {"display_name": "Anna", "time_zone": "UTC", "id": stan.pk, "pk": stan.pk})
    stan.refresh_from_db()
    assert stan.display_name == "Stan"


def test_nobody_becomes_staff_or_coach_by_post(browser: Browser, ana: Any) -> None:
    forged = {"is_staff": "on", "is_superuser": "on", "is_coach": "on", "email": "x@example.org"}
    browser.post(PAGE, {"display_name": "Ana", "time_zone": "UTC", **forged})
    ana.refresh_from_db()
    assert (ana.is_staff, ana.is_superuser, ana.is_coach) == (False, False, False)
    assert ana.email == "ana@example.org"


def test_without_a_mail_server_the_page_says_so(browser: Browser) -> None:
    assert "sends no mail yet" in browser.get(PAGE).text


def test_with_a_mail_server_it_does_not(browser: Browser, with_mail: None) -> None:
    assert "sends no mail yet" not in browser.get(PAGE).text


def test_it_leads_to_everything_about_the_account(browser: Browser) -> None:
    page = browser.get(PAGE).text
    for address in (
        "/accounts/email/", "/accounts/password/change/", "/accounts/2fa/", "/accounts/sessions/",
        "/accounts/logout/", "/you/relationships/", "/privacy/",
    ):  # fmt: skip
        assert f'href="{address}"' in page


def test_size_and_spelling_are_kept_without_scripts_and_honoured_where_one_writes_and_reads(
    browser: Browser, ana: Any, page: Any
) -> None:
    answer = browser.post(WRITING, {"text_size": "largest", "spellcheck": "on"})
    assert (answer.status_code, answer.url) == (302, PAGE)
    assert "That’s kept." in browser.get(PAGE).text
    for address in ("/journal/new/", f"/journal/{page.pk}/", f"/journal/{page.pk}/edit/"):
        assert 'data-size="largest"' in browser.get(address).text, address
    assert 'spellcheck="true"' in browser.get("/journal/new/").text
    browser.post(WRITING, {"text_size": "usual"})
    ana.refresh_from_db()
    assert (ana.text_size, ana.spellcheck) == ("usual", False)


def test_a_writing_page_that_asks_by_itself_gets_no_page(browser: Browser, ana: Any) -> None:
    asked = {"accept": "application/json"}
    assert browser.post(WRITING, {"text_size": "larger"}, headers=asked).status_code == 204
    assert browser.post(WRITING, {"text_size": "huge"}, headers=asked).status_code == 422
    ana.refresh_from_db()
    assert ana.text_size == "larger"


@pytest.mark.parametrize("path", [PAGE, "/reminders/", "/privacy/"])
def test_a_way_leads_to_taking_one_s_words_along(browser: Browser, path: str) -> None:
    assert 'href="/you/export/"' in browser.get(path).text
