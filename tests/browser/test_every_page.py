"""Every kind of page, in light and dark, from a small phone to a desk: nobody is shut out of it."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import Person
from tests.browser.window import Window

pytestmark = pytest.mark.browser

SIGNED_IN = [
    "/coaching/", "/coaching/new/", "/coaching/opened/", "/you/coach/",
    "/journal/back/", "/journal/back/pages/", "/journal/back/dials/", "/journal/back/month/",
    "/journal/letter/", "/journal/letters/", "/journal/letters/gone/",
    "/", "/journal/", "/journal/new/", "/journal/jar/", "/path/", "/path/communicate-openly/",
    "/practice/", "/practice/self-care/", "/practice/self-care/feelings-words/", "/you/",
    "/you/relationships/", "/accounts/2fa/", "/accounts/sessions/", "/accounts/password/change/",
    "/accounts/logout/", "/reminders/", "/reminders/new/", "/journal/search/", "/together/",
    "/practice/communication-skills/daily-check-in/", "/you/import/",
]  # fmt: skip
SIGNED_OUT = [
    "/", "/guide/", "/guide/causes/betrayal/", "/guide/steps/own-your-mistakes/",
    "/guide/steps/own-your-mistakes/apology-builder/", "/guide/tools/empathy/", "/privacy/",
    "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/",
]  # fmt: skip
SHOTS = {"/", "/journal/", "/journal/new/", "/path/", "/practice/", "/guide/", "/accounts/login/"}


def name_of(path: str, who: str) -> str:
    return f"{who}-{path.strip('/').replace('/', '-') or 'home'}"


@pytest.mark.parametrize("path", SIGNED_IN)
def test_a_page_of_ones_own_shuts_nobody_out(window: Window, path: str) -> None:
    window.go(path)
    assert window.path == path
    window.look(name_of(path, "in"), shot=path in SHOTS)


def test_a_page_and_its_versions_shut_nobody_out(window: Window, person: Person) -> None:
    for part in ("", "edit/", "history/", "delete/"):
        window.go(person.pages[0] + part)
        window.look(f"page-{part.strip('/') or 'read'}", shot=True)


def test_setting_a_reminder_up_shuts_nobody_out(window: Window) -> None:
    window.forgive("Failed to load resource")
    window.go("/reminders/new/")
    window.page.get_by_role("button", name="Look at it first").click()
    window.page.wait_for_load_state()
    window.look("reminder-wrong", shot=True)
    window.page.get_by_label("Monday").check()
    window.page.get_by_role("button", name="Look at it first").click()
    window.page.get_by_role("heading", name="This is what would come").wait_for()
    window.look("reminder-preview", shot=True)


@pytest.mark.parametrize("path", SIGNED_OUT)
def test_a_page_for_everyone_shuts_nobody_out(
    open_window: Callable[..., Window], path: str
) -> None:
    window = open_window(width=1280)
    window.go(path)
    window.look(name_of(path, "out"), shot=path in SHOTS)


def test_pages_that_say_what_is_wrong_shut_nobody_out(
    open_window: Callable[..., Window], person: Person
) -> None:
    window = open_window(cookie=person.cookies[0])
    window.forgive("Failed to load resource")
    for path in ("/no-such-page/", "/journal/gratitude/"):  # 404, 405
        window.go(path)
        window.look(name_of(path, "wrong"), shot=True)


CHECK_IN = "/practice/communication-skills/daily-check-in/"


@pytest.mark.parametrize("path", ["/", "/journal/new/", "/safety/", "/reminders/", CHECK_IN])
def test_nothing_is_lost_at_twice_the_size(
    open_window: Callable[..., Window], person: Person, path: str
) -> None:
    """A desk at 200 % shows what a window of half the width would; on a phone, text grows alone."""
    desk = open_window(width=640, cookie=person.cookies[0])
    desk.go(path)
    assert desk.too_wide() == []
    phone = open_window(width=390, cookie=person.cookies[0])
    phone.go(path)
    phone.page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert phone.too_wide() == []
    for link in phone.page.locator(".nav a").all():
        box = link.bounding_box()
        assert box and box["x"] + box["width"] <= 391, link.inner_text()
    assert phone.page.get_by_role("button", name="Leave").is_visible()
    phone.page.screenshot(path=shots(f"twice-{path.strip('/').replace('/', '-') or 'home'}"))


def shots(name: str) -> str:
    from tests.browser.window import SHOTS as FOLDER

    FOLDER.mkdir(parents=True, exist_ok=True)
    return str(FOLDER / f"{name}.png")
