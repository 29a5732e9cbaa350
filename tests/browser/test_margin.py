"""The margin in a real browser: one note, two quiet seconds on, and the words stay the writer's."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Person
from tests.browser.window import Window

pytestmark = pytest.mark.browser

Open = Callable[..., Window]
APOLOGY = "/path/own-your-mistakes/apology-builder/"
START = "/path/communicate-openly/softened-start/"
BLAME = "I was late. I am sorry if you felt hurt. You never tell me anything."
QUIET = 2000


@pytest.fixture
def writing(open_window: Open, person: Person) -> Callable[..., Window]:
    """Return a function that opens the apology builder with time standing still, and writes."""

    def begin(width: int = 1280) -> Window:
        window = open_window(width=width, cookie=person.cookies[0])
        window.stop_time()
        window.go(APOLOGY)
        window.page.locator("#words").focus()
        window.page.keyboard.insert_text(BLAME)
        return window

    return begin


def note(page: Page) -> Locator:
    return page.locator(".nudge")


def quiet(page: Page) -> None:
    """Let two seconds pass in which nobody types."""
    with page.expect_response("**/journal/margin/"):
        page.clock.run_for(QUIET)


def noted(page: Page) -> None:
    """Let two quiet seconds pass, and wait for the note that they bring."""
    quiet(page)
    expect(note(page)).to_have_count(1)


def saved(page: Page) -> None:
    """Wait until the words are saved: nothing else is saved meanwhile, or later without a clock."""
    expect(page.locator("#saved")).to_have_text(re.compile(r"^Saved"))


def test_one_note_comes_after_two_quiet_seconds_beside_its_phrase(writing: Open) -> None:
    page = writing().page
    page.clock.run_for(QUIET - 200)
    assert note(page).count() == 0
    quiet(page)
    expect(note(page).get_by_role("heading")).to_have_text("“sorry if”")
    assert note(page).count() == 1
    mark, words = page.locator(".sheet__mirror mark"), page.locator("#words")
    assert mark.inner_text() == "sorry if"
    assert page.locator(".sheet__mirror").get_attribute("aria-hidden") == "true"
    assert (words.get_attribute("aria-describedby") or "").endswith("nudge-h")
    sheet, beside = page.locator("#writing").bounding_box(), note(page).bounding_box()
    assert sheet and beside and beside["x"] >= sheet["x"] + sheet["width"], "in the margin"
    assert (
        page.evaluate(
            "() => { const [one, two] = ['.sheet__mirror', '#words'].map((name) =>"
            " getComputedStyle(document.querySelector(name)));"
            " return ['font', 'lineHeight', 'letterSpacing', 'whiteSpace', 'width', 'padding']"
            ".filter((name) => one[name] !== two[name]); }"
        )
        == []
    )


def test_on_a_phone_the_note_stands_under_its_field(writing: Open) -> None:
    window = writing(width=390)
    noted(window.page)
    words, below = window.page.locator("#words").bounding_box(), note(window.page).bounding_box()
    assert words and below and below["y"] >= words["y"] + words["height"] - 1
    window.page.clock.resume()  # axe waits for it
    window.look("margin", shot=True)


def test_the_note_stays_while_one_writes_on_and_goes_when_its_phrase_is_changed(
    writing: Open,
) -> None:
    page = writing().page
    noted(page)
    page.keyboard.insert_text(" And so on.")
    page.keyboard.press("Control+Home")
    page.keyboard.insert_text("First: ")
    assert page.locator(".sheet__mirror mark").inner_text() == "sorry if"
    page.locator("#words").fill(f"{BLAME.replace('sorry if', 'sorry that')}")
    assert note(page).count() == 0


def test_use_this_takes_the_phrases_place_can_be_undone_and_is_saved(writing: Open) -> None:
    page = writing().page
    noted(page)
    saved(page)
    page.get_by_role("button", name="Use this").click()
    words = page.locator("#words")
    changed = BLAME.replace("I am sorry if", "I am sorry that I …")
    assert words.input_value() == changed
    at = "() => { const { selectionStart: a, selectionEnd: b, value } = document.activeElement;"
    assert page.evaluate(f"{at} return value.slice(a, b); }}") == "…", "ready to be written over"
    expect(page.locator("#saved")).to_have_text(re.compile(r"^Not saved yet"))
    page.clock.run_for(1000)
    saved(page)
    page.keyboard.press("Control+z")
    assert words.input_value() == BLAME


def test_keep_mine_is_heard_for_good_and_the_next_phrase_has_its_turn(writing: Open) -> None:
    page = writing().page
    noted(page)
    saved(page)
    page.get_by_role("button", name="Keep mine").click()
    assert page.locator("#words").input_value() == BLAME
    quiet(page)
    expect(note(page).get_by_role("heading")).to_have_text("“You never”")
    saved(page)
    page.reload()
    page.locator("#words").focus()
    quiet(page)
    expect(note(page).get_by_role("heading")).to_have_text("“You never”")


def test_the_keyboard_goes_from_the_words_to_the_note_and_back(writing: Open) -> None:
    page = writing().page
    noted(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Use this"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "words"


def test_a_margin_that_cannot_answer_is_silent_and_holds_nothing_up(writing: Open) -> None:
    window = writing()
    window.forgive("Failed to load resource")
    page = window.page
    page.route("**/journal/margin/", lambda route: route.fulfill(status=500, body="no"))
    page.clock.run_for(QUIET)
    saved(page)
    assert note(page).count() == 0
    with page.expect_navigation():
        page.get_by_role("button", name="Next page").click()


def test_in_one_line_and_in_a_gap_of_a_sentence_a_note_stands_below_the_field(
    open_window: Open, person: Person
) -> None:
    window = open_window(width=390, cookie=person.cookies[0])
    window.stop_time()
    window.go(START)
    page = window.page
    if page.get_by_role("button", name="All on one sheet").count():
        page.get_by_role("button", name="All on one sheet").click()
    line = page.locator("#id_event")
    line.fill("You never came home.")
    quiet(page)
    expect(note(page).get_by_role("heading")).to_have_text("“You never”")
    line.fill("On Sunday you came home late.")
    quiet(page)
    assert note(page).count() == 0
    gap = page.locator("[name=answer-soft__event]")
    gap.fill("you never listened")
    quiet(page)
    expect(note(page).get_by_role("heading")).to_have_text("“you never”")
    field, below = gap.bounding_box(), note(page).bounding_box()
    assert field and below and below["y"] >= field["y"] + field["height"] - 1
    assert note(page).get_by_role("button").all_inner_texts() == ["Keep mine"]
    page.clock.resume()  # axe waits for it
    window.look("margin-gap", shot=True)
