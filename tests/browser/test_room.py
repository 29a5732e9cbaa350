"""A room that is open: what the other adds appears, without reloading and without a trace."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Crowd, Person
from tests.browser.window import Window
from tests.served import Served

pytestmark = pytest.mark.browser

MEET = """
from trustrepair.accounts.models import User
from tests.rooms import a_room
one, other = (User.objects.get(email=email) for email in {emails!r})
print(a_room(one, other).pk)
"""


APOLOGISE = """
from uuid import UUID
from journal.spaces.models import Post
from journal.spaces.room import Room
from trustrepair.accounts.models import User
room = Room.of_person(User.objects.get(email={email!r}), UUID({room!r}))
parts = [{{"ask": "What I did", "words": "I read your letters."}},
         {{"ask": "What it cost you", "words": "You hid your post at work."}}]
body = {{"title": "", "parts": parts, "text": "x", "exercise": "apology-builder"}}
print(room.write(Post.COPY, body).pk)
"""


@pytest.fixture
def two(site: Served, crowd: Crowd, person: Person) -> tuple[Person, Person, str]:
    """Two people and the address of their room."""
    other = crowd.pop()
    emails = [person.email, other.email]
    return person, other, f"/together/{site.shell(MEET.format(emails=emails)).strip()}/"


def soon(window: Window) -> None:
    """Let the page look now: coming back to a page is when it looks at once."""
    window.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_what_the_other_adds_appears(
    two: tuple[Person, Person, str], open_window: Callable[..., Window]
) -> None:
    one, other, room = two
    mine, theirs = open_window(cookie=one.cookies[0]), open_window(cookie=other.cookies[0])
    mine.go(room)
    theirs.go(room)
    theirs.page.fill("#deed", "Left the light on.")
    theirs.page.click("text=Drop it in")
    theirs.page.fill("#note", "Back at six.\n<b>Or seven.</b>")
    theirs.page.click("text=Leave it in the room")
    soon(mine)
    expect(mine.page.locator("#stream")).to_contain_text("<b>Or seven.</b>")
    expect(mine.page.locator("#lately")).to_contain_text("Left the light on.")
    expect(mine.page.locator("#jar g.marble")).to_have_count(1)
    expect(mine.page.locator("#jar .tag-n")).to_have_text("1")
    soon(mine)
    expect(mine.page.locator("#stream > li")).to_have_count(1)
    looked_at(mine)


def looked_at(window: Window) -> None:
    """Hold what a script drew against what the server draws."""
    before = drawn(window)
    window.page.reload()
    assert drawn(window) == before


def drawn(window: Window) -> Any:
    """Return where marbles lie and what they are made of."""
    return window.page.locator("#jar g:has(> g.marble)").evaluate_all(
        """all => all.map(one => [one.getAttribute("transform"),
        [...one.firstElementChild.children].map(part => [part.tagName,
          part.getAttribute("href") ?? part.getAttribute("class")])])"""
    )


def test_something_else_that_changed_is_one_quiet_line(
    two: tuple[Person, Person, str], open_window: Callable[..., Window]
) -> None:
    one, other, room = two
    mine, theirs = open_window(cookie=one.cookies[0]), open_window(cookie=other.cookies[0])
    mine.go(room)
    soon(mine)
    expect(mine.page.locator("#news")).to_be_hidden()
    theirs.go(f"{room}agreements/new/")
    theirs.page.fill("textarea[name=text]", "We open the post together.")
    theirs.page.click("text=Put it on the table")
    soon(mine)
    expect(mine.page.locator("#news")).to_contain_text("Something here has changed.")
    mine.page.click("#news a")
    expect(mine.page.locator(".agreed")).to_contain_text("We open the post together.")


def test_what_the_other_takes_back_is_said_in_a_room_that_is_open(
    two: tuple[Person, Person, str], open_window: Callable[..., Window]
) -> None:
    one, other, room = two
    mine, theirs = open_window(cookie=one.cookies[0]), open_window(cookie=other.cookies[0])
    theirs.go(room)
    theirs.page.fill("#note", "Back at six.")
    theirs.page.click("text=Leave it in the room")
    mine.go(room)
    with mine.page.expect_response("**/since/**"):
        soon(mine)
    expect(mine.page.locator("#news")).to_be_hidden()
    theirs.page.click("#stream >> text=Take it back")
    theirs.page.click("main .btn >> text=Take it back")
    soon(mine)
    expect(mine.page.locator("#news")).to_contain_text("Something here has changed.")
    mine.page.click("#news a")
    expect(mine.page.locator("#stream")).not_to_contain_text("Back at six.")


def hide(window: Window, hidden: str) -> None:
    """Put the page behind another one, as the browser tells it, or bring it back ("false")."""
    window.page.evaluate(
        f"""() => {{
        Object.defineProperty(document, "hidden", {{ configurable: true, get: () => {hidden} }});
        document.dispatchEvent(new Event("visibilitychange"));
        }}"""
    )


def test_a_room_asks_while_it_is_seen_and_never_while_it_is_hidden(
    two: tuple[Person, Person, str], open_window: Callable[..., Window]
) -> None:
    one, _, room = two
    mine = open_window(cookie=one.cookies[0])
    asked: list[str] = []
    mine.page.on("request", lambda ask: asked.append(ask.url) if "/since/" in ask.url else None)
    mine.stop_time()
    mine.go(room)
    mine.page.clock.run_for(14_000)
    assert asked == []
    with mine.page.expect_response("**/since/**"):
        mine.page.clock.run_for(2_000)
    hide(mine, "true")
    before = len(asked)
    mine.page.clock.run_for(600_000)
    mine.page.wait_for_timeout(50)
    assert len(asked) == before
    with mine.page.expect_response("**/since/**"):
        hide(mine, "false")


def test_an_apology_is_read_and_answered_in_small_ways(
    site: Served, two: tuple[Person, Person, str], open_window: Callable[..., Window]
) -> None:
    one, other, room = two
    space = room.rstrip("/").rpartition("/")[2]
    post = site.shell(APOLOGISE.format(email=one.email, room=space)).strip()
    theirs = open_window(cookie=other.cookies[0])
    theirs.go(f"{room}posts/{post}/")
    theirs.look("together-apology", shot=True)
    assert "forgive" not in theirs.text().lower()
    theirs.page.click("text=Tell me more about")
    theirs.page.select_option("#about", label="What it cost you")
    theirs.page.fill("#more", "The week before Easter.")
    theirs.page.click("text=Ask")
    expect(theirs.page.locator(".replies")).to_contain_text("The week before Easter.")
    theirs.page.click("text=I need time")
    expect(theirs.page.locator(".replies")).to_contain_text("I need time.")
    mine = open_window(cookie=one.cookies[0])
    mine.go(f"{room}posts/{post}/")
    expect(mine.page.locator(".replies")).to_contain_text("What it cost you")
    mine.look("together-apology-own")


def test_unsent_words_ask_before_they_go_and_leave_with_whoever_leaves(
    two: tuple[Person, Person, str], open_window: Callable[..., Window]
) -> None:
    one, _, room = two
    mine = open_window(cookie=one.cookies[0])
    mine.left = True
    mine.forgive("a dialog: beforeunload")
    mine.go(room)
    mine.page.click("#question .btn")
    assert mine.troubles() == mine.complaints == []
    mine.go(room)
    mine.page.type("#note", "Not yet, about marmalade.")
    mine.page.type("#deed", "Left the light on.")
    mine.page.click("text=Drop it in")
    mine.page.wait_for_url("**#jar")
    assert [said for said in mine.complaints if "beforeunload" in said], "the note was at stake"
    mine.page.type("#note", "Not yet, about marmalade.")
    mine.page.type("#deed", "Rang my mother.")
    mine.page.click(".leave")
    mine.page.wait_for_url(f"{mine.elsewhere}**")
    after = open_window(cookie=one.cookies[1])
    after.go("/journal/")
    after.page.click("text=Something you had begun to write")
    expect(after.page.locator("main")).to_contain_text("Not yet, about marmalade.")
    expect(after.page.locator("main")).to_contain_text("Rang my mother.")
