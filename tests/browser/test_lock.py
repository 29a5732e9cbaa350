"""The lock in a real browser: every tab of it, and not a character lost underneath."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Person
from tests.browser.seeding import PASSWORD, SECRET
from tests.browser.test_autosave import editing, saved, text_of, write_on
from tests.browser.window import Window
from tests.served import Served

pytestmark = pytest.mark.browser
__all__ = ["text_of"]

Open = Callable[..., Window]
MINUTE = 60_000
ANOTHER = "fetch('/health/live').then((answer) => answer.text())"
HERE = re.compile(r"/lock/\?here$")


def cover(page: Page) -> None:
    expect(page.get_by_role("dialog", name="Locked")).to_be_visible()


def another_tab(window: Window, path: str) -> Window:
    """Open one more tab of the same browser; its troubles are the window's."""
    page = window.context.new_page()
    page.set_default_timeout(20_000)
    tab = Window(window.context, page, window.address, window.elsewhere, True)
    tab.go(path)
    return tab


def unlock(page: Page) -> None:
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("main button.btn").first.click()


def test_a_lock_while_two_tabs_type_costs_no_character_and_saves_once(
    open_window: Open, person: Person, text_of: Callable[[str], str]
) -> None:
    one = open_window(cookie=person.cookies[0])
    one.forgive("Failed to load resource")
    one.go(editing(person))
    two = another_tab(one, "/journal/new/")
    three = another_tab(one, "/you/")
    before = one.page.locator("#words").input_value()
    three.page.get_by_role("button", name="Lock now").click()
    three.page.get_by_role("heading", name="Locked").wait_for()
    expect(one.page).to_have_url(re.compile("reauthenticate"))  # nothing on it was unsaved
    unlock(one.page)
    expect(one.page).to_have_url(f"{one.address}{editing(person)}")
    expect(two.page).to_have_url(f"{one.address}/journal/new/")  # it goes back along with it

    for tab, words in ((one, " And then?"), (two, "A new page.")):
        tab.page.route("**/journal/autosave/", lambda route: route.abort())
        write_on(tab, words)
    for tab in (one, two):
        expect(tab.page.locator("#saved")).to_have_text(re.compile("still here$"))
    three.go("/you/")
    three.page.get_by_role("button", name="Lock now").click()
    for tab in (one, two):
        cover(tab.page)
        assert SECRET not in tab.page.locator("body").inner_text(), "it covers what is there"
        expect(tab.page.locator("#words")).to_be_hidden()
        tab.page.unroute("**/journal/autosave/")
    assert one.page.locator("#words").input_value() == f"{before} And then?"
    unlock(three.page)
    for tab in (one, two):
        expect(tab.page.locator("#locked")).to_be_hidden()
        saved(tab.page)
    assert text_of(editing(person)) == f"{before} And then?"
    assert text_of(two.path) == "A new page."
    three.go("/journal/")
    assert three.page.locator("ol.entries > li").count() == len(person.pages) + 1


def test_quiet_minutes_lock_every_tab_and_keep_what_is_not_saved(
    open_window: Open, site: Served, person: Person, text_of: Callable[[str], str]
) -> None:
    """The minutes are those of the pages' own clocks; for the server, its own are set back."""
    window = open_window(cookie=person.cookies[0])
    window.forgive("Failed to load resource")
    window.stop_time()
    window.go("/journal/")
    writing = another_tab(window, editing(person))
    with window.page.expect_response("**/lock/") as asked:
        window.page.clock.run_for(11 * MINUTE)
    assert asked.value.json()["left"] > 500
    assert window.path == "/journal/", "the server says that there is time left"
    before = writing.page.locator("#words").input_value()
    site.shell(
        "from django.contrib.sessions.models import Session;"
        "from trustrepair.doors.sessions import ACTIVE, SessionStore, hashed;"
        f"store = SessionStore(hashed({person.cookies[0]!r})); store[ACTIVE] -= 660; store.save()"
    )
    writing.page.locator("#words").evaluate(
        "(field) => (field.value += ' Slowly.',"
        " field.dispatchEvent(new Event('input', {bubbles: true})))"
    )
    writing.page.clock.run_for(2000)
    cover(writing.page)
    window.page.clock.run_for(10 * MINUTE)
    expect(window.page).to_have_url(re.compile(r"reauthenticate/\?next=/journal/$"))
    assert SECRET not in window.text()
    unlock(window.page)
    expect(window.page).to_have_url(f"{window.address}/journal/")
    writing.page.clock.resume()
    expect(writing.page.locator("#locked")).to_be_hidden()
    saved(writing.page)
    assert text_of(editing(person)) == f"{before} Slowly."


def test_words_in_a_form_that_does_not_save_itself_stay_under_the_cover(window: Window) -> None:
    window.forgive("Failed to load resource")
    window.go("/you/")
    name = window.page.get_by_label("What we call you")
    name.fill("Anna-Lena")
    other = another_tab(window, "/you/")
    other.page.get_by_role("button", name="Lock now").click()
    cover(window.page)
    window.page.keyboard.press("Escape")
    window.page.keyboard.press("Escape")
    cover(window.page)
    expect(name).to_be_hidden()
    unlock(other.page)
    expect(window.page.locator("#locked")).to_be_hidden()
    assert name.input_value() == "Anna-Lena"


def test_reading_without_a_request_tells_the_server_that_somebody_is_there(
    window: Window,
) -> None:
    window.stop_time()
    window.go("/journal/")
    told: list[str] = []
    window.page.on("request", lambda asked: told.extend(HERE.findall(asked.url)))
    for minute in range(30):
        window.page.clock.run_for(MINUTE)
        with window.page.expect_response(HERE):  # a busy browser hands a movement on late
            window.page.mouse.move(minute + 1, 100)
        window.page.evaluate(ANOTHER)  # by then the page has read that answer, too
    for step in range(9):
        window.page.mouse.move(step + 40, 100)
    assert len(told) == 30, "once a minute is enough"
    assert window.path == "/journal/"


def test_without_scripts_the_server_locks_and_gives_the_words_back(
    open_window: Open, person: Person
) -> None:
    window = open_window(cookie=person.cookies[0], scripts=False)
    page = window.page
    window.forgive("Failed to load resource")
    window.go("/journal/new/")
    page.locator("#words").fill("Said without a script, in one long sentence of its own.")
    other = another_tab(window, "/you/")
    other.page.get_by_role("button", name="Lock now").click()
    other.page.get_by_role("heading", name="Locked").wait_for()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("heading", name="Locked").wait_for()
    assert "Said without a script" in page.locator("textarea").input_value()
    unlock(other.page)
    expect(other.page).to_have_url(f"{window.address}/")
    page.get_by_role("button", name="Send again").click()
    page.wait_for_url(re.compile(r"/journal/[0-9a-f-]{36}/$"))
    assert "Said without a script" in page.locator("article").inner_text()
