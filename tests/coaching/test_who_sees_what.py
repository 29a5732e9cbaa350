"""What a coach may see ends at once, stands in the ledger, and is seen by no other coach.

Every address, person and method are in `test_every_address.py`.
"""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.http import Http404
from django.utils import timezone

from journal.coaching import consent, ledger
from journal.coaching.models import ASSIGNMENT, CARD_OF, KEPT, REQUEST, Opening, Showing
from journal.spaces.models import Membership, Post, Space
from journal.spaces.room import Room
from tests.rooms import a_room, bring_coach, lock_twice, room_for, work_together

SECRET = "gooseberry"


class Asked:
    """A request as far as the coach's way in looks at it."""

    def __init__(self, user: Any) -> None:
        self.user = user


@pytest.fixture
def cast(people: dict[str, Any], mending: Any) -> dict[str, Any]:
    """Cleo coaches Ana; Carl's consent was withdrawn, Eve's has run out, Pia coaches Stan.

    Ben is Ana's partner, with a room of their own, and another client of Cleo's.
    """
    for name in ("eve", "pia"):
        people[name].is_coach = True
        people[name].save(update_fields=["is_coach"])
    lock_twice(people["stan"])
    people["stan"].is_staff = True
    people["stan"].save(update_fields=["is_staff"])
    return people


@pytest.fixture
def rooms(cast: dict[str, Any], mending: Any) -> dict[str, Space]:
    """Ana's rooms with each coach, and Stan's with Pia."""
    made = {
        name: work_together(cast["ana"], cast[name], mending) for name in ("cleo", "carl", "eve")
    }
    made["pia"] = work_together(cast["stan"], cast["pia"])
    work_together(cast["ben"], cast["cleo"])
    a_room(cast["ana"], cast["ben"])
    consent.narrow(room_for(cast["ana"], made["carl"]), "room")
    gone = timezone.now() - timedelta(minutes=1)
    Showing.objects.by(cast["ana"]).filter(space=made["eve"]).update(expires_at=gone)
    return made


def fill(client: Any, coach: Any, space: Space) -> dict[str, uuid.UUID]:
    """Put a word of each kind into a room and return the ids."""
    mine, theirs = room_for(client, space), room_for(coach, space)
    told = {"exercise": "clear-ask", "title": SECRET, "day": "2026-11-22"}
    posts = [
        mine.write(CARD_OF[KEPT], told),
        mine.write(REQUEST, {"text": SECRET}),
        mine.write(
            Post.COPY, {"title": SECRET, "parts": [{"ask": "", "words": SECRET}], "text": ""}
        ),
        theirs.write(ASSIGNMENT, {"title": SECRET, "exercise": "clear-ask", "note": SECRET}),
    ]
    return {post.kind: post.pk for post in posts}


def test_the_very_next_request_sees_that_everything_was_closed(cast, rooms, browser_of):
    asked = Asked(cast["cleo"])
    assert ledger.look_into(asked, rooms["cleo"].pk).items
    answer = browser_of(cast["ana"]).post(f"/coaching/{rooms['cleo'].pk}/narrow/", {"item": "room"})
    assert answer.status_code == 302
    with pytest.raises(Http404):
        ledger.look_into(asked, rooms["cleo"].pk)
    assert not Showing.objects.to_coach(cast["cleo"]).filter(client=cast["ana"]).exists()


def test_the_very_next_request_sees_that_one_thing_was_closed(cast, rooms, browser_of):
    asked = Asked(cast["cleo"])
    fill(cast["ana"], cast["cleo"], rooms["cleo"])
    assert ledger.look_into(asked, rooms["cleo"].pk).cards().count() == 1
    browser_of(cast["ana"]).post(f"/coaching/{rooms['cleo'].pk}/narrow/", {"item": "kept"})
    found = ledger.look_into(asked, rooms["cleo"].pk)
    assert "kept" not in found.items
    assert not found.cards(KEPT).exists()
    assert found.room.posts.filter(kind=REQUEST).exists()


def test_a_client_cannot_look_into_their_own_room_as_a_coach(cast, rooms):
    with pytest.raises(Http404):
        ledger.look_into(Asked(cast["ana"]), rooms["cleo"].pk)


def test_one_cannot_be_ones_own_coach(cast, browser_of):
    from journal.spaces.models import Membership, Space
    from tests.rooms import a_waiting_room

    cleo = cast["cleo"]
    lock_twice(cleo)
    _, token = a_waiting_room(cleo, Space.COACHING, Membership.CLIENT)
    answer = browser_of(cleo).post(f"/invitations/{token}/join/", {"called": "Cleo"})
    assert answer.status_code == 404
    assert Membership.objects.of(cleo).count() == 1


def test_two_coaches_of_one_client_know_nothing_of_each_other(cast, mending):
    ana = cast["ana"]
    one, other = (work_together(ana, cast[name], mending) for name in ("cleo", "carl"))
    room_for(ana, one).write(REQUEST, {"text": SECRET})
    carl = Room.of_person(cast["carl"], other.pk)
    assert [row.role for row in carl.others] == [Membership.CLIENT]
    assert not Post.objects.visible_to(cast["carl"]).filter(space=one).exists()
    assert {row.space_id for row in Showing.objects.to_coach(cast["carl"])} == {other.pk}


