"""A model of rooms, and every step that people can take in them, in any order.

The model knows who is in which room and who may read which words there. After every step the site
is asked on behalf of everybody, and must say exactly what the model says: nothing that should not
be seen, and everything that should. What is built on rooms adds rules in a subclass.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from journal.entries.models import Entry
from journal.entries.writing import Draft, keep
from journal.spaces import inviting, leaving
from journal.spaces.blocking import keep_out
from journal.spaces.handing_models import Handing
from journal.spaces.handing_over import remember
from journal.spaces.models import Membership, Post, Space
from journal.spaces.room import Room
from journal.vault.keyring import Keyring
from journal.vault.models import DataKey
from journal.vault.sealing import KeyMissing
from tests.rooms import a_waiting_room, token_for

NAMES = ("ana", "ben", "pia")
WHO = st.sampled_from(NAMES)
AT = st.integers(0, 50)  # which of several, taken by the rest of a division


@dataclass
class Words:
    """What the model knows of a post."""

    author: str
    text: str
    open: bool = True
    entry: UUID | None = None
    edited: bool = False
    spoken: bool = False  # by the other, on its author's device


@dataclass
class Place:
    """What the model knows of a room."""

    id: UUID
    inviter: str
    token: str
    members: dict[str, bool] = field(default_factory=dict)  # name: whether keeping away
    opened: bool = False
    posts: dict[UUID, Words] = field(default_factory=dict)

    @property
    def closed(self) -> bool:
        return self.opened and len(self.members) < 2


class Rooms(RuleBasedStateMachine):
    """Three people, their rooms, and what each may see."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.people: dict[str, Any] = {}
        for name in NAMES:
            self.be_born(name)
        self.places: list[Place] = []
        self.kept_out: set[tuple[str, str]] = set()
        self.home: dict[str, set[str]] = {name: set() for name in NAMES}
        self.gone: list[Post] = []
        self.handed_back: list[Post] = []  # as they were under the leaver's key
        self.said = 0
        self.begin("ana", "ben")

    def teardown(self) -> None:
        """Leave the database as it was, whatever happened."""
        try:
            self.nothing_taken_back_opens()
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    # --- helpers --------------------------------------------------------------------------------
    def be_born(self, name: str) -> None:
        address = f"{name}-{uuid4().hex}@example.org"
        self.people[name] = get_user_model().objects.create_user(address, display_name=name.title())

    def begin(self, one: str, other: str) -> None:
        """Give two people a room to begin with: most of what matters happens inside one."""
        space, token = a_waiting_room(self.people[one])
        inviting.come_in(self.people[other], token, other.title())
        self.places.append(Place(space.pk, one, "", {one: False, other: False}, opened=True))

    def new_words(self) -> str:
        """Return words that nobody has written before."""
        self.said += 1
        return f"Words number {self.said}."

    def rooms_of(self, who: str) -> list[Place]:
        return [place for place in self.places if who in place.members]

    def room(self, who: str, place: Place) -> Room:
        return Room.of_person(self.people[who], place.id)

    def my_posts(self, who: str) -> list[tuple[Place, UUID]]:
        return [
            (place, post_id)
            for place in self.rooms_of(who)
            for post_id, words in place.posts.items()
            if words.author == who and not words.spoken
        ]

    def write(self, who: str, place: Place, kind: str, text: str, hidden: bool = False) -> Post:
        return self.room(who, place).write(kind, {"title": "", "text": text}, hidden=hidden)

    def may_read(self, who: str, place: Place) -> set[str]:
        """Return the texts that somebody must be able to read in a room, and no others."""
        if who not in place.members:
            return set()
        return {
            words.text
            for words in place.posts.values()
            if words.author == who or (words.open and not place.members[who])
        }

    def forget(self, place: Place, post_id: UUID, row: Post) -> None:
        """Note that a post was taken back; `row` is a thief's copy of it."""
        self.gone.append(row)
        del place.posts[post_id]

    def come_home(self, who: str, place: Place) -> None:
        """Note what leaving brings into somebody's journal, and takes out of the room."""
        self.hand_back(who, place)
        for post_id, words in list(place.posts.items()):
            if words.author == who:
                if words.entry is None or words.edited:
                    self.home[who].add(words.text)
                self.forget(place, post_id, Post.unscoped.get(pk=post_id))
        self.home[who] |= {words.text for words in place.posts.values() if words.spoken}
        self.take_along_what_was_said(place)

    def hand_back(self, who: str, place: Place) -> None:
        """Note that what the other said on the leaver's device becomes the other's own."""
        for post_id, words in place.posts.items():
            if words.spoken and words.author == who:
                self.handed_back.append(Post.unscoped.get(pk=post_id))
                [words.author] = set(place.members) - {who}
                words.spoken = False

    def take_along_what_was_said(self, place: Place) -> None:
        """Note that what the leaver said on the other's device goes with them."""
        for post_id in [post_id for post_id, words in place.posts.items() if words.spoken]:
            self.forget(place, post_id, Post.unscoped.get(pk=post_id))

    # --- steps ----------------------------------------------------------------------------------
    @rule(who=WHO)
    def invite(self, who: str) -> None:
        if len(self.places) < 4:
            space, token = a_waiting_room(self.people[who])
            self.places.append(Place(space.pk, who, token, {who: False}))

    @rule(who=WHO, at=AT)
    @precondition(lambda self: self.places)
    def come_in(self, who: str, at: int) -> None:
        waiting = [place for place in self.places if place.token] if at % 4 else []
        places = waiting or self.places
        place = places[at % len(places)]
        may = (
            not place.opened
            and place.token
            and who not in place.members
            and (who, place.inviter) not in self.kept_out
        )
        try:
            inviting.come_in(self.people[who], place.token or "gone", who.title())
        except inviting.NotOpen:
            assert not may
            return
        assert may
        place.opened, place.token = True, ""
        place.members[who] = False

    @rule(at=AT)
    @precondition(lambda self: any(not place.opened and place.members for place in self.places))
    def renew(self, at: int) -> None:
        waiting = [place for place in self.places if not place.opened and place.members]
        place = waiting[at % len(waiting)]
        person = self.people[place.inviter]
        asked = inviting.Asked(place.inviter)
        inviting.renew(person, place.id, Membership.PARTNER, asked)
        fresh = token_for(person, Space.unscoped.get(pk=place.id))
        assert fresh != place.token
        place.token = fresh

    @rule(who=WHO, at=AT, hidden=st.booleans())
    @precondition(lambda self: self.places)
    def note(self, who: str, at: int, hidden: bool) -> None:
        place, text = self.places[at % len(self.places)], self.new_words()
        try:
            post = self.write(who, place, "answer" if hidden else Post.NOTE, text, hidden)
        except Http404:
            assert who not in place.members
            return
        place.posts[post.pk] = Words(who, text, open=not hidden)

    @rule(who=WHO, at=AT)
    def hand_over(self, who: str, at: int) -> None:
        places = self.rooms_of(who)
        if not places:
            return
        place, text, person = places[at % len(places)], self.new_words(), self.people[who]
        keyring = Keyring.of(person)
        entry = keep(person, keyring, Draft(uuid4(), uuid4(), 0, text=text)).entry
        self.home[who].add(text)
        post = self.write(who, place, Post.COPY, text)
        remember(person, keyring, entry, self.room(who, place), post)
        place.posts[post.pk] = Words(who, text, entry=entry.pk)

    @rule(who=WHO, at=AT)
    def edit(self, who: str, at: int) -> None:
        mine = self.my_posts(who)
        if mine:
            place, post_id = mine[at % len(mine)]
            text = self.new_words()
            self.room(who, place).rewrite(post_id, {"title": "", "text": text})
            place.posts[post_id].text, place.posts[post_id].edited = text, True

    @rule(who=WHO, whose=WHO, at=AT)
    def meddle(self, who: str, whose: str, at: int) -> None:
        """Nobody rewrites what another wrote, in whatever room."""
        theirs = self.my_posts(whose)
        mine = self.rooms_of(who)
        if theirs and mine and who != whose:
            with pytest.raises(Http404):
                self.room(who, mine[0]).rewrite(theirs[at % len(theirs)][1], {"text": "Mine."})

    @rule(who=WHO, at=AT)
    def take_back(self, who: str, at: int) -> None:
        mine = self.my_posts(who)
        if mine:
            place, post_id = mine[at % len(mine)]
            row = Post.unscoped.get(pk=post_id)
            Post.unscoped.get(pk=post_id).take_back()
            self.forget(place, post_id, row)

    @rule(who=WHO, at=AT)
    def part_with_a_page(self, who: str, at: int) -> None:
        copies = [
            (place, post_id) for place, post_id in self.my_posts(who) if place.posts[post_id].entry
        ]
        if copies:
            place, post_id = copies[at % len(copies)]
            row, entry = Post.unscoped.get(pk=post_id), place.posts[post_id].entry
            page = Entry.objects.written_by(self.people[who]).get(pk=entry)
            self.home[who].discard(page.body(Keyring.of(self.people[who]))["text"])
            page.put_away() if at % 2 else page.delete()
            self.forget(place, post_id, row)

    @rule(at=AT)
    def reveal(self, at: int) -> None:
        """Open what was hidden in one room, as when both have answered."""
        shut = [
            (place, post_id)
            for place in self.places
            for post_id, words in place.posts.items()
            if not words.open
        ]
        if shut:
            place, post_id = shut[at % len(shut)]
            Post.unscoped.get(pk=post_id).open_to_room()
            place.posts[post_id].open = True

    @rule(who=WHO, at=AT, away=st.booleans())
    def pause(self, who: str, at: int, away: bool) -> None:
        places = self.rooms_of(who)
        if places:
            place = places[at % len(places)]
            until = timezone.now() + timedelta(days=7) if away else None
            self.room(who, place).me.pause(until)
            place.members[who] = away

    @rule(who=WHO, at=AT, for_good=st.booleans(), really=st.integers(0, 3))
    def leave(self, who: str, at: int, for_good: bool, really: int) -> None:
        places = self.rooms_of(who)
        if not places or really:
            return
        place = places[at % len(places)]
        if for_good:
            for other in place.members:
                if other != who:
                    self.keep_out(who, other)
        self.come_home(who, place)
        leaving.leave(self.people[who], place.id)
        del place.members[who]
        place.token = ""

    @rule(who=WHO, other=WHO)
    def keep_out(self, who: str, other: str) -> None:
        if who != other:
            person = self.people[who]
            keep_out(person, Keyring.of(person), self.people[other], other)
            self.kept_out.add((who, other))

    @rule(who=WHO, really=st.integers(0, 12))
    def erase(self, who: str, really: int) -> None:
        """Erase an account; now and then, and somebody new comes by that name."""
        if really:
            return
        for place in self.rooms_of(who):
            self.hand_back(who, place)
            for post_id, words in list(place.posts.items()):
                if words.author == who:
                    self.forget(place, post_id, Post.unscoped.get(pk=post_id))
            self.take_along_what_was_said(place)
            del place.members[who]
            place.token = ""
        self.people[who].delete()
        self.be_born(who)
        self.home[who] = set()
        self.kept_out = {pair for pair in self.kept_out if who not in pair}

    # --- what must hold after each --------------------------------------------------------------
    @invariant()
    def everybody_reads_what_they_may_and_nothing_else(self) -> None:
        for who, person in self.people.items():
            for place in self.places:
                try:
                    room = Room.of_person(person, place.id)
                except Http404:
                    assert who not in place.members
                    continue
                assert who in place.members
                assert room.closed == place.closed
                read = {body["text"] or body["of_other"] for _, body in room.read(room.posts)}
                assert read == self.may_read(who, place)
            seen = Post.objects.visible_to(person).count()
            assert seen == sum(len(self.may_read(who, place)) for place in self.rooms_of(who))

    @invariant()
    def nothing_is_left_of_what_is_gone(self) -> None:
        assert not DataKey.objects.filter(space__in=[row.pk for row in self.gone]).exists()
        assert not Post.unscoped.filter(pk__in=[row.pk for row in self.gone]).exists()
        assert not Handing.unscoped.filter(post__in=[row.pk for row in self.gone]).exists()
        there = {place.id for place in self.places if place.members}
        assert {row.pk for row in Space.unscoped.all()} == there

    @invariant()
    def what_came_home_is_at_home(self) -> None:
        for who, person in self.people.items():
            mine = Entry.objects.written_by(person)
            keyring = Keyring.of(person)
            texts = "\n".join(row.body(keyring)["text"] for row in mine)
            missing = {text for text in self.home[who] if text not in texts}
            assert not missing

    def nothing_taken_back_opens(self) -> None:
        """With the rows of before, the database of now and the host's key."""
        for row in self.gone[-20:] + self.handed_back[-20:]:
            for person in self.people.values():
                with pytest.raises(KeyMissing):
                    row.body(Keyring.of(person, {row.pk, row.space_id}))
