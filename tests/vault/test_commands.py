"""The host's commands: counts and never words, the same when run twice."""

import hashlib
import re
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from journal.relationships.models import Guest, Relationship
from journal.vault import guest, keks, small
from journal.vault.keyring import Keyring
from journal.vault.models import DataKey, KeyWrap, destroy
from journal.vault.sealing import KeyMissing, key_id_of
from journal.vault.small import TokenStore, kek_id_of, open_with_kek, seal_with_kek
from journal.vault.upkeep import blobs
from journal.vault.upkeep.blobs import SealedTable

from .conftest import KEYS, again, new_entry, new_relationship

pytestmark = pytest.mark.django_db
CANARY = "heron-on-the-weir"


def keys(*args):
    """Run `manage.py keys …`; return what it printed, and whether it failed."""
    out, err = StringIO(), StringIO()
    try:
        call_command("keys", *args, stdout=out, stderr=err)
        failure = None
    except CommandError as error:
        failure = str(error)
    text = out.getvalue() + err.getvalue() + (failure or "")
    assert CANARY not in text
    return text, failure


@pytest.fixture
def household(person):
    """Two people with pages, one with a post in a room, and a guest."""
    ann, bob, room = person("ann"), person("bob"), uuid4()
    rows = [new_entry(ann, f"{CANARY} {n}") for n in range(3)]
    rows += [new_entry(bob, CANARY), new_relationship(bob, {"name": CANARY})]
    post = Relationship(owner=ann)
    post.sealed_story = Keyring.of(ann, [room]).seal(post, "story", CANARY, space=room)
    post.save()
    visitor = Guest()
    visitor.sealed_answers = guest.seal(guest.new_key(), visitor, "answers", CANARY)
    visitor.save()
    return {"ann": ann, "bob": bob, "room": room, "rows": rows, "post": post}


def everything_opens(household):
    for row in household["rows"]:
        who = getattr(row, "author", None) or row.owner
        field = "body" if hasattr(row, "sealed_body") else "story"
        assert CANARY in str(Keyring.of(who).open(again(row), field))
    keyring = Keyring.of(household["bob"], [household["room"]])
    assert keyring.open(again(household["post"]), "story") == CANARY


@pytest.fixture
def tokens():
    """A store of two small secrets, as the one of second factors."""
    kept = {1: seal_with_kek("mfa", "one"), 2: seal_with_kek("mfa", "two")}

    def replace(handle, old, new):
        if kept[handle] != old:
            return False
        kept[handle] = new
        return True

    small.register(TokenStore("test secrets", "mfa", lambda: list(kept.items()), replace))
    yield kept
    small._stores.pop("test secrets")


def test_verify_opens_everything_and_prints_counts(household, tokens):
    text, failure = keys("verify")
    assert failure is None
    assert "3 data keys" in text
    assert "4 journal.Entry.sealed_body" in text
    assert "2 journal.Relationship.sealed_story" in text
    assert "2 test secrets" in text
    assert "1 of guests" in text
    assert "All 15 opened." in text


def test_verify_fails_and_counts_what_does_not_open(household, tokens):
    first, second, *_ = household["rows"]
    type(first).unscoped.filter(pk=first.pk).update(sealed_body=second.sealed_body)
    type(first).unscoped.filter(pk=second.pk).update(sealed_head=b"plain words")
    destroy(DataKey.objects.get(space=household["room"]))
    tokens[1] = "JBSWY3DPEHPK3PXP"
    text, failure = keys("verify")
    assert "1 journal.Entry.sealed_body that do not open" in text
    assert "1 journal.Entry.sealed_head that do not open" in text
    assert "1 journal.Relationship.sealed_story whose key is missing" in text
    assert "1 test secrets that do not open" in text
    assert failure == "4 did not open."


def test_verify_says_which_data_keys_do_not_open(household, settings):
    bare, changed, _ = DataKey.objects.all()
    bare.wraps.all().delete()
    changed.wraps.update(wrapped=b"changed")
    text, failure = keys("verify")
    assert "1 data keys without any wrap" in text
    assert "1 data keys that k1 does not open" in text
    assert failure
    settings.JOURNAL_KEYS = KEYS["k2"]
    assert "2 data keys locked with k1, which JOURNAL_KEYS does not hold" in keys("verify")[0]


