"""The host's commands reach the keys of rooms and of single posts, and nothing comes back."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from journal.spaces.models import Post, Space
from journal.spaces.room import Room
from journal.vault.keyring import Keyring
from journal.vault.models import DataKey
from journal.vault.sealing import KeyMissing
from tests.rooms import a_waiting_room

Of = Callable[[str], Room]


def keys(*arguments: str) -> str:
    """Run a command of the keys and return what it prints."""
    out = StringIO()
    call_command("keys", *arguments, stdout=out)
    return out.getvalue()


def test_verify_opens_rooms_and_leaves_invitations_to_their_tokens(ana: Any, room: Of) -> None:
    room("ana").write(Post.NOTE, {"text": "Soup."})
    a_waiting_room(ana)
    said = keys("verify")
    assert "1 journal.Post.sealed_body" in said
    assert "3 journal.Membership.sealed_called" in said


def test_new_data_keys_change_nothing_that_anybody_reads(
    ana: Any, room: Of, nobody: Client
) -> None:
    post = room("ana").write(Post.NOTE, {"text": "Soup."})
    _, token = a_waiting_room(ana)
    before = DataKey.objects.get(space=post.pk).pk
    keys("reencrypt", "--grace", "0")
    assert DataKey.objects.get(space=post.pk).pk != before
    bens = room("ben")
    assert [body["text"] for _, body in bens.read(bens.posts)] == ["Soup."]
    assert bens.names[ana.pk] == "Ana"
    assert "Would you?" in nobody.get(f"/invitations/{token}/").text


def test_taking_back_in_the_middle_of_new_keys_destroys_old_and_new(
    ana: Any, ben: Any, room: Of, space: Space
) -> None:
    post = room("ana").write(Post.NOTE, {"text": "Soup."})
    stolen = bytes(Post.unscoped.get(pk=post.pk).sealed_body)
    keys("reencrypt")  # the retired keys stay for a while
    assert DataKey.objects.filter(space=post.pk).count() == 2
    post.take_back()
    assert not DataKey.objects.filter(space=post.pk).exists()
    keys("reencrypt", "--grace", "0")
    post.sealed_body = stolen
    for person in (ana, ben):
        with pytest.raises(KeyMissing):
            post.body(Keyring.of(person, {space.pk, post.pk}))
