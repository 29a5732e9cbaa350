"""A room's fetch: who finds it, what they may open there, and what destroying a key does."""

import uuid
from datetime import timedelta

import pytest
from django.http import Http404
from django.utils import timezone

from journal.spaces.models import Membership, Post
from journal.vault.sealing import KeyMissing
from tests.rooms import bring_coach


def test_both_members_find_it_with_their_names(room):
    assert room("ana").other_names == "Ben"
    assert list(room("ben").names.values()) == ["Ana", "Ben"]
    assert not room("ana").closed


@pytest.mark.parametrize("name", ["pia", "eve", "cleo", "carl", "stan", "root"])
def test_nobody_else_finds_it(room, name):
    with pytest.raises(Http404):
        room(name)


def test_the_other_reads_what_was_written(room):
    post = room("ana").write(Post.NOTE, {"text": "Soup is on the stove."})
    bens = room("ben")
    assert bens.read(bens.posts) == [(post, {"text": "Soup is on the stove."})]


def test_a_post_of_the_same_id_is_written_once(room):
    wanted = uuid.uuid4()
    room("ana").write(Post.NOTE, {"text": "Once."}, post_id=wanted)
    room("ana").write(Post.NOTE, {"text": "Once."}, post_id=wanted)
    assert room("ben").posts.count() == 1


def test_other_words_under_a_spent_id_are_another_post(room):
    wanted = uuid.uuid4()
    room("ana").write(Post.NOTE, {"text": "First."}, post_id=wanted)
    room("ana").write(Post.NOTE, {"text": "Gone back and written anew."}, post_id=wanted)
    room("ben").write(Post.NOTE, {"text": "Under the id of Ana’s."}, post_id=wanted)
    assert room("ben").posts.count() == 3


def test_nobody_writes_over_the_post_of_another(room):
    post = room("ana").write(Post.NOTE, {"text": "Mine."})
    with pytest.raises(Http404):
        room("ben").rewrite(post.pk, {"text": "Ben’s now."})


def test_what_is_hidden_is_seen_by_its_author_alone_until_it_opens(room):
    post = room("ana").write("answer", {"text": "On Tuesday."}, hidden=True)
    assert list(room("ana").posts) == [post]
    assert not room("ben").posts.exists()
    post.open_to_room()
    assert list(room("ben").posts) == [post]


def test_taking_back_destroys_the_key_of_that_post_alone(room):
    gone = room("ana").write(Post.NOTE, {"text": "Gone."})
    room("ana").write(Post.NOTE, {"text": "Stays."})
    blob = bytes(gone.sealed_body)
    gone.take_back()
    gone.sealed_body = blob  # from a copy of the table
    ben = room("ben")
    assert [body["text"] for _, body in ben.read(ben.posts)] == ["Stays."]
    with pytest.raises(KeyMissing):
        ben.read([gone])


def test_nothing_of_others_reaches_whoever_pauses(room):
    room("ben").write(Post.NOTE, {"text": "Where are you?"})
    mine = room("ana").write(Post.NOTE, {"text": "Away for a week."})
    room("ana").me.pause(timezone.now() + timedelta(days=7))
    assert list(room("ana").posts) == [mine]
    assert room("ben").posts.count() == 2
    room("ana").me.pause(None)
    assert room("ana").posts.count() == 2


def test_whoever_left_a_moment_ago_writes_nothing_more(room):
    anas = room("ana")
    Membership.unscoped.filter(pk=anas.me.pk).delete()
    with pytest.raises(Http404):
        anas.write(Post.NOTE, {"text": "Too late."})
    assert not anas.posts.exists()


def test_a_coach_sees_nothing_from_before_they_came(room, people):
    anas = room("ana")
    anas.write(Post.NOTE, {"text": "Before."})
    waiting = anas.write("answer", {"text": "Sealed before, opened after."}, hidden=True)
    bring_coach(people["ana"], people["ben"], people["cleo"], anas.space)
    anas.write(Post.NOTE, {"text": "After."})
    waiting.open_to_room()
    cleos = room("cleo")
    assert [body["text"] for _, body in cleos.read(cleos.posts)] == ["After."]