def test_verify_looks_again_at_a_row_that_changed_while_it_was_reading(household, monkeypatch):
    gone, saved, *_ = household["rows"]
    stale = {}
    for row in (gone, saved):
        stale[row.pk] = {"sealed_head": b"as it was read", "sealed_body": b"as it was read"}
    gone.delete()
    monkeypatch.setattr(SealedTable, "batches", lambda self: iter([list(stale.items())]))
    monkeypatch.setattr(
        "journal.vault.upkeep.verification.sealed_tables",
        lambda: [t for t in blobs.sealed_tables() if t.label == "journal.Entry"],
    )
    text, failure = keys("verify")
    assert failure is None
    assert "1 journal.Entry.sealed_body" in text


def test_rotate_locks_every_key_anew_and_touches_no_word(household, tokens, settings):
    before = [bytes(again(row).sealed_head) for row in household["rows"][:3]]
    settings.JOURNAL_KEYS = f"{KEYS['k2']},{KEYS['k1']}"
    text, failure = keys("rotate")
    assert failure is None
    assert "Locked 3 data keys and 2 small secrets with k2." in text
    assert "Nothing is locked with k1 any more." in text
    assert set(KeyWrap.objects.values_list("kek_id", flat=True)) == {"k2"}
    assert before == [bytes(again(row).sealed_head) for row in household["rows"][:3]]
    assert [kek_id_of(token) for token in tokens.values()] == ["k2", "k2"]
    settings.JOURNAL_KEYS = KEYS["k2"]
    everything_opens(household)
    assert [open_with_kek("mfa", token) for token in tokens.values()] == ["one", "two"]
    assert keys("verify")[1] is None
    assert "Locked 0 data keys and 0 small secrets" in keys("rotate")[0]


def test_rotate_ends_what_a_killed_run_left_half_done(household, settings):
    settings.JOURNAL_KEYS = f"{KEYS['k2']},{KEYS['k1']}"
    one, two, _ = DataKey.objects.all()
    # Written by hand: as if the new wrap were there and the old one not yet removed, and beside
    # another key a new wrap that does not open.
    secret = blobs.secret_of(one.pk)
    kek_id, wrapped = keks.wrap(secret, one.pk, one.author_id)
    KeyWrap.objects.create(data_key=one, kek_id=kek_id, wrapped=wrapped)
    KeyWrap.objects.create(data_key=two, kek_id="k2", wrapped=b"torn")
    assert keys("rotate")[1]  # k2's torn wrap stops it: the site would not start either
    two.wraps.filter(kek_id="k2").delete()
    assert keys("rotate")[1] is None
    assert KeyWrap.objects.count() == 3
    settings.JOURNAL_KEYS = KEYS["k2"]
    everything_opens(household)


def test_rotate_leaves_a_secret_alone_that_its_owner_changes_at_that_moment(tokens, settings):
    settings.JOURNAL_KEYS = f"{KEYS['k2']},{KEYS['k1']}"
    store = small.stores()[-1]
    small.register(TokenStore(store.name, "mfa", store.each, lambda *handle: False))
    text, failure = keys("rotate")
    assert "still in use: k1" in failure
    assert "Nothing is locked with k1" not in text


def test_rotate_and_reencrypt_refuse_when_a_key_is_missing(household, settings):
    settings.JOURNAL_KEYS = KEYS["k2"]
    for command in ("rotate", "reencrypt"):
        assert "sealed with key k1" in keys(command)[1]
    assert set(KeyWrap.objects.values_list("kek_id", flat=True)) == {"k1"}


def test_reencrypt_seals_everything_again_and_destroys_the_old_keys(household):
    old = set(DataKey.objects.values_list("pk", flat=True))
    text, failure = keys("reencrypt", "--grace=0")
    assert failure is None
    assert "Made 3 keys, sealed 6 rows again, destroyed 3 old keys." in text
    assert not old & set(DataKey.objects.values_list("pk", flat=True))
    assert DataKey.objects.filter(retired_at__isnull=True).count() == 3
    everything_opens(household)
    assert keys("verify")[1] is None


def test_reencrypt_keeps_a_key_that_somebody_may_still_be_writing_under(household):
    stale = Keyring.of(household["ann"])
    stale.open(household["rows"][0], "body")
    text, _ = keys("reencrypt")
    assert "3 old keys are kept" in text
    assert "retired" in keys("verify")[0]
    # A request that began before the key was retired saves now.
    late = new_entry(household["ann"], CANARY)
    late.sealed_body = stale.seal(late, "body", {"text": CANARY})
    late.save()
    household["rows"].append(late)
    everything_opens(household)
    text, _ = keys("reencrypt", "--grace=0")
    assert "Made 0 keys, sealed 1 rows again, destroyed 3 old keys." in text
    everything_opens(household)
    assert DataKey.objects.count() == 3


