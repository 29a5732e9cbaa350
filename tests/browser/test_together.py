"""Two people in two browsers: from the invitation to leaving, with everything a room holds."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from tests.browser.conftest import Crowd, Person
from tests.browser.window import Window
from tests.served import Served

pytestmark = pytest.mark.browser
WORDS = "The canary sang in the kitchen"


def press(window: Window, name: str) -> None:
    """Press a button and wait for the page it leads to."""
    window.page.get_by_role("button", name=name, exact=True).first.click()
    window.page.wait_for_load_state()


def follow(window: Window, name: str) -> None:
    """Follow a link and wait for the page it leads to."""
    window.page.get_by_role("link", name=name).first.click()
    window.page.wait_for_load_state()


def answer_the_questions(window: Window) -> None:
    """Answer the three questions that come before a room with no."""
    for fieldset in window.page.locator("form fieldset").all():
        fieldset.get_by_role("radio", name="No", exact=True).check()
    press(window, "Go on")


def meet(anas: Window, bens: Window) -> str:
    """Let one make a room and the other come in; return the room's address."""
    anas.go("/together/")
    anas.look("together-none", shot=True)
    follow(anas, "Make a room for two")
    anas.look("together-questions")
    answer_the_questions(anas)
    anas.look("together-create")
    anas.page.locator("#id_called").fill("Ana")
    press(anas, "Make the room")
    link = anas.page.get_by_label("The link").input_value()
    anas.look("together-invitation")
    bens.go(link.removeprefix(bens.address))
    bens.look("together-invited", shot=True)
    follow(bens, "Go on")
    answer_the_questions(bens)
    bens.page.locator("#id_called").fill("Ben")
    bens.look("together-join")
    press(bens, "Come in")
    return bens.path


def hand_over_and_take_back(anas: Window, bens: Window, room: str, page: str) -> None:
    """Let one hand a page over, cut first, and take it back again."""
    anas.go(f"{page}hand-over/")
    anas.look("together-hand-over")
    follow(anas, "See the copy")
    anas.page.locator("textarea").first.fill(WORDS)
    anas.look("together-copy", shot=True)
    press(anas, "Hand this copy to Ben")
    bens.go(room)
    assert WORDS in bens.text()
    anas.go("/you/handed-over/")
    anas.look("together-handed-over", shot=True)
    anas.page.get_by_role("button", name="Take it back").first.click()
    anas.page.wait_for_load_state()
    bens.go(room)
    assert WORDS not in bens.text()


def drop_a_marble(anas: Window, bens: Window, room: str) -> None:
    anas.go(room)
    anas.page.get_by_label("What did Ben do?").fill("Made the tea")
    press(anas, "Drop it in")
    bens.go(room)
    assert "Made the tea" in bens.text()


def answer_apart(anas: Window, bens: Window, room: str) -> None:
    """Let both answer the week's question; the first answer stays sealed until the second."""
    anas.go(room)
    follow(anas, "Write yours")
    anas.look("together-answer")
    anas.page.locator("textarea").fill("Soup on the stairs")
    press(anas, "Seal it")
    bens.go(room)
    assert "Soup on the stairs" not in bens.text()
    follow(bens, "Write yours")
    bens.page.locator("textarea").fill("Bread")
    press(bens, "Seal it")
    assert "Soup on the stairs" in bens.text()


def agree(anas: Window, bens: Window, room: str) -> None:
    anas.go(room)
    anas.page.locator("section.agreed").get_by_role("link", name="Propose something").click()
    anas.page.locator("textarea").fill("We open the post together.")
    press(anas, "Put it on the table")
    anas.look("together-promise", shot=True)
    press(anas, "Sign it")
    bens.go(anas.path)
    press(bens, "Sign it")
    bens.look("together-agreed", shot=True)
    bens.page.get_by_role("button", name="Kept", exact=True).click()
    bens.page.wait_for_load_state()
    for window in (anas, bens):
        window.go(f"{room}agreements/")
        window.look("together-agreements", shot=True)


