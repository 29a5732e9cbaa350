"""Small secrets under a key of the host's: bound to their label, refused when changed."""

import pytest

from journal.vault.sealing import CannotOpen, KeyMissing, VaultError
from journal.vault.small import kek_id_of, open_with_kek, seal_with_kek

from .conftest import KEYS


@pytest.mark.parametrize("text", ["", "JBSWY3DPEHPK3PXP", "é 🕯 \ud83d \x00", "x" * 5000])
def test_a_token_opens_under_its_label(text):
    token = seal_with_kek("mfa", text)
    assert token.isascii()
    assert open_with_kek("mfa", token) == text
    assert not text or text not in token
    assert seal_with_kek("mfa", text) != token
    with pytest.raises(CannotOpen):
        open_with_kek("other", token)


def test_a_token_opens_under_every_key_held_and_is_made_with_the_first(settings):
    old = seal_with_kek("mfa", "secret")
    settings.JOURNAL_KEYS = f"{KEYS['k2']},{KEYS['k1']}"
    new = seal_with_kek("mfa", "secret")
    assert (kek_id_of(old), kek_id_of(new)) == ("k1", "k2")
    assert open_with_kek("mfa", old) == open_with_kek("mfa", new) == "secret"
    settings.JOURNAL_KEYS = KEYS["k2"]
    with pytest.raises(KeyMissing, match="k1"):
        open_with_kek("mfa", old)


def test_a_changed_token_is_refused_and_never_handed_back():
    token = seal_with_kek("mfa", "JBSWY3DPEHPK3PXP")
    changed = {token[:n] for n in range(len(token))} | {token + "A", token + "!", token * 2}
    for position, sign in enumerate(token):
        for other in "Ab1.-_":
            if other != sign:
                changed.add(token[:position] + other + token[position + 1 :])
    for each in changed:
        try:
            text = open_with_kek("mfa", each)
        except VaultError:
            continue
        # The last sign of base64 may have bits to spare: then it is the same token still.
        assert text == "JBSWY3DPEHPK3PXP"
        assert each[:-3] == token[:-3]


@pytest.mark.parametrize("plain", ["", "JBSWY3DPEHPK3PXP", "ts1", "ts1.k1", "ts1.k1.", "ts2.k1.AA"])
def test_a_plain_secret_is_never_taken_for_a_token(plain):
    with pytest.raises(CannotOpen):
        open_with_kek("mfa", plain)
