"""A keyring opens what its person wrote, and nothing of anybody else's."""

import copy
import pickle
import random
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import isolate_apps
from django.utils import timezone

from journal.entries.models import Entry
from journal.relationships.models import PathStep, Relationship
from journal.vault.keyring import Keyring, add_key
from journal.vault.middleware import KeyringMiddleware
from journal.vault.models import DataKey, KeyWrap, destroy
from journal.vault.sealing import CannotOpen, KeyMissing, VaultError, key_id_of, new_secret

from .conftest import KEYS, again, new_entry, new_relationship

pytestmark = pytest.mark.django_db


def opens(keyring, row, field):
    try:
        keyring.open(row, field)
    except VaultError:
        return False
    return True


def test_what_a_person_wrote_opens_for_them_as_it_was(person):
    ann = person("ann")
    value = {"text": "whole \U0001f56f, half \ud83d, zero \x00", "list": [1, 2.5, None, True]}
    row = again(new_relationship(ann, value))
    assert Keyring.of(ann).open(row, "story") == value


def test_nothing_kept_opens_as_none(person):
    entry = new_entry(person("ann"), "a")
    keyring = Keyring.of(entry.author)
    assert entry.sealed_questions is None
    assert keyring.open(entry, "questions") is None
    entry.sealed_questions = b""
    assert keyring.open(entry, "questions") is None
    assert keyring.open_value("journal.Entry", "questions", entry.pk, None) is None


def test_many_rows_open_in_one_query(person, django_assert_num_queries):
    ann = person("ann")
    rows = [new_entry(ann, f"page {n}") for n in range(5)]
    keyring = Keyring.of(ann)
    with django_assert_num_queries(1):
        found = list(keyring.open_many(rows, "head", "body"))
    assert [row for row, _ in found] == rows
    assert found[3][1] == {"head": {"title": "page 3"}, "body": {"text": "page 3"}}


def test_a_keyring_that_is_not_used_asks_nothing(person, django_assert_num_queries):
    ann = person("ann")
    with django_assert_num_queries(0):
        assert "ann" not in repr(Keyring.of(ann))


def test_the_keyring_of_another_person_opens_nothing(person):
    ann, bob = person("ann"), person("bob")
    mine, theirs = new_entry(ann, "mine"), new_entry(bob, "theirs")
    assert Keyring.of(bob).open(theirs, "body") == {"text": "theirs"}
    with pytest.raises(KeyMissing):
        Keyring.of(bob).open(mine, "body")
    # Nor when the row is made to say that it is theirs.
    mine.author = bob
    mine.save()
    with pytest.raises(KeyMissing):
        Keyring.of(bob).open(again(mine), "body")


def test_no_stored_blob_opens_after_ten_thousand_swaps_between_rows_fields_models_and_owners(
    person,
):
    dice = random.Random(3)
    places = []
    for name in ("ann", "bob", "eve"):
        who = person(name)
        rows = [new_entry(who, f"{name} {n}") for n in range(4)]
        places += [(who, row, field) for row in rows for field in ("head", "body")]
        rows = [new_relationship(who, {"name": name}) for _ in range(3)]
        places += [(who, row, "story") for row in rows]
        step = PathStep(relationship=rows[0])
        step.sealed_state = Keyring.of(who).seal(step, "state", {"state": "open"})
        places.append((who, step, "state"))
    keyrings = {who: Keyring.of(who) for who, _, _ in places}
    blobs = [getattr(row, f"sealed_{field}") for _, row, field in places]
    accepted = 0
    for _ in range(10_000):
        here, there = dice.sample(range(len(places)), 2)
        who, row, field = places[there]
        setattr(row, f"sealed_{field}", blobs[here])
        reader = dice.choice(list(keyrings.values())) if dice.random() < 0.2 else keyrings[who]
        accepted += opens(reader, row, field)
        setattr(row, f"sealed_{field}", blobs[there])
    assert accepted == 0
    assert all(opens(keyrings[who], row, field) for who, row, field in places)


