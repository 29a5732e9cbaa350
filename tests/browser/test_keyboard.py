"""The first run by keyboard alone: Leave comes first, then the way past the header."""

import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.window import Window

pytestmark = pytest.mark.browser

FOCUSED = """() => {
  const one = document.activeElement, look = getComputedStyle(one);
  const near = one.matches("input[type=radio], input[type=checkbox]")
    ? getComputedStyle(one.closest("label") ?? one.parentElement) : look;
  const drawn = (style) => (style.outlineStyle !== "none" && style.outlineWidth !== "0px")
    || style.boxShadow !== "none";
  return drawn(look) || drawn(near);
}"""


class Keys:
    """Somebody without a mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def reach(self, place: Locator, most: int = 60) -> None:
        """Press Tab until the focus is there; wherever it stands, it can be seen."""
        for _ in range(most):
            self.press("Tab")
            assert self.page.evaluate(FOCUSED), self.page.evaluate(
                "document.activeElement.outerHTML"
            )
            if place.evaluate("one => one === document.activeElement"):
                return
        raise AssertionError(f"the keyboard does not reach {place}")

    def answer(self, label: str) -> None:
        """Choose an answer among several; the arrows walk among radio buttons."""
        wanted = self.page.get_by_label(label, exact=True)
        first = self.page.locator("input[type=radio]").first
        self.reach(first)
        self.press("Space")
        for _ in range(8):
            if wanted.is_checked():
                return
            self.press("ArrowDown")
        raise AssertionError(f"the arrows do not reach {label}")

    def go_on(self, name: str = "Go on") -> None:
        button = self.page.get_by_role("button", name=name, exact=True)
        self.reach(button)
        with self.page.expect_navigation():
            self.press("Enter")


@pytest.mark.parametrize("path", ["/", "/begin/", "/guide/", "/safety/", "/accounts/login/"])
def test_leave_comes_first_and_then_the_way_past_the_header(
    open_window: Callable[..., Window], path: str
) -> None:
    window = open_window(width=1280)
    window.go(path)
    first_two(window, "Skip to the page", "main")


@pytest.mark.parametrize(
    ("path", "words", "place"),
    [
        ("/", "Skip to the page", "main"),
        ("/journal/", "Skip to the page", "main"),
        ("/journal/new/", "Skip to your words", "words"),
        ("/path/communicate-openly/clear-ask/", "Skip to your words", "words"),
    ],
)
def test_leave_comes_first_on_pages_of_ones_own(
    window: Window, path: str, words: str, place: str
) -> None:
    window.go(path)
    first_two(window, words, place)


def first_two(window: Window, words: str, place: str) -> None:
    keys = Keys(window.page)
    keys.press("Tab")
    assert window.page.evaluate("document.activeElement.className") == "leave"
    keys.press("Tab")
    assert window.page.evaluate("document.activeElement.innerText") == words
    keys.press("Enter")
    window.page.wait_for_function("place => document.activeElement.id === place", arg=place)


def test_the_first_run_by_keyboard_alone(open_window: Callable[..., Window]) -> None:
    window = open_window(width=1280)
    window.go("/")
    keys, page = Keys(window.page), window.page
    keys.reach(page.get_by_role("link", name="Begin a page"))
    with page.expect_navigation():
        keys.press("Enter")
    keys.answer("A friend")
    keys.reach(page.get_by_label("What shall we call them here?"))
    page.keyboard.type("Jonas")
    keys.go_on()
    keys.answer("I was hurt")
    keys.go_on()
    keys.answer("No")
    keys.go_on()
    keys.reach(page.get_by_label("In a line or two, what happened?"))
    page.keyboard.type("He told them.")
    keys.go_on()
    keys.reach(page.get_by_label("Broken promises"))
    keys.press("Space")
    keys.go_on("See your path")
    keys.reach(page.get_by_role("link", name="A first page"))
    with page.expect_navigation():
        keys.press("Enter")
    keys.reach(page.locator("#words"))
    page.keyboard.type("It was not his to tell.")
    keys.reach(page.get_by_label("E-mail address"))
    page.keyboard.type(f"keys-{uuid.uuid4().hex[:8]}@example.org")
    keys.reach(page.get_by_label("Password"))
    page.keyboard.type("seven quiet evenings")
    keys.go_on("Keep this page")
    assert window.path == "/"
    keys.reach(page.get_by_role("link", name="Journal").first)
    with page.expect_navigation():
        keys.press("Enter")
    assert "It was not his to tell." in page.locator("ol.entries").inner_text()
