"""JOURNAL_KEYS: what is read, what is refused, and that no fault ever shows a key."""

import base64
import copy
import pickle
from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured

from journal.vault import keks, sealing
from journal.vault.sealing import CannotOpen, KeyMissing

from .conftest import KEYS

SECRET = bytes(range(200, 232))
STANDARD = base64.b64encode(SECRET).decode()
URLSAFE = base64.urlsafe_b64encode(SECRET).decode()


def test_standard_and_urlsafe_base64_and_the_digits_of_the_sheet_are_the_same_key():
    assert STANDARD != URLSAFE
    rows = " ".join(SECRET.hex()[i : i + 4] for i in range(0, 64, 4))
    for text in (STANDARD, URLSAFE, URLSAFE.rstrip("="), SECRET.hex(), SECRET.hex().upper(), rows):
        (kek,) = keks.parse(f"k9:{text}")
        assert kek.id == "k9"
        assert kek.on_paper() == SECRET.hex()


def test_keys_keep_their_order_and_may_stand_in_lines_with_notes():
    text = f"\n# the new one\n {KEYS['k2']} ,\n\n{KEYS['k1']}\r\n# old: {KEYS['k3']}, k9:x\n,"
    assert [kek.id for kek in keks.parse(text)] == ["k2", "k1"]


def test_the_first_key_locks_and_all_open(settings):
    settings.JOURNAL_KEYS = KEYS["k1"]
    key, secret = uuid4(), sealing.new_secret()
    old = keks.wrap(secret, key, 1)
    settings.JOURNAL_KEYS = f"{KEYS['k2']},{KEYS['k1']}"
    new = keks.wrap(secret, key, 1)
    assert (old[0], new[0]) == ("k1", "k2")
    assert keks.unwrap(*old, key, 1) == keks.unwrap(*new, key, 1) == secret
    settings.JOURNAL_KEYS = KEYS["k2"]
    with pytest.raises(KeyMissing, match="does not hold the key k1"):
        keks.unwrap(*old, key, 1)


FAULTS = {
    "empty": ("", "is empty"),
    "only spaces and notes": (" \n# k1:abc\n,", "is empty"),
    "no id": (STANDARD, "Entry 1 .* id:key"),
    "an empty id": (f":{STANDARD}", "Entry 1 .* id:key"),
    "the key before its id": (f"{URLSAFE.rstrip('=')}:k1", "Entry 1 .* id:key"),
    "a strange id": (f"{KEYS['k1']},k/2:{STANDARD}", "Entry 2 .* id:key"),
    "an id too long": (f"{'k' * 33}:{STANDARD}", "Entry 1 .* id:key"),
    "no key": ("k1:", "k1 .* has 0 bytes; it must have 32"),
    "too short": (f"k1:{base64.b64encode(SECRET[:31]).decode()}", "k1 .* has 31 bytes"),
    "too long": (f"k1:{base64.b64encode(SECRET + b'!').decode()}", "k1 .* has 33 bytes"),
    "not base64": (f"k1:{STANDARD[:20]}!{STANDARD[21:]}", "k1 .* not valid base64"),
    "cut in the middle": (f"k1:{STANDARD[:41]}", "k1 .* not valid base64"),
    "letters beyond ASCII": (f"k1:{STANDARD[:20]}é{STANDARD[21:]}", "k1 .* not valid base64"),
    "one id twice": (f"k1:{STANDARD},{KEYS['k1']}", "names k1 twice"),
    "one key twice": (f"k1:{STANDARD},k2:{URLSAFE}", "one key as both k1 and k2"),
    "the second is wrong": (f"{KEYS['k1']},k2:nonsense", "k2"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_list_is_refused_in_a_sentence_without_the_key(fault):
    text, sentence = FAULTS[fault]
    with pytest.raises(ImproperlyConfigured, match=sentence) as caught:
        keks.parse(text)
    shown = str(caught.value)
    assert "JOURNAL_KEYS" in shown
    assert shown.endswith(".")
    for key in (STANDARD, URLSAFE, KEYS["k1"].partition(":")[2]):
        assert not any(key[i : i + 6] in shown for i in range(len(key) - 6))
    assert caught.value.__cause__ is None


def test_a_wrap_is_bound_to_its_key_its_author_and_the_name_of_its_lock(settings):
    settings.JOURNAL_KEYS = f"{KEYS['k1']},{KEYS['k2']}"
    key, secret = uuid4(), sealing.new_secret()
    kek_id, wrapped = keks.wrap(secret, key, 1)
    assert len(wrapped) == 3 + 12 + 32 + 16  # prefix, nonce, key, tag
    for moved in (
        (kek_id, wrapped, uuid4(), 1),
        (kek_id, wrapped, key, 2),
        ("k2", wrapped, key, 1),
    ):
        with pytest.raises(CannotOpen):
            keks.unwrap(*moved)
    assert keks.unwrap(kek_id, memoryview(wrapped), key, 1) == secret
    # The same key under another name: the name is part of what is authenticated.
    settings.JOURNAL_KEYS = KEYS["k1"].replace("k1:", "kx:")
    with pytest.raises(CannotOpen):
        keks.unwrap("kx", wrapped, key, 1)


def test_every_changed_wrap_is_refused():
    key = uuid4()
    kek_id, wrapped = keks.wrap(sealing.new_secret(), key, 1)
    changed = [wrapped[:n] for n in range(len(wrapped))] + [wrapped + b"\x00"]
    for position in range(len(wrapped)):
        for bit in range(8):
            flipped = bytearray(wrapped)
            flipped[position] ^= 1 << bit
            changed.append(bytes(flipped))
    for each in changed:
        with pytest.raises(CannotOpen):
            keks.unwrap(kek_id, each, key, 1)


def test_what_a_key_of_the_host_locked_must_be_a_key():
    key = uuid4()
    kek = keks.first()
    short = kek.lock(b"short", keks._context(key, 1, kek.id))
    with pytest.raises(CannotOpen, match="not a key"):
        keks.unwrap(kek.id, short, key, 1)


def test_a_fresh_line_can_be_read_and_is_named_after_the_day():
    line = keks.new_kek()
    (kek,) = keks.parse(line)
    assert kek.id.startswith("k20")
    assert len(kek.id) == 9
    assert keks.new_kek() != line
    taken = [kek.id]
    for number in (2, 3, 4):
        taken.append(keks.new_kek(taken).partition(":")[0])
        assert taken[-1] == f"{kek.id}.{number}"
    assert len(keks.parse(",".join(keks.new_kek([]).replace(kek.id, name) for name in taken))) == 4


def test_a_key_of_the_host_is_neither_shown_nor_copied_nor_pickled():
    kek = keks.first()
    assert repr(kek) == str(kek) == "<Kek k1>"
    for take in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError):
            take(kek)
