"""Leave quickly: the page is blank at once, the words are kept, and Back finds nothing.

SECRET stands in every page that was written before; CANARY is what is typed here and not saved.
"""

from collections.abc import Callable

import pytest

from tests.browser.conftest import Person
from tests.browser.seeding import SECRET
from tests.browser.window import Window, soon
from tests.served import Served

pytestmark = pytest.mark.browser

CANARY = "marmalade"
LONG = 70_000  # more than a browser sends for a page that is gone
# Presses the button and says, before anything else can happen, what is left of the page.
PRESS_AND_LOOK = """() => {
  document.querySelector(".leave").click();
  return [document.title, document.documentElement.hidden || !document.body.hasChildNodes()];
}"""


def watch_for(window: Window, words: tuple[str, ...]) -> list[str]:
    """Return a list that gets a line whenever a page shows one of these words on being shown."""
    caught: list[str] = []

    def look(text: str) -> None:
        caught.extend(word for word in words if word.lower() in text.lower())

    window.context.expose_function("lookedAt", look)
    window.context.add_init_script(
        'for (const when of ["pageshow", "DOMContentLoaded"]) addEventListener(when, () =>'
        " lookedAt(document.title + (document.body?.innerText ?? '')), { capture: true });"
    )
    return caught


def go_back_and_look(window: Window) -> None:
    """Press Back three times; nothing private may stand there, and nobody is signed in."""
    for _ in range(3):
        window.page.go_back(wait_until="load")
        window.page.wait_for_timeout(150)
        text = window.text().lower()
        assert CANARY not in text
        assert SECRET not in text
        assert "good evening" not in text and "good morning" not in text


def type_something(window: Window, person: Person, words: str = CANARY) -> None:
    """Come by a list and a page with words on it to a new page, and write without saving."""
    window.go("/journal/")
    window.go(person.pages[0])
    window.go("/journal/new/")
    window.page.locator("#words").fill(f"{words} and what came of it")


def was_kept(open_window: Callable[..., Window], person: Person) -> bool:
    """Look, on another device, whether the words are in the journal now."""
    other = open_window(cookie=person.cookies[1], scripts=False)
    other.go("/journal/")
    shown = other.page.locator("main").inner_text()
    other.context.close()
    return CANARY in shown


def is_signed_out(open_window: Callable[..., Window], person: Person) -> bool:
    other = open_window(cookie=person.cookies[0], scripts=False)
    other.go("/journal/")
    path = other.path
    other.context.close()
    return path == "/accounts/login/?next=/journal/"


def shift(window: Window, times: int = 3) -> None:
    for _ in range(times):
        window.page.keyboard.press("Shift")


@pytest.mark.parametrize("way", ["button", "shift"])
def test_leaving_a_page_with_unsaved_words(
    open_window: Callable[..., Window], person: Person, elsewhere: str, way: str
) -> None:
    window = open_window(cookie=person.cookies[0])
    window.left = True
    type_something(window, person)
    caught = watch_for(window, (CANARY, SECRET))
    if way == "button":
        assert window.page.evaluate(PRESS_AND_LOOK) == ["", True], "blank in the same tick"
    else:
        window.page.locator("#words").focus()
        shift(window)
    window.page.wait_for_url(elsewhere)
    assert window.page.title() == "Weather"
    assert soon(lambda: was_kept(open_window, person))
    assert soon(lambda: is_signed_out(open_window, person))
    go_back_and_look(window)
    assert caught == []


def test_every_other_tab_leaves_too(
    open_window: Callable[..., Window], person: Person, elsewhere: str
) -> None:
    window = open_window(cookie=person.cookies[0])
    window.left = True
    window.go(person.pages[0])
    behind = window.page
    window.page = window.context.new_page()
    window.go("/journal/")
    window.page.get_by_role("button", name="Leave").click()
    behind.wait_for_url(elsewhere)
    assert behind.title() == "Weather"
    assert is_signed_out(open_window, person)
    window.page = behind
    go_back_and_look(window)


def test_leaving_without_scripts(
    open_window: Callable[..., Window], person: Person, elsewhere: str
) -> None:
    window = open_window(cookie=person.cookies[0], scripts=False)
    window.left = True
    type_something(window, person)
    window.page.get_by_role("button", name="Leave").click()
    window.page.wait_for_url(elsewhere)
    assert soon(lambda: was_kept(open_window, person))
    assert soon(lambda: is_signed_out(open_window, person))
    go_back_and_look(window)


def test_leaving_a_page_too_long_to_be_sent_behind(
    open_window: Callable[..., Window], person: Person, elsewhere: str
) -> None:
    window = open_window(cookie=person.cookies[0])
    window.left = True
    window.go("/journal/new/")
    window.page.locator("#words").fill(f"{CANARY} {'word ' * (LONG // 5)}")
    assert window.page.evaluate(PRESS_AND_LOOK) == ["", True]
    window.page.wait_for_url(elsewhere)
    assert soon(lambda: was_kept(open_window, person))
    assert soon(lambda: is_signed_out(open_window, person))
    go_back_and_look(window)


