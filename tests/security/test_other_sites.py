"""A page of another site can neither speak here, nor end, nor throw away anything."""

from collections.abc import Callable
from typing import Any

import pytest

from journal.relationships.models import Guest
from tests.conftest import Browser

Strict = Callable[..., Browser]
ELSEWHERE = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
OLDER = {"Origin": "https://evil.example"}  # as Safari before 16.4 tells it
BOTH = pytest.mark.parametrize("headers", [ELSEWHERE, OLDER, {"Origin": "null"}])


@BOTH
def test_words_of_another_sites_form_are_not_shown_as_if_written_here(
    strict: Strict, db: None, headers: dict[str, str]
) -> None:
    typed = {"text": "Your account is in danger, call this number at once."}
    answer = strict().post("/journal/new/", typed, headers=headers)
    assert answer.status_code == 403
    assert "call this number" not in answer.text


@BOTH
def test_another_site_cannot_throw_away_what_a_guest_began(
    nobody: Browser, db: None, headers: dict[str, str]
) -> None:
    nobody.post("/begin/", {"kind": "friend", "name": "Ruta"})
    answer = nobody.post("/exit/", headers=headers)
    assert "guest" not in answer.cookies
    assert "Clear-Site-Data" not in answer.headers
    assert Guest.unscoped.count() == 1
    assert "Ruta" in nobody.get("/begin/").text
    own = nobody.post("/exit/", headers={"Sec-Fetch-Site": "same-origin"})
    assert own.cookies["guest"].value == ""
    assert own.headers["Clear-Site-Data"] == '"cache", "storage"'


@pytest.mark.parametrize("address", ["/accounts/login/", "/accounts/signup/", "/begin/"])
def test_another_site_signs_nobody_in_or_up(strict: Strict, ana: Any, address: str) -> None:
    data = {"login": ana.email, "email": "new@example.org", "password": "x", "password1": "x",
            "kind": "friend"}  # fmt: skip
    assert strict().post(address, data, headers=ELSEWHERE).status_code == 403


@pytest.mark.parametrize(
    "address", ["//evil.example/", "https:evil", "/\\evil.example", "javascript:x", "\x00/"]
)
@pytest.mark.parametrize("page", ["/accounts/login/", "/accounts/logout/", "/accounts/signup/"])
def test_no_way_back_leads_to_another_site(
    nobody: Browser, ana: Any, page: str, address: str
) -> None:
    ana.set_password("a long enough sentence")
    ana.save()
    data = {"login": ana.email, "password": "a long enough sentence", "next": address}
    answer = nobody.post(page, {**data, "email": "new@example.org", "password1": data["password"]})
    where = answer.headers.get("Location", "/")
    assert where.startswith("/")
    assert not where.startswith(("//", "/\\"))
    assert answer.status_code < 500


@pytest.mark.parametrize("name", ["X-Forwarded-Host", "X-Original-URL", "X-Rewrite-URL"])
def test_headers_that_a_stranger_may_set_lead_nowhere(nobody: Browser, db: None, name: str) -> None:
    plain = nobody.get("/journal/")
    answer = nobody.get("/journal/", headers={name: "evil.example"})
    assert answer.headers["Location"] == plain.headers["Location"]
    assert "evil.example" not in nobody.get("/", headers={name: "evil.example"}).text


def test_a_method_in_a_header_or_a_field_is_nothing(browser: Browser, page: Any) -> None:
    delete = f"/journal/{page.pk}/delete/"
    assert browser.get(delete, headers={"X-HTTP-Method-Override": "POST"}).status_code == 200
    assert browser.get(delete, {"_method": "POST"}).status_code == 200
    assert browser.get(f"/journal/{page.pk}/").status_code == 200