def plan(anas: Window, bens: Window, room: str) -> None:
    anas.go(f"{room}plans/new/")
    anas.page.get_by_label("What would you like to do?").fill("A walk along the canal")
    anas.page.get_by_label("On which day?").fill((date.today() + timedelta(days=5)).isoformat())
    anas.page.get_by_label("At what time?").fill("19:00")
    anas.look("together-plan-new", shot=True)
    press(anas, "Propose it")
    bens.go(anas.path)
    bens.look("together-plan", shot=True)
    press(bens, "Yes, gladly")
    assert "You both said yes" in bens.text()
    anas.go(f"{room}plans/")
    anas.look("together-plans", shot=True)


def listen(anas: Window, bens: Window, room: str) -> None:
    """Go through a talk in turns, which one of the two then lets go."""
    anas.go(f"{room}talks/new/")
    anas.look("together-talk-new", shot=True)
    press(anas, "Each on our own device")
    talk = anas.path
    for window, words, button in (
        (anas, "The letters on the stairs", "Say it"),
        (bens, "That I read your letters", "This is what I heard"),
        (anas, "And that you had asked me not to", "Not quite"),
        (bens, "After you had asked", "This is what I heard"),
        (anas, "", "Yes, that is it"),
        (bens, "The week you were away", "Say it"),
        (anas, "That you were alone", "This is what I heard"),
        (bens, "", "Yes, that is it"),
    ):
        window.go(talk)
        if words:
            window.page.locator("#turn").fill(words)
        press(window, button)
    bens.look("together-talk-over", shot=True)
    anas.go(talk)
    assert "That you were alone" in anas.text()
    press(anas, "Keep it")
    bens.go(talk)
    press(bens, "Let it go")
    assert "That you were alone" not in bens.text()


def talk_on_one_device(anas: Window, room: str) -> None:
    """Begin a talk on one device: the other says there what they heard, and nobody ends it."""
    anas.go(f"{room}talks/new/")
    press(anas, "On this one, passed back and forth")
    anas.look("together-talk-between", shot=True)
    for words, button in (
        ("The stairs in the dark", "Say it"),
        ("That you fell", "This is what I heard"),
    ):
        anas.page.get_by_role("link", name="I am").click()
        anas.page.wait_for_load_state()
        anas.page.locator("#turn").fill(words)
        press(anas, button)
    anas.go(f"{room}talks/")
    anas.look("together-talks", shot=True)


def take_home(bens: Window) -> None:
    """Bring home what is left in a closed room, and find what was said on the other's device."""
    follow(bens, "Take it home")
    bens.look("together-take-home", shot=True)
    press(bens, "Take it home")
    bens.go("/journal/")
    follow(bens, "Written as yours on the other’s device")
    assert "That you fell" in bens.text()
    assert "The stairs in the dark" not in bens.text()
    bens.look("together-said-there", shot=True)


def test_from_the_invitation_to_leaving(
    open_window: Callable[..., Window], site: Served, person: Person, crowd: Crowd
) -> None:
    anas, bens = (
        open_window(cookie=person.cookies[0]),
        open_window(cookie=crowd.pop().cookies[0], width=1280),
    )
    room = meet(anas, bens)
    anas.go(room)
    anas.look("together-room-empty", shot=True)
    hand_over_and_take_back(anas, bens, room, person.pages[0])
    drop_a_marble(anas, bens, room)
    answer_apart(anas, bens, room)
    agree(anas, bens, room)
    plan(anas, bens, room)
    listen(anas, bens, room)
    talk_on_one_device(anas, room)
    for window in (anas, bens):
        window.go(room)
        window.look("together-room", shot=True)
    anas.go(f"{room}steps/")
    anas.look("together-steps", shot=True)
    anas.go(f"{room}leave/")
    anas.look("together-leave", shot=True)
    press(anas, "Leave now")
    bens.go(room)
    assert "This room has closed" in bens.text()
    assert "Soup on the stairs" not in bens.text()
    bens.look("together-closed", shot=True)
    take_home(bens)
    anas.forgive("404")
    anas.go(room)
    assert "Made the tea" not in anas.text()
