"""From the landing page to a kept entry, as somebody new walks it."""

import re
import uuid
from collections.abc import Callable

import pytest

from tests.browser.window import Window

pytestmark = pytest.mark.browser

WORDS = "She sold the piano while I was away."
PASSWORD = "seven quiet evenings"


class Walker:
    """Walks the first run, counting what it takes."""

    def __init__(self, window: Window, looking: bool) -> None:
        self.window, self.page, self.looking = window, window.page, looking
        self.actions = self.screens = 0

    def arrive(self, name: str) -> None:
        """Stand on another screen and look around."""
        self.screens += 1
        if self.looking:
            self.window.look(f"begin-{name}", shot=True)

    def say(self, label: str, words: str) -> None:
        self.actions += 1
        self.page.get_by_label(label).fill(words)

    def choose(self, words: str) -> None:
        self.actions += 1
        self.page.get_by_text(words, exact=True).click()

    def press(self, words: str) -> None:
        self.actions += 1
        self.page.get_by_role("button", name=words, exact=True).click()

    def follow(self, words: str) -> None:
        self.actions += 1
        self.page.get_by_role("link", name=words, exact=True).click()

    def walk(self, email: str) -> None:
        """Go from the landing page to Today."""
        self.window.go("/")
        if self.looking:
            self.window.look("landing", shot=True)
        self.follow("Begin a page")
        self.arrive("who")
        self.choose("Someone in the family")
        self.say("What shall we call them here?", "Ruta")
        self.press("Go on")
        self.arrive("part")
        self.choose("I was hurt")
        self.press("Go on")
        self.arrive("afraid")
        self.choose("No")
        self.press("Go on")
        self.arrive("happened")
        self.say("In a line or two, what happened?", "A promise, and then none.")
        self.press("Go on")
        self.arrive("causes")
        self.page.get_by_label("Broken promises").check()
        self.page.get_by_label("Communication gaps").check()
        self.actions += 2
        self.press("See your path")
        self.arrive("path")
        self.follow("A first page")
        self.arrive("page")
        self.actions += 1
        self.page.locator("#words").fill(WORDS)
        self.say("E-mail address", email)
        self.say("Password", PASSWORD)
        self.press("Keep this page")


@pytest.mark.parametrize(
    ("width", "scheme", "scripts", "looking"),
    [
        (390, "light", True, True),
        (1280, "dark", True, False),
        (390, "dark", False, False),
        (1280, "light", False, False),
    ],
)
def test_from_the_landing_page_to_a_kept_entry(
    open_window: Callable[..., Window], width: int, scheme: str, scripts: bool, looking: bool
) -> None:
    window = open_window(width=width, scheme=scheme, scripts=scripts)
    walker = Walker(window, looking)
    walker.walk(f"new-{uuid.uuid4().hex[:8]}@example.org")
    assert window.path == "/"
    assert window.page.get_by_role("heading", level=1).inner_text().startswith("Good ")
    assert walker.screens <= 7
    assert walker.actions <= 20

    window.page.get_by_role("navigation", name="Main").get_by_role("link", name="Journal").click()
    assert window.path == "/journal/"
    window.page.locator("ol.entries a").first.click()
    assert re.fullmatch(r"/journal/[0-9a-f-]{36}/", window.path)
    assert WORDS in window.page.locator("article").inner_text()
    assert window.page.title() == "Notes"


def test_a_refused_answer_stays_and_says_why(open_window: Callable[..., Window]) -> None:
    window = open_window()
    window.forgive("status of 422")
    window.go("/begin/causes/")
    for box in window.page.get_by_role("checkbox").all()[:4]:
        box.check()
    window.page.get_by_role("button", name="See your path").click()
    assert "Choose up to three" in window.page.get_by_role("alert").inner_text()
    assert window.page.locator("input[name=causes]:checked").count() == 4
    window.look("begin-causes-refused", shot=True)


def test_fear_leads_to_safety_first_and_back_to_the_path(
    open_window: Callable[..., Window],
) -> None:
    window = open_window()
    window.go("/begin/")
    for words in ("A partner, now or before", "Go on", "I was hurt", "Go on", "Sometimes", "Go on"):
        window.page.get_by_text(words, exact=True).click()
    assert window.path.startswith("/safety/")
    window.look("begin-safety")
