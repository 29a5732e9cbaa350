"""A guest's answers open with the cookie's key, and with nothing the server has."""

import base64

import pytest

from journal.relationships.models import Guest, Relationship
from journal.vault import guest
from journal.vault.keyring import Keyring
from journal.vault.sealing import CannotOpen, KeyMissing, key_id_of


def test_a_guests_answers_open_with_their_key_alone():
    key, row = guest.new_key(), Guest()
    assert guest.open(key, row, "answers") is None
    row.sealed_answers = guest.seal(key, row, "answers", {"part": "hurt"})
    assert guest.open(key, row, "answers") == {"part": "hurt"}
    with pytest.raises(CannotOpen):
        guest.open(guest.new_key(), row, "answers")
    other = Guest(sealed_answers=row.sealed_answers)
    with pytest.raises(CannotOpen):
        guest.open(key, other, "answers")


def test_the_key_fits_a_cookie_and_is_nowhere_in_the_blob():
    key, row = guest.new_key(), Guest()
    assert len(key) == 43
    assert key.replace("-", "").replace("_", "").isalnum()
    blob = guest.seal(key, row, "answers", "a")
    secret = base64.urlsafe_b64decode(key + "=")
    assert secret not in blob
    assert secret[:8] not in blob


def test_a_guests_key_id_follows_from_the_key_and_is_told_from_a_data_keys():
    key, row = guest.new_key(), Guest()
    ids = {key_id_of(guest.seal(key, row, "answers", n)) for n in range(3)}
    assert len(ids) == 1
    assert guest.is_guest_key(ids.pop())


@pytest.mark.parametrize("wrong", ["", "x", "é" * 43, "!" * 43, "A" * 42, "A" * 44, "A" * 4000])
def test_a_cookie_that_holds_no_key_is_refused(wrong):
    with pytest.raises(KeyMissing):
        guest.seal(wrong, Guest(), "answers", "a")
    with pytest.raises(KeyMissing):
        guest.open(wrong, Guest(sealed_answers=b"x" * 60), "answers")


@pytest.mark.django_db
def test_a_guest_and_an_account_open_nothing_of_each_other(person):
    ann, key = person("ann"), guest.new_key()
    mine = Relationship(owner=ann)
    mine.sealed_story = Keyring.of(ann).seal(mine, "story", "a")
    with pytest.raises(CannotOpen):
        guest.open(key, mine, "story")
    row = Guest()
    row.sealed_answers = guest.seal(key, row, "answers", "a")
    with pytest.raises(KeyMissing):
        Keyring.of(ann).open(row, "answers")
