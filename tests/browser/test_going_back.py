"""The Back button and the kept page on a shared device: private pages stay private."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import ConsoleMessage

from tests.browser.conftest import Person
from tests.browser.seeding import SECRET
from tests.browser.test_leaving import go_back_and_look, watch_for
from tests.browser.window import Window

pytestmark = pytest.mark.browser

# Says, each time this page is shown, whether it was kept and what stood on it at that moment.
TELL = """addEventListener("pageshow", (event) => {
  console.debug(JSON.stringify([event.persisted, document.body?.innerText ?? ""]));
}, { capture: true });"""


@pytest.mark.parametrize("scripts", [True, False])
def test_back_after_signing_out_shows_nothing(
    open_window: Callable[..., Window], person: Person, scripts: bool
) -> None:
    window = open_window(cookie=person.cookies[0], scripts=scripts)
    for path in ("/journal/", person.pages[0], person.pages[0] + "history/", "/you/"):
        window.go(path)
    caught = watch_for(window, (SECRET,)) if scripts else []
    window.go("/accounts/logout/")
    window.page.locator("main").get_by_role("button", name="Sign out").click()
    window.page.wait_for_url(window.address + "/")
    go_back_and_look(window)
    assert caught == []


def test_a_page_that_was_kept_is_blank_until_it_is_fresh(window: Window, person: Person) -> None:
    shown: list[tuple[bool, str]] = []

    def hear(said: ConsoleMessage) -> None:
        if said.type == "debug":
            shown.append(tuple(json.loads(said.text)))

    window.page.on("console", hear)
    window.context.add_init_script(TELL)
    window.go("/")  # the first page changes the cookie, and Chromium keeps none from before that
    window.go(person.pages[0])
    window.page.get_by_role("link", name="Who can read what").first.click()
    window.page.wait_for_url(window.address + "/privacy/")
    window.page.go_back(wait_until="commit")
    window.page.locator("article").wait_for()
    assert SECRET in window.text().lower(), "still signed in: the page comes back by itself"
    assert [text for persisted, text in shown if persisted] == [""]


def test_a_page_shown_from_the_store_blanks_itself_and_asks_anew(
    window: Window, person: Person
) -> None:
    """The same, said to the page outright, whatever this Chromium keeps."""
    window.go(person.pages[0])
    with window.page.expect_navigation():
        left = window.page.evaluate(
            """() => {
              dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
              return [document.title, document.body.innerText];
            }"""
        )
    assert left == ["", ""]
    window.page.locator("article").wait_for()
    assert SECRET in window.text().lower()


def test_a_private_page_is_blank_once_it_is_hidden_for_good(window: Window, person: Person) -> None:
    window.go(person.pages[0])
    left = window.page.evaluate(
        """() => {
          dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
          return document.body.innerText;
        }"""
    )
    assert left == ""


def test_an_entry_of_the_history_says_only_the_discreet_name(
    window: Window, person: Person
) -> None:
    for path in ("/", "/path/", person.pages[0], "/journal/new/", "/guide/causes/betrayal/"):
        window.go(path)
        assert window.page.title() == "Notes"
