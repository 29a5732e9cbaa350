"""A blob opens in its own place under its own key, and nowhere else."""

import copy
import itertools
import pickle
import random
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.entries.models import Entry
from journal.vault import sealing
from journal.vault.sealing import CannotOpen, DataKeyMaterial, VaultError, open_blob, seal

LABELS = ["journal.Entry", "journal.Revision", "journal.Relationship", "journal.Guest"]
FIELDS = ["head", "body", "questions", "story"]
TEXT = b'{"text":"the evening by the canal, and what was said there"}'


def new_key() -> DataKeyMaterial:
    return DataKeyMaterial(uuid4(), sealing.new_secret())


def begins(key_id: UUID) -> bytes:
    """Return the bytes with which every blob under a key begins."""
    return b"TR\x01" + key_id.bytes


def opens(key: DataKeyMaterial, label: str, field: str, row: UUID, blob: object) -> bool:
    try:
        open_blob(key, label, field, row, blob)
    except CannotOpen:
        return False
    return True


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(json_values, st.uuids(), st.sampled_from(LABELS), st.sampled_from(FIELDS))
def test_what_is_sealed_opens_in_its_place_whatever_it_is(value, row, label, field):
    key = new_key()
    blob = seal(key, label, field, row, sealing.pack(value))
    assert sealing.unpack(open_blob(key, label, field, row, blob)) == value


def test_a_lone_surrogate_and_an_emoji_survive():
    value = {"text": "half \ud83d, whole 🕯, nul \x00, مرحبا"}
    assert sealing.unpack(sealing.pack(value)) == value


def test_a_blob_is_47_bytes_longer_than_the_text_and_never_the_same_twice():
    key, row = new_key(), uuid4()
    blobs = {seal(key, "journal.Entry", "body", row, TEXT) for _ in range(1000)}
    assert len(blobs) == 1000
    assert {len(blob) for blob in blobs} == {len(TEXT) + 47}
    assert not any(TEXT[:8] in blob for blob in blobs)


def test_a_blob_of_the_first_release_still_opens():
    key = DataKeyMaterial(UUID("6f1d5a52-7d2c-4b0e-9a55-2f60b1a5c0de"), bytes(range(32)))
    blob = bytes.fromhex(FIRST_RELEASE)
    row = UUID("0d3c2c1e-8f3e-4c57-b7a8-5a4f1f9e7c11")
    assert open_blob(key, "journal.Entry", "body", row, blob) == b'"kept"'
    assert sealing.key_id_of(blob) == key.id
    assert blob.startswith(begins(key.id))


def test_no_blob_opens_in_another_row_field_model_or_under_another_owner():
    dice = random.Random(1)
    keys = [new_key() for _ in range(6)]
    rows = [uuid4() for _ in range(6)]
    places = list(itertools.product(keys, LABELS, FIELDS, rows))
    blobs = [seal(key, label, field, row, TEXT) for key, label, field, row in places]
    accepted = 0
    for _ in range(10_000):
        here, there = dice.sample(range(len(places)), 2)
        accepted += opens(*places[there], blobs[here])
    # And the nearest neighbours: exactly one of the four differs.
    for here, place in enumerate(places[:96]):
        for index, others in enumerate([keys, LABELS, FIELDS, rows]):
            for other in others:
                if other != place[index]:
                    moved = [*place]
                    moved[index] = other
                    accepted += opens(*moved, blobs[here])
        assert opens(*place, blobs[here])
    assert accepted == 0


def test_no_blob_opens_with_the_id_of_another_key_written_into_it():
    mine, theirs, row = new_key(), new_key(), uuid4()
    blob = seal(mine, "journal.Entry", "body", row, TEXT)
    forged = begins(theirs.id) + blob[19:]
    assert not opens(theirs, "journal.Entry", "body", row, forged)
    # The same key under another id: the id itself is part of what is authenticated.
    secret = sealing.new_secret()
    one, other = DataKeyMaterial(uuid4(), secret), DataKeyMaterial(uuid4(), secret)
    blob = seal(one, "journal.Entry", "body", row, TEXT)
    forged = begins(other.id) + blob[19:]
    assert not opens(other, "journal.Entry", "body", row, forged)


