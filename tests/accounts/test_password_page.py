"""/accounts/password/change/, and how passwords are kept."""

from typing import Any

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.core import mail

from tests.conftest import PASSWORD, Browser

PAGE = "/accounts/password/change/"
NEW = "another long enough sentence"


def test_the_old_password_gives_a_new_one(signed_in: Browser, ana: Any) -> None:
    signed_in.post(PAGE, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    ana.refresh_from_db()
    assert ana.check_password(NEW)
    assert mail.outbox[-1].to == ["ana@example.org"]


def test_a_wrong_old_password_changes_nothing(signed_in: Browser, ana: Any) -> None:
    answer = signed_in.post(PAGE, {"oldpassword": "no", "password1": NEW, "password2": NEW})
    assert "That is not your password now" in answer.text
    ana.refresh_from_db()
    assert ana.check_password(PASSWORD)


def test_every_other_device_is_signed_out(signed_in: Browser, ana_has_password: Any) -> None:
    other = Browser()
    other.post("/accounts/login/", {"login": "ana@example.org", "password": PASSWORD})
    assert other.get("/you/").status_code == 200
    signed_in.post(PAGE, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert other.get("/you/").status_code == 302


def test_passwords_are_kept_as_argon2id_with_46_mib(ana_has_password: Any) -> None:
    kept = ana_has_password.password
    assert identify_hasher(kept).algorithm == "argon2"
    assert kept.startswith("argon2$argon2id$v=19$m=47104,t=1,p=1$")


@pytest.mark.parametrize("common", ["password1234", "qwertyuiop123"])
def test_a_common_password_is_refused(signed_in: Browser, common: str) -> None:
    data = {"oldpassword": PASSWORD, "password1": common, "password2": common}
    assert "Many people use this password" in signed_in.post(PAGE, data).text