@pytest.mark.parametrize("path", ["/", "/journal/", "/you/", "page", "/accounts/2fa/"])
def test_leaving_a_page_that_is_only_read(
    open_window: Callable[..., Window], person: Person, elsewhere: str, path: str
) -> None:
    window = open_window(cookie=person.cookies[0])
    window.left = True
    window.go("/journal/")
    window.go(person.pages[0] if path == "page" else path)
    caught = watch_for(window, (SECRET,))
    assert window.page.evaluate(PRESS_AND_LOOK) == ["", True]
    window.page.wait_for_url(elsewhere)
    assert soon(lambda: is_signed_out(open_window, person))
    go_back_and_look(window)
    assert caught == []


@pytest.mark.parametrize("path", ["/", "/safety/", "/guide/causes/betrayal/", "/begin/"])
@pytest.mark.parametrize("scripts", [True, False])
def test_leaving_a_page_that_anybody_may_read(
    open_window: Callable[..., Window], elsewhere: str, path: str, scripts: bool
) -> None:
    window = open_window(scripts=scripts)
    window.left = True
    window.go(path)
    if scripts:
        shift(window)
    else:
        window.page.get_by_role("button", name="Leave").click()
    window.page.wait_for_url(elsewhere)


def test_leaving_in_the_middle_of_the_first_run_forgets_the_guest(
    open_window: Callable[..., Window], elsewhere: str
) -> None:
    window = open_window()
    window.left = True
    window.go("/begin/")
    window.page.get_by_text("A friend", exact=True).click()
    window.page.get_by_label("What shall we call them here?").fill(CANARY)
    with window.page.expect_navigation():
        window.page.get_by_role("button", name="Go on").click()
    shift(window)
    window.page.wait_for_url(elsewhere)
    assert soon(lambda: "guest" not in {one["name"] for one in window.context.cookies()})
    go_back_and_look(window)
    window.go("/begin/")
    assert CANARY not in window.text()


@pytest.mark.parametrize("keys", [["Shift", "Shift"], ["Shift", "Shift", "a", "Shift"]])
def test_writing_in_capitals_leaves_nothing(window: Window, keys: list[str]) -> None:
    window.go("/journal/new/")
    window.page.locator("#words").focus()
    for key in keys:
        window.page.keyboard.press(key)
    window.page.keyboard.type("NOT YET")
    assert window.path == "/journal/new/"
    assert "NOT YET" in window.page.locator("#words").input_value()


def test_leaving_asks_no_question_about_unsaved_words(
    open_window: Callable[..., Window], person: Person, elsewhere: str
) -> None:
    """Chromium asks only after a real key press, so this types like a person."""
    window = open_window(cookie=person.cookies[0])
    window.left = True
    window.go("/journal/new/")
    window.page.locator("#words").press_sequentially(CANARY)
    # A save that was on its way may come in after the words were kept by leaving.
    window.forgive("409 (Conflict)")
    window.page.get_by_role("button", name="Leave").click()
    window.page.wait_for_url(elsewhere)
    assert window.troubles() == []


@pytest.mark.parametrize("path", ["/journal/", "/begin/"])
def test_back_finds_a_stranger_while_leaving_is_still_on_its_way(
    open_window: Callable[..., Window], person: Person, elsewhere: str, path: str
) -> None:
    window = open_window(cookie=person.cookies[0] if path == "/journal/" else "")
    window.left = True
    if path == "/begin/":
        window.go(path)
        window.page.get_by_text("A friend", exact=True).click()
        window.page.get_by_label("What shall we call them here?").fill(CANARY)
        with window.page.expect_navigation():
            window.page.get_by_role("button", name="Go on").click()
    else:
        window.go(path)
        window.go(person.pages[0])
    caught = watch_for(window, (CANARY, SECRET))
    window.context.route("**/exit/", lambda held: None)
    shift(window)
    window.page.wait_for_url(elsewhere)
    go_back_and_look(window)
    assert caught == []


def test_leaving_works_where_the_site_has_gone(
    open_window: Callable[..., Window], site: Served, person: Person, elsewhere: str
) -> None:
    """No answer is waited for: the page goes even if the words cannot be sent."""
    window = open_window(cookie=person.cookies[0])
    window.left = True
    window.forgive("Failed to load resource")
    window.go(person.pages[0])
    site.stop()
    try:
        assert window.page.evaluate(PRESS_AND_LOOK) == ["", True]
        window.page.wait_for_url(elsewhere)
    finally:
        site.start()
