"""The coach's pages: the list of clients, one client, a page that was handed over."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from journal.coaching import client, consent, roster
from journal.coaching.models import (
    ASSIGNMENT,
    CARD_OF,
    CARDS,
    REQUEST,
    ClientFile,
    CoachNote,
    Opening,
    monday_of,
)
from journal.spaces.models import Post
from journal.vault.keyring import Keyring
from tests.rooms import lock_twice, room_for, work_together

MARKUP = '<b>bold</b> "quoted" & <script>alert(1)</script>'


def text_of(answer: Any) -> str:
    return answer.content.decode()


def active(room: Any, weeks: int) -> None:
    """Say that a client was last here so many weeks ago."""
    week = monday_of(timezone.localdate(timezone=room.person.zone)) - timedelta(weeks=weeks)
    room.write(CARD_OF["active"], {"week": week.isoformat()}, number=1, day=week)


@pytest.fixture
def clients(people: dict[str, Any]) -> dict[str, Any]:
    """Cleo's clients: Ana asked something, Ben has been quiet, Stan moves."""
    lock_twice(people["cleo"])
    names = ("ana", "ben", "stan")
    rooms = {}
    for name in names:
        space = work_together(people[name], people["cleo"])
        rooms[name] = room_for(people[name], space)
    rooms["ana"].write(REQUEST, {"text": MARKUP})
    active(rooms["ana"], 0)
    active(rooms["ben"], 4)
    day = timezone.localdate(timezone=people["stan"].zone)
    told = {"step": "communicate-openly", "state": "open", "day": day.isoformat()}
    rooms["stan"].write(CARD_OF["path"], told, number=1, day=day)
    return rooms


def test_a_line_for_each_client_says_who_asked_who_moves_and_who_is_quiet(coach, clients):
    page = text_of(coach.get("/coaching/clients/"))
    assert page.index("Ana") < page.index("Ben") < page.index("Stan")
    assert "It has been quiet for a while. That may be rest." in page
    assert "On the path, " in page
    assert "<b>bold" not in page
    only = text_of(coach.get("/coaching/clients/?only=quiet"))
    assert "Ben" in only
    assert "Stan" not in only
    by = text_of(coach.get("/coaching/clients/?by=moved"))
    assert by.index("Stan") < by.index("Ben")
    assert coach.get("/coaching/clients/?by=x&only=y").status_code == 200


def test_a_coach_sees_at_a_glance_what_each_chose_to_show(people, coach, clients):
    consent.give(clients["ben"], ["room", "dials", "path"], None)
    consent.give(clients["stan"], ["room"], None)
    page = text_of(coach.get("/coaching/clients/"))
    for name, shown in [
        ("Ana", "All progress"), ("Ben", "Path, check-ins"),
        ("Stan", "Pages only"),
    ]:  # fmt: skip
        row = page[page.index(f">{name}</a>") :]
        assert shown in row[: row.index("</tr>")]
    seen = {name: text_of(coach.get(f"/coaching/clients/{clients[name].space.pk}/"))
            for name in clients}  # fmt: skip
    assert (
        "You see what they hand you, where they are on the path and their check-ins." in seen["ben"]
    )
    assert "You see what they hand you." in seen["stan"]
    assert "and the week they were last here." in seen["ana"]


def test_of_somebody_who_shows_pages_only_the_last_that_they_sent_counts(people, coach, clients):
    consent.give(clients["ana"], ["room"], None)
    today = timezone.localdate()
    assert f"Wrote to you, {today.day} {today:%B}" in text_of(coach.get("/coaching/clients/"))


def test_many_clients_stand_on_pages_and_are_sorted_and_narrowed_down_all_together(
    people, coach, clients, monkeypatch
):
    monkeypatch.setattr(roster, "PAGE", 2)
    everybody = ("Ana", "Ben", "Stan")

    def on(query: str) -> set[str]:
        page = text_of(coach.get(f"/coaching/clients/?{query}"))
        return {name for name in everybody if f">{name}</a>" in page}

    assert on("by=name") == {"Ana", "Ben"}
    assert on("by=name&page=2") == {"Stan"}
    assert on("by=moved") == {"Ana", "Stan"}
    assert on("by=need&page=2") == {"Stan"}
    assert on("only=quiet") == {"Ben"}
    first = text_of(coach.get("/coaching/clients/?by=name"))
    assert "?only=all&amp;by=name&amp;page=2" in first
    assert 'rel="prev"' not in first
    for far in ("9", "00002", "99999999999999"):
        assert coach.get(f"/coaching/clients/?page={far}").status_code == 200
    assert on("by=name&page=-1") == on("by=name&page=x") == {"Ana", "Ben"}
    assert on("by=name&page=9") == {"Stan"}


def test_who_waits_longest_for_an_answer_stands_first(people, coach, clients):
    clients["stan"].write(REQUEST, {"text": "And Tuesday?"})
    page = text_of(coach.get("/coaching/clients/"))
    assert page.index("Ana") < page.index("Stan") < page.index("Ben")
    assert "Waits for your answer, " in page


def test_a_request_that_was_answered_is_asked_no_more(people, coach, clients):
    space = clients["ana"].space
    [request] = clients["ana"].posts.filter(kind=REQUEST)
    data = {"text": "Slowly.", "post_id": str(uuid.uuid4())}
    coach.post(f"/coaching/clients/{space.pk}/pages/{request.pk}/", data)
    assert "Ana" not in text_of(coach.get("/coaching/clients/?only=asked"))
    [(row, body)] = clients["ana"].read(clients["ana"].posts.filter(kind=Post.REPLY))
    assert (row.parent_id, body["text"]) == (request.pk, "Slowly.")