def test_without_a_second_factor_no_page_of_coaches_opens(cast, rooms, browser_of):
    from allauth.mfa.models import Authenticator

    Authenticator.objects.filter(user=cast["cleo"]).delete()
    answer = browser_of(cast["cleo"]).get("/coaching/clients/invite/")
    assert answer.headers["Location"] == "/you/coach/second-step/"


def test_each_opening_stands_in_the_ledger_of_the_client(cast, rooms, browser_of):
    ids = fill(cast["ana"], cast["cleo"], rooms["cleo"])
    shown = ledger.look_into(Asked(cast["cleo"]), rooms["cleo"].pk)
    shown.open(ids[REQUEST])
    for _ in range(2):
        ledger.looked_at_list(Showing.objects.to_coach(cast["cleo"]).filter(item="room"))
    said = [row.what for row in Opening.objects.seen_by(cast["ana"]).order_by("at")]
    assert said == ["page", "copy", "list"]
    page = browser_of(cast["ana"]).get("/coaching/opened/").content.decode()
    assert "Cleo opened your page" in page
    assert not Opening.objects.seen_by(cast["stan"]).exists()


def test_a_couples_coach_stands_in_the_ledger_of_both(people, browser_of):
    space = a_room(people["ana"], people["ben"])
    lock_twice(people["cleo"])
    bring_coach(people["ana"], people["ben"], people["cleo"], space)
    assert browser_of(people["cleo"]).get(f"/together/{space.pk}/").status_code == 200
    for name in ("ana", "ben"):
        page = browser_of(people[name]).get("/coaching/opened/").content.decode()
        assert "Cleo opened a page of the room" in page
    browser_of(people["carl"]).get(f"/together/{space.pk}/")
    assert Opening.objects.seen_by(people["ana"]).count() == 1


def test_a_form_that_comes_back_shows_a_coach_nothing_that_is_not_written_down(
    cast, rooms, browser_of
):
    fill(cast["ana"], cast["cleo"], rooms["cleo"])
    answer = browser_of(cast["cleo"]).post(
        f"/coaching/clients/{rooms['cleo'].pk}/note/", {"next_session": "no day"}
    )
    assert answer.status_code == 422 and SECRET in answer.content.decode()
    assert Opening.objects.seen_by(cast["ana"]).filter(what=Opening.PAGE).count() == 1


def test_a_couples_coach_without_a_second_step_finds_only_the_way_out(people, browser_of):
    from allauth.mfa.models import Authenticator

    space = a_room(people["ana"], people["ben"])
    bring_coach(people["ana"], people["ben"], people["cleo"], space)
    Authenticator.objects.filter(user=people["cleo"]).delete()
    cleos = browser_of(people["cleo"])
    for page in ("", "since/0/", "questions/"):
        answer = cleos.get(f"/together/{space.pk}/{page}")
        assert answer.headers["Location"] == "/you/coach/second-step/", page
    note = cleos.post(f"/together/{space.pk}/note/", {"text": "x", "post_id": str(uuid.uuid4())})
    assert note.headers["Location"] == "/you/coach/second-step/"
    assert not Post.objects.written_by(people["cleo"]).exists()
    assert cleos.get(f"/together/{space.pk}/leave/").status_code == 200
    assert browser_of(people["ana"]).get(f"/together/{space.pk}/").status_code == 200


def test_a_form_of_a_couples_room_that_comes_back_is_written_down_for_both(people, browser_of):
    space = a_room(people["ana"], people["ben"])
    lock_twice(people["cleo"])
    bring_coach(people["ana"], people["ben"], people["cleo"], space)
    post = room_for(people["ana"], space).write(Post.NOTE, {"title": "", "text": SECRET})
    answer = browser_of(people["cleo"]).post(f"/together/{space.pk}/posts/{post.pk}/", {"text": ""})
    assert answer.status_code == 422 and SECRET in answer.content.decode()
    for name in ("ana", "ben"):
        assert Opening.objects.seen_by(people[name]).count() == 1


def test_what_a_coach_was_writing_comes_back_when_a_client_closes_everything(
    cast, rooms, browser_of
):
    cleos = browser_of(cast["cleo"])
    room = f"/coaching/clients/{rooms['cleo'].pk}"
    consent.narrow(room_for(cast["ana"], rooms["cleo"]), "room")
    for page in ("reply", "note", "assign"):
        said = {"post_id": str(uuid.uuid4()), "text": "Try it for a week.", "note": "And rest."}
        answer = cleos.post(f"{room}/{page}/", said)
        assert answer.status_code == 404
        assert "Try it for a week." in answer.content.decode()
        assert "And rest." in answer.content.decode()


def test_what_a_client_was_asking_comes_back_when_the_coach_has_gone(cast, rooms, browser_of):
    from journal.spaces import leaving

    leaving.leave(cast["cleo"], rooms["cleo"].pk)
    said = {"post_id": str(uuid.uuid4()), "text": "May I call you?"}
    answer = browser_of(cast["ana"]).post(f"/coaching/{rooms['cleo'].pk}/ask/", said)
    assert answer.status_code == 422
    assert "May I call you?" in answer.content.decode()
    assert not Post.objects.written_by(cast["ana"]).filter(kind=REQUEST).exists()
