"""Pages of allauth's that show a form again say so in their status, as pages of ours do."""

from typing import Any

import pytest

from tests.conftest import PASSWORD, Browser

LONG = {"email": f"{'z' * 300}@example.org", "password1": PASSWORD}


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("/accounts/signup/", {}),
        ("/accounts/signup/", LONG),
        ("/accounts/login/", {"login": "nobody", "password": ""}),
        ("/accounts/password/reset/", {"email": "no address"}),
    ],
)
def test_a_refused_form_is_a_422(
    db: None, nobody: Browser, address: str, sent: dict[str, str]
) -> None:
    answer = nobody.post(address, sent)
    assert answer.status_code == 422
    assert "<form" in answer.text
    assert nobody.get(address).status_code == 200


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("/accounts/email/", {"action_add": "", "email": "no address"}),
        ("/accounts/password/change/", {"oldpassword": "not the sentence"}),
        ("/accounts/reauthenticate/", {"password": "not the sentence"}),
    ],
)
def test_so_it_is_for_whoever_is_signed_in(
    signed_in: Browser, ana: Any, address: str, sent: dict[str, str]
) -> None:
    assert signed_in.post(address, sent).status_code == 422
    assert signed_in.get("/you/").status_code == 200
