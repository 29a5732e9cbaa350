"""The desk around the words: size and spelling, a clock that ends quietly, keys, paper."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Person
from tests.browser.window import Window

pytestmark = pytest.mark.browser

APOLOGY = "/path/own-your-mistakes/apology-builder/"
TIMED = "/practice/self-care/expressive-writing/"
MINUTE = 60_000
WORDS = "I was late, and I am sorry that I did not ring."


def test_size_and_spelling_are_chosen_on_the_desk_and_remembered(window: Window) -> None:
    page = window.page
    window.go("/journal/new/")
    words = page.locator("#words")
    size = "(field) => parseFloat(getComputedStyle(field).fontSize)"
    before = words.evaluate(size)
    assert words.get_attribute("spellcheck") == "false"
    page.get_by_text("Size and spelling").click()
    with page.expect_response("**/you/writing/"):
        page.get_by_label("Largest").check()
    with page.expect_response("**/you/writing/"):
        page.get_by_label("Spell check").check()
    for _ in range(2):
        assert words.evaluate(size) > before
        assert words.get_attribute("spellcheck") == "true"
        window.go("/journal/new/")


def test_the_ribbon_covers_nothing_of_what_is_said_above_the_words(window: Window) -> None:
    window.forgive("422")
    window.go("/journal/new/")
    window.page.get_by_role("button", name="Save", exact=True).click()
    said = window.page.get_by_role("alert").bounding_box()
    ribbon = window.page.locator(".sheet").evaluate(
        """(sheet) => {
          const { top, height } = getComputedStyle(sheet, "::before");
          return sheet.getBoundingClientRect().top + scrollY + parseFloat(top) + parseFloat(height);
        }"""
    )
    scrolled = window.page.evaluate("scrollY")
    assert said and said["y"] + scrolled >= ribbon


def test_the_limit_is_in_sight_before_it_is_reached_on_a_phone_too(window: Window) -> None:
    page = window.page
    window.go("/journal/new/")
    page.locator("#words").fill("rain " * 36_001)
    limit = page.locator("#limit")
    expect(limit).to_be_visible()
    expect(limit).to_contain_text("of 200,000 characters")
    page.locator("#words").fill("Rain.")
    expect(limit).not_to_contain_text("200,000")


def test_the_clock_ends_with_a_sentence_and_nothing_moves_before(window: Window) -> None:
    page = window.page
    window.stop_time()
    window.go(TIMED)
    clock = page.locator("[data-timer]")
    minutes = int(clock.get_attribute("data-timer") or 0)
    assert minutes
    clock.get_by_role("button").click()
    assert page.evaluate("document.activeElement.matches('#writing *')"), "the focus is not lost"
    assert clock.inner_text() == f"{minutes} minutes left"
    page.clock.fast_forward((minutes - 1) * MINUTE)
    expect(clock).to_have_text("1 minute left")
    assert clock.get_by_role("status").count() == 0
    page.clock.fast_forward(MINUTE + 5000)
    expect(clock.get_by_role("status")).to_have_text(re.compile("^That is the time"))
    assert page.evaluate("document.activeElement.matches('#writing *')"), "the focus is not lost"


def test_a_free_page_has_a_clock_for_whoever_looks_for_one(window: Window) -> None:
    page = window.page
    window.stop_time()
    window.go("/journal/new/")
    page.locator("#words").fill("Ten minutes, and then sleep.")
    page.get_by_text("A clock", exact=True).click()
    clock = page.locator("[data-timer]")
    clock.get_by_role("button", name="10 minutes").click()
    expect(clock).to_have_text("10 minutes left")
    assert page.evaluate("document.activeElement.id") == "words"
    page.clock.fast_forward(10 * MINUTE + 5000)
    expect(clock.get_by_role("status")).to_have_text(re.compile("^That is the time"))


def test_control_and_enter_go_on_and_the_keys_are_written_down(window: Window) -> None:
    page = window.page
    window.go(APOLOGY)
    page.locator("summary").get_by_text("Keys", exact=True).click()
    assert page.get_by_text("Save now").is_visible()
    page.locator("#words").fill("I told five people.")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert window.path == f"{APOLOGY}?at=1"


def test_paper_gets_the_words_and_what_was_chosen_and_no_controls(
    open_window: Callable[..., Window], person: Person
) -> None:
    window = open_window(width=1280, cookie=person.cookies[0])
    page = window.page
    window.go(APOLOGY)
    page.locator("#words").fill(WORDS)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    printed = page.locator("body").inner_text()
    assert WORDS in printed
    assert "What I did" in printed
    assert re.search(r"\b20\d\d, The apology builder", printed), "day and title"
    for gone in ("Next page", "Leave", "Use this", "A way in", "words. As few", "Saved"):
        assert gone not in printed
    assert not page.locator("#words").is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert page.locator("#words").is_visible()