def test_plain_words_written_into_a_sealed_column_are_refused(person):
    entry = new_entry(person("ann"), "sealed")
    keyring = Keyring.of(entry.author)
    for plain in (b'{"text":"plain"}', b"plain", b"TR\x01"):
        Entry.unscoped.filter(pk=entry.pk).update(sealed_body=plain)
        with pytest.raises(CannotOpen):
            keyring.open(again(entry), "body")


def test_the_first_seal_makes_the_key_and_the_next_ones_use_it(person):
    ann = person("ann")
    assert not DataKey.objects.filter(author=ann).exists()
    rows = [new_entry(ann, "a"), new_entry(ann, "b"), new_relationship(ann, {})]
    data_key = DataKey.objects.get(author=ann)
    assert data_key.space is None
    assert data_key.retired_at is None
    blobs = [rows[0].sealed_body, rows[1].sealed_head, rows[2].sealed_story]
    assert {key_id_of(blob) for blob in blobs} == {data_key.pk}
    assert data_key.wraps.get().kek_id == "k1"


def test_a_key_that_was_rolled_back_is_never_used_again(person):
    ann = person("ann")
    keyring = Keyring.of(ann)
    lost, kept = Relationship(owner=ann), Relationship(owner=ann)
    with pytest.raises(RuntimeError), transaction.atomic():
        lost.sealed_story = keyring.seal(lost, "story", "lost")
        raise RuntimeError
    assert not DataKey.objects.exists()
    kept.sealed_story = keyring.seal(kept, "story", "kept")
    kept.save()
    assert Keyring.of(ann).open(again(kept), "story") == "kept"


@pytest.mark.django_db(transaction=True)
def test_a_key_that_was_committed_is_not_asked_about_again(person, django_assert_num_queries):
    ann = person("ann")
    keyring = Keyring.of(ann)
    row = Relationship(owner=ann)
    with transaction.atomic():
        keyring.seal(row, "story", "a")
    with django_assert_num_queries(0):
        keyring.seal(row, "story", "b")


def test_a_retired_key_opens_and_seals_nothing_more(person):
    ann = person("ann")
    old = new_entry(ann, "old")
    first = DataKey.objects.get()
    DataKey.objects.update(retired_at=timezone.now())
    new = new_entry(ann, "new")
    keyring = Keyring.of(ann)
    assert key_id_of(new.sealed_body) != first.pk
    assert keyring.open(old, "body") == {"text": "old"}
    assert keyring.open(new, "body") == {"text": "new"}


def test_a_key_made_since_the_keyring_was_loaded_is_found(person):
    ann = person("ann")
    old = new_entry(ann, "old")
    keyring = Keyring.of(ann)
    keyring.open(old, "body")
    DataKey.objects.update(retired_at=timezone.now())
    new = new_entry(ann, "new")
    assert keyring.open(new, "body") == {"text": "new"}


def test_a_destroyed_key_opens_nothing_for_anybody(person):
    ann = person("ann")
    entry = new_entry(ann, "gone")
    destroy(DataKey.objects.get())
    assert not DataKey.objects.exists()
    assert not KeyWrap.objects.exists()
    with pytest.raises(KeyMissing):
        Keyring.of(ann).open(entry, "body")


def test_a_key_whose_lock_is_not_held_neither_opens_nor_seals_nor_is_replaced(person, settings):
    ann = person("ann")
    entry = new_entry(ann, "a")
    settings.JOURNAL_KEYS = KEYS["k2"]
    keyring = Keyring.of(ann)
    with pytest.raises(KeyMissing, match="k1"):
        keyring.open(entry, "body")
    with pytest.raises(KeyMissing, match="k1"):
        keyring.seal(entry, "body", "b")
    assert DataKey.objects.count() == 1
    settings.JOURNAL_KEYS = f"{KEYS['k2']},{KEYS['k1']}"
    assert Keyring.of(ann).open(entry, "body") == {"text": "a"}


