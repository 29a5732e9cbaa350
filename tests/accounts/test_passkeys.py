"""Passkeys, in a real browser under our own headers: made, used alone, used second, taken off."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail

from tests.accounts.conftest import Device
from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
def here(transactional_db: None) -> Any:
    """Ana with a password, in a database that the server under test sees too."""
    from allauth.account.models import EmailAddress

    from trustrepair.accounts.models import User

    ana = User.objects.create_user("ana@example.org", PASSWORD, display_name="Ana")
    EmailAddress.objects.create(user=ana, email=ana.email, verified=True, primary=True)
    return ana


def sign_in(device: Device) -> None:
    device.go("/accounts/login/")
    device.page.fill("#id_login", "ana@example.org")
    device.page.fill("#id_password", PASSWORD)
    device.send()


def say_once_more(device: Device) -> None:
    device.page.fill("#id_password", PASSWORD)
    device.send()


def add_passkey(device: Device, alone: bool = True) -> None:
    """Add a passkey as a person does, and wait until it is there."""
    sign_in(device)
    device.go("/accounts/2fa/webauthn/add/")
    say_once_more(device)
    if alone:
        device.page.check("#id_passwordless")
    device.page.click("#mfa_webauthn_add")
    device.page.wait_for_url("**/accounts/2fa/**")
    device.page.get_by_text("The passkey is added").wait_for()


def sign_out(device: Device) -> None:
    device.go("/accounts/logout/")
    device.page.click("main form button.btn")
    device.page.wait_for_url(device.base + "/")


@pytest.mark.parametrize("device", [390, 1280], indirect=True)
def test_a_passkey_signs_in_alone(here: Any, device: Device) -> None:
    add_passkey(device)
    assert mail.outbox[-1].subject == "Your sign-in has changed"
    sign_out(device)
    assert not device.is_signed_in()
    device.go("/accounts/login/")
    device.page.click("#passkey_login")
    device.page.wait_for_url(device.base + "/")
    assert device.is_signed_in()


def test_a_passkey_is_the_second_step_after_a_password(here: Any, device: Device) -> None:
    add_passkey(device, alone=False)
    sign_out(device)
    sign_in(device)
    device.page.wait_for_url("**/accounts/2fa/authenticate/")
    assert not device.is_signed_in()
    device.go("/accounts/2fa/authenticate/")
    device.page.click("#mfa_webauthn_authenticate")
    device.page.wait_for_url(device.base + "/")
    assert device.is_signed_in()


def test_a_passkey_answers_when_we_ask_once_more(here: Any, device: Device) -> None:
    add_passkey(device)
    device.go("/accounts/2fa/webauthn/reauthenticate/?next=/you/")
    device.page.click("#mfa_webauthn_reauthenticate")
    device.page.wait_for_url(device.base + "/you/")


def test_a_passkey_taken_off_lets_nobody_in(here: Any, device: Device) -> None:
    add_passkey(device)
    device.go("/accounts/2fa/webauthn/")
    device.page.get_by_role("link", name="Take off").click()
    device.page.click("main form button.btn")
    device.page.get_by_text("The passkey is taken off").wait_for()
    assert not Authenticator.objects.filter(type="webauthn").exists()
    sign_out(device)
    device.go("/accounts/login/")
    device.page.click("#passkey_login")
    device.page.wait_for_load_state("networkidle")
    assert not device.is_signed_in()


def test_what_is_kept_names_us_neutrally(here: Any, device: Device) -> None:
    add_passkey(device)
    kept = Authenticator.objects.get(type="webauthn").data
    assert kept["name"] == "My passkey"
    assert "mend" not in str(kept).lower()


def test_a_passkey_unlocks(here: Any, device: Device) -> None:
    """Without a password, as for whoever signed up by passkey."""
    add_passkey(device)
    here.set_unusable_password()
    here.save()
    device.go("/accounts/login/")
    device.page.click("#passkey_login")
    device.page.wait_for_url(device.base + "/")
    device.go("/you/")
    device.page.get_by_role("button", name="Lock now").click()
    device.page.get_by_role("heading", name="Locked").wait_for()
    assert not device.is_signed_in()
    device.page.click("#mfa_webauthn_reauthenticate")
    device.page.wait_for_url(device.base + "/you/")
