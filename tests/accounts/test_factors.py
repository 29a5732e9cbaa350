"""Second factors and the host's keys: `keys rotate` and `keys verify` reach them."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from journal.vault import small
from trustrepair.accounts import factors


def test_the_vault_knows_where_they_are() -> None:
    assert factors.STORE in small.stores()


def test_every_sealed_secret_is_found_and_opens(ana: Any, db: None) -> None:
    secret = generate_totp_secret()
    TOTP.activate(ana, secret)
    RecoveryCodes.activate(ana)
    opened = [small.open_with_kek(factors.LABEL, token) for _, token in factors.tokens()]
    assert len(opened) == 2
    assert secret in opened


def test_a_token_is_replaced_only_while_it_is_still_the_same(ana: Any, db: None) -> None:
    secret = generate_totp_secret()
    TOTP.activate(ana, secret)
    [(handle, token)] = factors.tokens()
    fresh = small.seal_with_kek(factors.LABEL, secret)
    assert factors.replace(handle, token, fresh)
    assert not factors.replace(handle, token, token)
    assert Authenticator.objects.get().data["secret"] == fresh


def test_a_row_that_is_gone_is_left_alone(ana: Any, db: None) -> None:
    assert not factors.replace((12345, "secret"), "ts1.a.b", "ts1.a.c")