def test_a_wrap_that_was_changed_or_given_to_somebody_else_opens_nothing(person):
    ann, bob = person("ann"), person("bob")
    entry = new_entry(ann, "a")
    DataKey.objects.update(author=bob)
    for who in (ann, bob):
        with pytest.raises(VaultError):
            Keyring.of(who).open(entry, "body")
    DataKey.objects.update(author=ann)
    wrapped = bytes(KeyWrap.objects.get().wrapped)
    KeyWrap.objects.update(wrapped=wrapped[:-1] + bytes([wrapped[-1] ^ 1]))
    with pytest.raises(CannotOpen):
        Keyring.of(ann).open(entry, "body")


def test_a_second_wrap_serves_when_the_first_cannot(person, settings):
    ann = person("ann")
    entry = new_entry(ann, "a")
    data_key = DataKey.objects.get()
    KeyWrap.objects.create(data_key=data_key, kek_id="k0", wrapped=b"of a key long gone")
    KeyWrap.objects.create(data_key=data_key, method="passphrase", kek_id="", wrapped=b"later")
    assert Keyring.of(ann).open(entry, "body") == {"text": "a"}


def test_words_in_a_space_are_under_a_key_of_that_space_and_open_for_its_keyrings(person):
    ann, bob, room = person("ann"), person("bob"), uuid4()
    row = Relationship(owner=ann)
    row.sealed_story = Keyring.of(ann, [room]).seal(row, "story", "handed over", space=room)
    assert DataKey.objects.get().space == room
    assert Keyring.of(bob, [room]).open(row, "story") == "handed over"
    for outside in (Keyring.of(ann), Keyring.of(bob), Keyring.of(bob, [uuid4()])):
        with pytest.raises(KeyMissing):
            outside.open(row, "story")
    with pytest.raises(KeyMissing):
        Keyring.of(bob).seal(row, "story", "not in here", space=room)
    # Each writes under a key of their own, also in the same room.
    theirs = Relationship(owner=bob)
    theirs.sealed_story = Keyring.of(bob, [room]).seal(theirs, "story", "b", space=room)
    assert DataKey.objects.filter(space=room).count() == 2


def test_the_database_allows_one_live_key_for_each_author_and_space(person):
    ann, room = person("ann"), uuid4()
    for space in (None, room):
        add_key(uuid4(), ann.pk, space, new_secret())
        with pytest.raises(IntegrityError), transaction.atomic():
            add_key(uuid4(), ann.pk, space, new_secret())
    wrap = KeyWrap.objects.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        KeyWrap.objects.create(data_key=wrap.data_key, kek_id=wrap.kek_id, wrapped=b"")


@isolate_apps("journal")
def test_a_proxy_model_shares_the_place_of_its_table(person):
    class Aside(Entry):
        class Meta:
            app_label = "journal"
            proxy = True

    entry = new_entry(person("ann"), "a")
    aside = Aside(pk=entry.pk, sealed_body=entry.sealed_body)
    assert Keyring.of(entry.author).open(aside, "body") == {"text": "a"}


def test_nobody_has_no_keyring():
    with pytest.raises(KeyMissing):
        Keyring.of(AnonymousUser())


def test_a_keyring_is_neither_shown_nor_copied_nor_pickled(person):
    ann = person("ann")
    keyring = Keyring.of(ann)
    keyring.open(new_entry(ann, "a"), "body")
    assert repr(keyring) == f"<Keyring of person {ann.pk}>"
    for take in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError):
            take(keyring)


def test_a_request_has_the_keyring_of_whoever_is_signed_in(person, django_assert_num_queries):
    ann = person("ann")
    entry = new_entry(ann, "a")
    request = RequestFactory().get("/")
    seen = []

    def view(request):
        seen.append(request.keyring)
        return HttpResponse()

    request.user = ann
    with django_assert_num_queries(0):
        KeyringMiddleware(view)(request)
    assert seen[0].open(entry, "body") == {"text": "a"}
    request.user = AnonymousUser()
    KeyringMiddleware(view)(request)
    with pytest.raises(KeyMissing):
        seen[1].open(entry, "body")
