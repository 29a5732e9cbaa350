"""The joint jar: marble n lies in slot n, once, whoever dropped it."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from journal.spaces.models import Post, Space
from journal.together import jar
from tests.journal.posting import words as page_words
from tests.together.writing import at, words

pytestmark = pytest.mark.django_db


def marbles(space: Space) -> list[int]:
    rows = Post.unscoped.filter(space=space, kind=jar.MARBLE).order_by("number")
    return list(rows.values_list("number", flat=True))


def test_a_marble_falls_into_the_jar_with_its_note(
    browser: Client, bens: Client, space: Space
) -> None:
    sent = browser.post(at(space, "marble/"), words("Rang from the car park."))
    assert (sent.status_code, sent["Location"]) == (302, at(space) + "#jar")
    for one, who in ((browser, "You noticed"), (bens, "Ana noticed")):
        shown = page_words(one.get(at(space)))
        assert "Rang from the car park." in shown
        assert who in shown


def test_a_double_click_is_one_marble(browser: Client, space: Space) -> None:
    form = words("Left the coffee.")
    for _ in range(2):
        assert browser.post(at(space, "marble/"), form).status_code == 302
    assert marbles(space) == [1]


def test_each_takes_the_next_slot_whoever_drops_it(
    browser: Client, bens: Client, space: Space
) -> None:
    for one in (browser, bens, browser):
        one.post(at(space, "marble/"), words("Soup"))
    assert marbles(space) == [1, 2, 3]


@pytest.mark.django_db(transaction=True)
def test_two_marbles_at_one_moment_take_two_slots(at_once: Any) -> None:
    from tests.rooms import a_room, room_for

    def begin() -> Any:
        from trustrepair.accounts.models import User

        pair = [
            User.objects.create_user(f"{n}@two.example", display_name=n) for n in ("Una", "Vic")
        ]
        return pair, a_room(*pair)

    pair, space = at_once.do(begin)
    works = [(lambda one=one: jar.drop(room_for(one, space), "Soup", uuid.uuid4())) for one in pair]
    numbers = [post.number for post in at_once.run(*works)]
    assert sorted(numbers) == [1, 2]


def test_whoever_keeps_away_still_drops_into_the_next_slot(
    browser: Client, bens: Client, space: Space, room: Any
) -> None:
    bens.post(at(space, "marble/"), words("Bread"))
    room("ana").me.pause(timezone.now() + timedelta(days=1))
    assert browser.post(at(space, "marble/"), words("Soup")).status_code == 302
    assert marbles(space) == [1, 2]


@pytest.mark.parametrize("text", ["", "  ", "s" * 501])
def test_what_is_refused_stays_in_its_field(browser: Client, space: Space, text: str) -> None:
    shown = browser.post(at(space, "marble/"), words(text))
    assert shown.status_code == 422
    assert text in shown.content.decode()
    assert marbles(space) == []


def test_the_sixty_first_begins_a_new_jar(browser: Client, space: Space, room: Any) -> None:
    anas = room("ana")
    for number in range(1, 61):
        body = {"title": "", "text": f"No. {number}"}
        anas.write(jar.MARBLE, body, number=number)
    full = browser.get(at(space))
    assert "It is full now." in page_words(full)
    assert full.content.count(b'class="marble') == 60
    browser.post(at(space, "marble/"), words("The first of the next"))
    shown = browser.get(at(space))
    assert "1 full jar on the shelf" in page_words(shown)
    assert shown.content.count(b'class="marble') == 1


def test_the_shelf_shows_every_marble_page_by_page(
    browser: Client, space: Space, room: Any
) -> None:
    anas = room("ana")
    for number in range(1, 26):
        anas.write(jar.MARBLE, {"title": "", "text": f"Deed no. {number}."}, number=number)
    first = browser.get(at(space, "jar/"))
    assert "Deed no. 25." in page_words(first)
    assert "Deed no. 5." not in page_words(first)
    assert "Deed no. 5." in page_words(browser.get(at(space, "jar/?before=6")))
    assert browser.get(at(space, "jar/?before=heron")).status_code == 200


def test_a_marble_taken_back_leaves_its_slot_and_moves_no_other(
    browser: Client, bens: Client, space: Space
) -> None:
    for text in ("One", "Two", "Three"):
        browser.post(at(space, "marble/"), words(text))
    second = Post.unscoped.get(space=space, number=2)
    assert bens.post(at(space, f"posts/{second.pk}/take-back/")).status_code == 404
    assert "Two" in page_words(browser.get(at(space, f"posts/{second.pk}/take-back/")))
    assert browser.post(at(space, f"posts/{second.pk}/take-back/")).status_code == 302
    assert marbles(space) == [1, 3]
    assert "Two" not in page_words(bens.get(at(space, "jar/")))


def test_a_coach_drops_no_marble(
    browser_of: Any, people: dict[str, Any], ana: Any, ben: Any, space: Space
) -> None:
    from tests.rooms import bring_coach

    bring_coach(ana, ben, people["cleo"], space)
    cleos = browser_of(people["cleo"])
    shown = cleos.get(at(space))
    assert shown.status_code == 200
    assert "Drop it in" not in page_words(shown)
    assert cleos.post(at(space, "marble/"), words("Soup")).status_code == 404


def test_words_for_a_room_one_left_come_back_on_the_same_404(
    browser: Client, stranger: Client, space: Space, ana: Any
) -> None:
    from journal.spaces.leaving import leave

    leave(ana, space.pk)
    left = browser.post(at(space, "marble/"), words("Soup on the stove"))
    assert left.status_code == 404
    assert "Soup on the stove" in page_words(left)
    nowhere = Space(kind=Space.COUPLE)
    for path in (at(space, "marble/"), at(nowhere, "marble/")):
        other = stranger.post(path, words("Soup on the stove"))
        assert other.status_code == 404
        assert page_words(other).partition("404")[2] == page_words(left).partition("404")[2]