def test_reencrypt_of_one_person_leaves_the_others_alone(household):
    bobs = DataKey.objects.get(author=household["bob"]).pk
    text, _ = keys("reencrypt", "--person", "ANN@example.org", "--grace=0")
    assert "Made 2 keys, sealed 4 rows again, destroyed 2 old keys." in text
    assert DataKey.objects.get(author=household["bob"]).pk == bobs
    everything_opens(household)
    assert keys("reencrypt", "--person", "nobody@example.org")[1].startswith("Nobody")


def test_reencrypt_never_overwrites_what_is_saved_meanwhile(household, monkeypatch):
    row = household["rows"][0]
    keyring = Keyring.of(household["ann"])
    real = SealedTable.replace
    saved = []

    def save_first(self, pk, old, new):
        if pk == row.pk and not saved:
            saved.append(keyring.seal(row, "body", {"text": f"{CANARY}, newer"}))
            type(row).unscoped.filter(pk=pk).update(sealed_body=saved[0])
        return real(self, pk, old, new)

    keyring.open(row, "body")
    monkeypatch.setattr(SealedTable, "replace", save_first)
    keys("reencrypt", "--grace=0")
    assert saved
    assert Keyring.of(household["ann"]).open(again(row), "body") == {"text": f"{CANARY}, newer"}
    assert not DataKey.objects.filter(retired_at__isnull=False).exists()


def test_reencrypt_keeps_the_key_of_what_does_not_open(household):
    row = household["rows"][0]
    whole = bytes(again(row).sealed_body)
    broken = whole[:-1] + bytes([whole[-1] ^ 1])
    type(row).unscoped.filter(pk=row.pk).update(sealed_body=broken)
    text, failure = keys("reencrypt", "--grace=0")
    assert failure == "1 did not open. Run `keys verify`."
    assert "destroyed 2 old keys" in text
    assert bytes(again(row).sealed_body) == broken
    retired = DataKey.objects.get(retired_at__isnull=False)
    assert key_id_of(broken) == retired.pk


def test_reencrypt_finds_no_successor_for_a_key_whose_room_was_left(household):
    DataKey.objects.filter(space=household["room"]).update(retired_at=timezone.now())
    failure = keys("reencrypt", "--grace=0")[1]
    assert failure == "1 did not open. Run `keys verify`."
    assert DataKey.objects.filter(space=household["room"]).exists()
    everything_opens(household)


def test_the_tables_are_walked_in_batches(household, monkeypatch):
    monkeypatch.setattr(blobs, "BATCH", 2)
    assert "All 13 opened." in keys("verify")[0]
    assert "sealed 6 rows again" in keys("reencrypt", "--grace=0")[0]
    everything_opens(household)


def test_many_keys_do_not_fill_the_memory(household, monkeypatch):
    monkeypatch.setattr(blobs, "KEYS_AT_ONCE", 1)
    assert "All 13 opened." in keys("verify")[0]
    with pytest.raises(KeyMissing):
        blobs.EveryKey().get(uuid4())


def test_the_sheet_can_be_typed_in_again(settings):
    settings.JOURNAL_KEYS = f"{KEYS['k2']},{KEYS['k1']}"
    out, err = StringIO(), StringIO()
    call_command("keys", "sheet", stdout=out, stderr=err)
    assert "Print it" in err.getvalue()
    page = out.getvalue()
    assert max(len(line) for line in page.splitlines()) <= 80
    rows = re.findall(r"^ {4}((?:[0-9a-f]{4} ){3}[0-9a-f]{4}) {5}check ([0-9a-f]{4})$", page, re.M)
    assert len(rows) == 8
    for digits, check in rows:
        plain = digits.replace(" ", "").encode()
        assert hashlib.sha256(plain).hexdigest()[:4] == check
    typed = [" ".join(digits for digits, _ in rows[n : n + 4]) for n in (0, 4)]
    read = keks.parse(f"k2:{typed[0]},k1:{typed[1]}")
    assert [kek.on_paper() for kek in read] == [kek.on_paper() for kek in keks.keks()]
    assert "k2  (locks and opens)" in page
    assert "k1  (opens only)" in page


def test_a_fresh_line_is_printed_even_while_the_list_is_faulty(settings):
    line = keys("new")[0].strip()
    assert keks.parse(line)
    settings.JOURNAL_KEYS = line
    assert keys("new")[0].partition(":")[0].endswith(".2")
    settings.JOURNAL_KEYS = "k1:nonsense"
    assert keks.parse(keys("new")[0].strip())
    assert keys("verify")[1].startswith("The key k1 in JOURNAL_KEYS")