def mutations(blob: bytes, other: bytes, plain: bytes, dice: random.Random):
    """Yield changed blobs without end: flips, cuts, tails, splices and plain text."""
    for position in range(len(blob)):
        for bit in range(8):
            flipped = bytearray(blob)
            flipped[position] ^= 1 << bit
            yield bytes(flipped)
    for length in range(len(blob)):
        yield blob[:length]
        yield blob[length + 1 :]
        yield blob[:length] + blob[length + 1 :]
        # Where the two are alike, the splice would be one of them, whole.
        spliced = blob[:length] + other[length:]
        yield b"" if spliced in {blob, other} else spliced
    yield from (plain, b"", b"TR", b"TR\x01", blob[:19] + plain, blob[:31] + plain, blob * 2)
    yield from (blob[:2] + bytes([v]) + blob[3:] for v in range(256) if v != 1)
    while True:
        kind = dice.randrange(4)
        if kind == 0:
            changed = bytearray(blob)
            for _ in range(dice.randint(1, 8)):
                changed[dice.randrange(len(blob))] ^= dice.randint(1, 255)
            changed = bytes(changed)
        elif kind == 1:
            changed = blob + dice.randbytes(dice.randint(1, 40))
        elif kind == 2:
            cut = sorted(dice.sample(range(len(blob) + 1), 2))
            changed = blob[: cut[0]] + blob[cut[1] :]
        else:
            changed = blob[:31] + dice.randbytes(len(blob) - 31)
        if changed != blob:
            yield changed


def test_two_hundred_thousand_changed_blobs_are_all_refused():
    dice = random.Random(2)
    key, row = new_key(), uuid4()
    accepted = tried = 0
    for plain in (b"", b"{}", TEXT, TEXT * 4):
        blob = seal(key, "journal.Entry", "body", row, plain)
        other = seal(key, "journal.Entry", "body", row, plain)
        for changed in itertools.islice(mutations(blob, other, plain, dice), 50_000):
            accepted += opens(key, "journal.Entry", "body", row, changed)
            tried += 1
        assert opens(key, "journal.Entry", "body", row, blob)
    assert (tried, accepted) == (200_000, 0)


@pytest.mark.parametrize("wrong", [None, "", "TR", 7, [], object()])
def test_what_is_not_bytes_is_refused(wrong):
    assert not opens(new_key(), "journal.Entry", "body", uuid4(), wrong)
    with pytest.raises(CannotOpen):
        sealing.key_id_of(wrong)


def test_bytes_open_in_whatever_wrapping_the_database_hands_them_out():
    key, row = new_key(), uuid4()
    blob = seal(key, "journal.Entry", "body", row, TEXT)
    for handed in (memoryview(blob), bytearray(blob)):
        assert open_blob(key, "journal.Entry", "body", row, handed) == TEXT


def test_no_fault_shows_what_was_stored_or_written():
    key, row = new_key(), uuid4()
    blob = seal(key, "journal.Entry", "body", row, TEXT)
    for changed in (blob[:-1], TEXT * 2, blob[:31] + TEXT):
        with pytest.raises(VaultError) as caught:
            open_blob(key, "journal.Entry", "body", row, changed)
        shown = repr(caught.value) + str(caught.value)
        assert "canal" not in shown
        assert changed.hex() not in shown
        assert caught.value.__cause__ is None


def test_parts_of_the_place_cannot_run_into_each_other():
    key, row = new_key(), uuid4()
    blob = seal(key, "journal.Entry", "body", row, TEXT)
    assert not opens(key, "journal.Entryb", "ody", row, blob)
    assert sealing.length_prefixed(b"ab", b"c") != sealing.length_prefixed(b"a", b"bc")
    assert sealing.length_prefixed(b"a", b"") != sealing.length_prefixed(b"", b"a")


def test_a_key_is_neither_shown_nor_copied_nor_pickled():
    secret = b"0123456789abcdef0123456789abcdef"
    key = DataKeyMaterial(uuid4(), secret)
    assert "0123456789abcdef" not in repr(key) + str(key) + f"{key}"
    for take in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError):
            take(key)


@pytest.mark.parametrize("length", [0, 16, 24, 31, 33])
def test_a_key_of_another_length_is_refused(length):
    with pytest.raises(ValueError, match="32 bytes"):
        DataKeyMaterial(uuid4(), b"x" * length)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), b"bytes", {1, 2}])
def test_what_json_cannot_say_is_refused_before_it_is_sealed(value):
    with pytest.raises((TypeError, ValueError)):
        sealing.pack(value)


def test_sealed_bytes_that_are_no_value_are_refused():
    for plain in (b"", b"\xff\xfe", b"{"):
        with pytest.raises(CannotOpen):
            sealing.unpack(plain)


def test_a_row_without_a_uuid_cannot_be_sealed():
    row = Entry()
    assert sealing.place_of(row) == ("journal.Entry", row.pk)
    row.pk = 7
    with pytest.raises(TypeError, match="uuid"):
        sealing.place_of(row)


# key bytes 00…1f, made once with the first release; never to be made anew.
FIRST_RELEASE = (
    "5452016f1d5a527d2c4b0e9a552f60b1a5c0de43a1b8bb79c78a9f304fbfbeb98816cd"
    "2a0619cd7f3865543b0f0dffe264b268cc3e"
)
