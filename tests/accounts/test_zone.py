"""static/js/zone.js: the browser says where its days begin."""

from typing import Any

import pytest

from tests.accounts.conftest import Device
from tests.conftest import PASSWORD
from trustrepair.accounts.models import User

pytestmark = pytest.mark.browser


def sign_up(device: Device) -> None:
    device.go("/accounts/signup/")
    device.page.fill("#id_email", "zoe@example.org")
    device.page.fill("#id_password1", PASSWORD)
    device.send()
    device.page.wait_for_url(device.base + "/")


def test_signing_up_takes_the_zone_of_the_browser(transactional_db: None, device: Device) -> None:
    sign_up(device)
    assert User.objects.get().time_zone == "Asia/Tokyo"


def test_the_profile_offers_the_zone_of_the_browser(transactional_db: None, device: Device) -> None:
    sign_up(device)
    device.go("/you/")
    offer: Any = device.page.get_by_role("button", name="Use Asia/Tokyo")
    assert not offer.is_visible()
    device.page.select_option("#id_time_zone", "Europe/Vilnius")
    device.send()
    offer.click()
    device.send()
    device.page.get_by_text("That’s kept").wait_for()
    assert User.objects.get().time_zone == "Asia/Tokyo"