def test_the_list_asks_as_often_for_many_as_for_few(people, coach, clients):
    from trustrepair.accounts.models import User

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            coach.get("/coaching/clients/")
        return len(queries)

    asked()  # a first look signs in, so to say
    few = asked()
    assert few <= 8
    for number in range(12):
        person = User.objects.create_user(f"more{number}@example.org", display_name=f"No. {number}")
        space = work_together(person, people["cleo"])
        active(room_for(person, space), 1)
    assert asked() <= 8  # their first look at new clients goes into ledgers
    assert asked() == few


def test_the_page_of_a_client_shows_what_is_shown_and_says_so(people, coach, clients, browser):
    space = clients["ana"].space
    day = timezone.localdate().isoformat()
    clients["ana"].write(CARD_OF["dials"], {"numbers": {"safety": 3}, "day": day})
    page = text_of(coach.get(f"/coaching/clients/{space.pk}/"))
    assert "Your client can see that you opened this" in page
    assert "3 of 7" in page
    assert "&lt;b&gt;bold" in page
    consent.narrow(clients["ana"], "dials")
    assert "3 of 7" not in text_of(coach.get(f"/coaching/clients/{space.pk}/"))
    assert [row.what for row in Opening.objects.seen_by(people["ana"])] == ["page", "page"]


def test_a_page_handed_over_is_read_on_a_page_of_its_own(people, coach, clients):
    room = clients["ana"]
    body = {"title": "The piano", "parts": [{"ask": "What?", "words": MARKUP}], "text": MARKUP}
    post = room.write(Post.COPY, body)
    address = f"/coaching/clients/{room.space.pk}/pages/{post.pk}/"
    page = text_of(coach.get(address))
    assert "The piano" in page
    assert "<script>alert" not in page
    assert [row.post_id for row in Opening.objects.seen_by(people["ana"])] == [post.pk]
    post.take_back()
    assert coach.get(address).status_code == 404


def test_a_card_is_no_page(coach, clients):
    room = clients["stan"]
    [card] = room.posts.filter(kind__in=CARDS)
    assert coach.get(f"/coaching/clients/{room.space.pk}/pages/{card.pk}/").status_code == 404


def test_an_exercise_is_suggested_with_a_note_and_a_day(coach, clients):
    room = clients["ana"]
    address = f"/coaching/clients/{room.space.pk}/assign/"
    day = timezone.localdate() + timedelta(days=3)
    data = {"exercise": "clear-ask", "note": MARKUP, "day": day, "post_id": uuid.uuid4()}
    assert coach.post(address, data).status_code == 302
    [(row, body)] = room.read(room.posts.filter(kind=ASSIGNMENT))
    assert (row.day, body["exercise"], body["note"]) == (day, "clear-ask", MARKUP)


@pytest.mark.parametrize(
    "bad", [{"exercise": "gone-long-ago"}, {"day": "2020-01-01"}, {"day": "soon"}]
)
def test_what_cannot_be_suggested_is_said(coach, clients, bad):
    room = clients["ana"]
    data = {"exercise": "clear-ask", "note": "", "day": "", "post_id": uuid.uuid4(), **bad}
    answer = coach.post(f"/coaching/clients/{room.space.pk}/assign/", data)
    assert answer.status_code == 422
    assert not room.posts.filter(kind=ASSIGNMENT).exists()


def test_a_coachs_note_is_theirs_alone(people, coach, clients, browser):
    room, cleo = clients["ana"], people["cleo"]
    soon = timezone.localdate() + timedelta(days=3)
    data = {"text": "Slower than she thinks.", "next_session": soon.isoformat()}
    coach.post(f"/coaching/clients/{room.space.pk}/note/", data)
    [note] = CoachNote.objects.kept_by(cleo)
    assert note.read(Keyring.of(cleo)) == "Slower than she thinks."
    [file] = ClientFile.objects.kept_by(cleo)
    assert file.read(Keyring.of(cleo)) == {"called": "Ana", "next_session": soon.isoformat()}
    assert "Slower than she thinks." in text_of(coach.get(f"/coaching/clients/{room.space.pk}/"))
    for page in ("", "show/", "cards/"):
        assert "Slower than" not in text_of(browser.get(f"/coaching/{room.space.pk}/{page}"))
    assert f"{soon.day} {soon:%B}" in text_of(coach.get("/coaching/clients/"))


def test_what_a_coach_writes_reaches_the_client(coach, clients, browser):
    space = clients["ana"].space
    data = {"text": "How was Monday?", "post_id": uuid.uuid4()}
    coach.post(f"/coaching/clients/{space.pk}/reply/", data)
    assert "How was Monday?" in text_of(browser.get(f"/coaching/{space.pk}/"))
    empty = coach.post(f"/coaching/clients/{space.pk}/reply/", {**data, "text": " "})
    assert empty.status_code == 422


def test_nobody_but_coaches_has_a_list_of_clients(stranger):
    assert stranger.get("/coaching/clients/").status_code == 404


def test_a_number_brings_its_name_along_where_a_phone_shows_no_head(coach, clients):
    space, day = clients["ana"].space, timezone.localdate().isoformat()
    clients["ana"].write(CARD_OF["dials"], {"numbers": {"safety": 3}, "day": day})
    assert '<td data-head="Safety ">3</td>' in text_of(coach.get(f"/coaching/clients/{space.pk}/"))


def test_a_year_of_check_ins_does_not_crowd_out_where_somebody_stands(coach, clients, monkeypatch):
    monkeypatch.setattr(client, "CHARTED", 3)
    day = timezone.localdate().isoformat()
    for _ in range(8):
        clients["stan"].write(CARD_OF["dials"], {"numbers": {"safety": 3}, "day": day})
    page = text_of(coach.get(f"/coaching/clients/{clients['stan'].space.pk}/"))
    assert '<li class="open"><span class="n">1</span>' in page
