"""What two people do in their room, added to the model of rooms: marbles, answers, promises."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.http import Http404
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from journal.spaces.models import Post
from journal.together import agreements, jar, listening, question
from journal.together.models import Agreement, Signature
from journal.together.talk_models import Talk, Turn
from journal.vault.keyring import Keyring
from tests.spaces.machine import AT, WHO, Place, Rooms, Words


@dataclass
class Promise:
    """What the model knows of an agreement: it lives as long as the wording on its table."""

    id: UUID
    words: UUID
    version: int = 1
    ended: bool = False
    signed: dict[int, dict[Any, str]] = field(default_factory=dict)  # version: person: text


class TwoInARoom(Rooms):
    """Everything that happens in rooms, with what two people do there."""

    def __init__(self) -> None:
        self.answers: dict[UUID, dict[str, UUID]] = {}
        self.promises: dict[UUID, list[Promise]] = {}
        self.copies: dict[Any, list[str]] = {}
        super().__init__()
        self.put_on_table("ana", self.places[0])

    def place_of(self, who: str, at: int) -> Place | None:
        """Return one of somebody's rooms."""
        places = self.rooms_of(who)
        return places[at % len(places)] if places else None

    def promise_of(self, place: Place, at: int) -> Promise | None:
        """Return a promise of a room whose wording nobody has taken away."""
        alive = [one for one in self.promises.get(place.id, []) if one.words in place.posts]
        return alive[at % len(alive)] if alive else None

    @rule(who=WHO, at=AT)
    def drop(self, who: str, at: int) -> None:
        if place := self.place_of(who, at):
            text, post_id = self.new_words(), uuid4()
            for _ in range(1 + at % 2):  # now and then a double click
                jar.drop(self.room(who, place), text, post_id)
            place.posts[post_id] = Words(who, text)

    @rule(who=WHO, at=AT)
    def answer(self, who: str, at: int) -> None:
        place = self.place_of(who, at)
        if place is None:
            return
        room, text, post_id = self.room(who, place), self.new_words(), uuid4()
        asked = question.question_of_the_week(room.space)
        mine = self.live_answers(place).get(who)
        open_already = any(place.posts[one].open for one in self.live_answers(place).values())
        if mine is None and open_already:
            with pytest.raises(question.Opened):
                question.answer(room, asked.pk, text, 0, post_id)
        elif mine is None:
            question.answer(room, asked.pk, text, 0, post_id)
            self.answers.setdefault(place.id, {})[who] = post_id
            place.posts[post_id] = Words(who, text, open=False)
            answers = self.live_answers(place)
            if len(place.members) == 2 and set(answers) == set(place.members):
                for one in answers.values():
                    place.posts[one].open = True
        elif place.posts[mine].open:
            with pytest.raises(question.Opened):
                question.answer(room, asked.pk, text, 1, post_id)
        else:
            version = Post.unscoped.get(pk=mine).version
            with pytest.raises(question.Changed):
                question.answer(room, asked.pk, text, version - 1, post_id)
            question.answer(room, asked.pk, text, version, post_id)
            place.posts[mine].text = text

    def live_answers(self, place: Place) -> dict[str, UUID]:
        """Return who has an answer in a room, and which post it is."""
        answers = self.answers.get(place.id, {})
        return {who: post for who, post in answers.items() if post in place.posts}

    @rule(who=WHO, at=AT)
    def withdraw(self, who: str, at: int) -> None:
        place = self.place_of(who, at)
        if place is None:
            return
        room = self.room(who, place)
        asked, mine = question.question_of_the_week(room.space), self.live_answers(place).get(who)
        if mine and place.posts[mine].open:
            with pytest.raises(question.Opened):
                question.withdraw(room, asked.pk)
            return
        row = Post.unscoped.get(pk=mine) if mine else None
        question.withdraw(room, asked.pk)
        if mine and row:
            self.forget(place, mine, row)

    @rule(who=WHO, at=AT, aloud=st.booleans())
    def talk(self, who: str, at: int, aloud: bool) -> None:
        """Begin a talk; on one device the other says back there what they heard."""
        place = self.place_of(who, at)
        if place is None or len(place.members) < 2 or place.members[who]:
            return
        room, said, heard = self.room(who, place), uuid4(), uuid4()
        talk = listening.begin(room, aloud, uuid4())
        listening.take_turn(room, talk.pk, "say", self.new_words(), 1, said)
        place.posts[said] = Words(who, f"Words number {self.said}.")
        if aloud:
            listening.take_turn(room, talk.pk, "heard", self.new_words(), 2, heard)
            place.posts[heard] = Words(who, f"Words number {self.said}.", spoken=True)

    @rule(who=WHO, at=AT)
    def let_talks_go(self, who: str, at: int) -> None:
        place = self.place_of(who, at)
        if place is None or place.members[who] or len(place.members) < 2 or at % 3:
            return
        room = self.room(who, place)
        for row in list(Talk.objects.in_room(room.space)):
            turns = [one.post_id for one in Turn.objects.of(row) if one.post_id]
            listening.take_turn(room, row.pk, "stop", "", 0, uuid4())
            gone = list(Post.unscoped.filter(pk__in=turns))
            assert not listening.wish(room, row.pk, keep=False)
            for post in gone:
                self.forget(place, post.pk, post)

    @rule(who=WHO, at=AT)
    def propose(self, who: str, at: int) -> None:
        if place := self.place_of(who, at):
            self.put_on_table(who, place)

    def put_on_table(self, who: str, place: Place) -> None:
        text, post_id = self.new_words(), uuid4()
        agreements.propose(self.room(who, place), Agreement.PROMISE, text, post_id)
        place.posts[post_id] = Words(who, text)
        self.promises.setdefault(place.id, []).append(Promise(post_id, post_id))

    @rule(who=WHO, at=AT, stale=AT)
    def reword(self, who: str, at: int, stale: int) -> None:
        place = self.place_of(who, at)
        promise = self.promise_of(place, at) if place else None
        if place is None or promise is None:
            return
        room, text, post_id = self.room(who, place), self.new_words(), uuid4()
        base = promise.version - (stale % 2 == 0)
        wrong = agreements.Ended if promise.ended else agreements.Reworded
        if promise.ended or base != promise.version:
            with pytest.raises(wrong):
                agreements.reword(room, promise.id, text, base, post_id)
            return
        agreements.reword(room, promise.id, text, base, post_id)
        place.posts[post_id] = Words(who, text)
        promise.words, promise.version = post_id, promise.version + 1

    @rule(who=WHO, at=AT, stale=AT)
    def sign(self, who: str, at: int, stale: int) -> None:
        place = self.place_of(who, at)
        promise = self.promise_of(place, at) if place else None
        if place and promise:
            self.try_to_sign(who, place, promise, stale)

    @rule(who=WHO, at=AT)
    def both_sign(self, who: str, at: int) -> None:
        place = self.place_of(who, at)
        promise = self.promise_of(place, at) if place else None
        for one in place.members if place and promise else ():
            self.try_to_sign(one, place, promise, 1)

    def try_to_sign(self, who: str, place: Place, promise: Promise, stale: int) -> None:
        """Sign the wording on the table, or now and then the one before it."""
        room, version = self.room(who, place), promise.version - (stale % 2 == 0)
        words = place.posts[promise.words]
        wrong: Any = None
        if promise.ended:
            wrong = agreements.Ended
        elif words.author != who and place.members[who]:
            wrong = Http404  # keeping away: the wording has not reached them
        elif version != promise.version:
            wrong = agreements.Reworded
        if wrong:
            with pytest.raises(wrong):
                agreements.sign(room, promise.id, version)
            return
        agreements.sign(room, promise.id, version)
        names = promise.signed.setdefault(version, {})
        if self.people[who].pk in names:
            return
        names[self.people[who].pk] = words.text
        both = {self.people[one].pk for one in place.members}
        if len(both) == 2 and both <= set(names):
            for person, text in names.items():
                self.copies.setdefault(person, []).append(text)

    @rule(who=WHO, at=AT, really=AT)
    def end(self, who: str, at: int, really: int) -> None:
        place = self.place_of(who, at)
        promise = self.promise_of(place, at) if place else None
        if place and promise and really % 4 == 0:
            agreements.end(self.room(who, place), promise.id)
            promise.ended = True

    @invariant()
    def what_both_signed_stays_with_each(self) -> None:
        for person in self.people.values():
            keyring = Keyring.of(person)
            copies = [row.copy(keyring)["text"] for row in Signature.objects.of(person)]
            assert sorted(copies) == sorted(self.copies.get(person.pk, []))

    @invariant()
    def no_two_marbles_share_a_slot(self) -> None:
        rows = Post.unscoped.filter(kind=jar.MARBLE).values_list("space", "number")
        assert len(rows) == len(set(rows))
