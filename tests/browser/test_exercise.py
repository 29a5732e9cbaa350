"""An exercise from its first question to reading it again, after the server was started anew."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Person
from tests.browser.window import Window
from tests.served import Served

pytestmark = pytest.mark.browser

PLACE = "/path/communicate-openly/clear-ask/"


def write_on_this_page(page: Page, words: str) -> list[str]:
    """Write into every field of words that is on the page; return what was written."""
    said = []
    fields = page.locator("#writing textarea, #writing .frame input, #writing input.field")
    for number, place in enumerate(fields.all()):
        if place.get_attribute("type") != "date":
            said.append(f"{words} {number}")
            place.fill(said[-1])
    for group in page.locator("#writing fieldset:has(input[type=radio])").all():
        group.locator("label").first.click()
    return said


def press(page: Page, words: str) -> None:
    """Press a button and wait for the page that it leads to."""
    with page.expect_navigation():
        page.get_by_role("button", name=words, exact=True).click()


def read_again(site: Served, window: Window, said: list[str]) -> None:
    """Open the page that was just kept, with nothing left in any memory but the database's."""
    assert re.fullmatch(r"/journal/[0-9a-f-]{36}/", window.path), window.path
    site.restart()
    window.page.reload()
    article = window.page.locator("article").inner_text()
    assert said
    assert [words for words in said if words not in article] == []


def test_one_question_at_a_time_on_a_phone(
    open_window: Callable[..., Window], site: Served, person: Person
) -> None:
    window = open_window(width=390, cookie=person.cookies[0])
    page = window.page
    window.go(PLACE)
    window.look("exercise-question", shot=True)
    said = []
    for number in range(20):
        said += write_on_this_page(page, f"page {number}, line")
        if page.get_by_role("button", name="Finish", exact=True).count():
            break
        press(page, "Next question")
    assert number > 1
    press(page, "Finish")
    window.look("exercise-read", shot=True)
    read_again(site, window, said)


def test_all_on_one_sheet_without_scripts_on_a_desk(
    open_window: Callable[..., Window], site: Served, person: Person
) -> None:
    window = open_window(width=1280, scheme="dark", scripts=False, cookie=person.cookies[0])
    window.go(PLACE)
    press(window.page, "All on one sheet")
    window.look("exercise-sheet", shot=True)
    said = write_on_this_page(window.page, "line")
    press(window.page, "Finish")
    read_again(site, window, said)


def test_a_page_written_with_scripts_says_saved_only_when_it_is(
    open_window: Callable[..., Window], person: Person
) -> None:
    window = open_window(width=1280, cookie=person.cookies[0])
    window.go("/journal/new/")
    status = window.page.locator("#saved")
    assert "Not saved yet" in status.inner_text()
    window.page.locator("#words").fill("A line of my own.")
    window.page.get_by_text(re.compile(r"^Saved \d\d:\d\d$")).wait_for()
    window.go("/journal/")
    assert "A line of my own." in window.page.locator("ol.entries").inner_text()
