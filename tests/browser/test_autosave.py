"""Autosave in a real browser: whatever happens to the line or the session, no character is lost.

`text_of` reads what is kept from another device, never from the page that wrote it.
"""

import re
from collections.abc import Callable
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.browser.conftest import Crowd, Person
from tests.browser.seeding import PASSWORD
from tests.browser.window import Window, soon
from tests.served import Served

pytestmark = pytest.mark.browser

Open = Callable[..., Window]
AUTOSAVE = "**/journal/autosave/"
SAVED = re.compile(r"^Saved \d\d:\d\d$")
STILL_HERE = re.compile(r"Not saved yet, still here$")
MINUTE = 60_000
ALL_STORED = """async () => JSON.stringify([
  {...localStorage}, {...sessionStorage}, document.cookie, history.state,
  (await indexedDB.databases()).map((one) => one.name), await caches.keys(),
])"""

# What would be cut off as the page closes gets nowhere from the start.
GOES_WITH_THE_PAGE = """() => {
  const real = fetch;
  window.fetch = (url, wishes) => (wishes.keepalive ? real(url, wishes) : new Promise(() => {}));
}"""

# Arrives, but whatever the site says to it is never heard here.
GOES_UNANSWERED = """() => {
  const real = fetch;
  window.fetch = (url, wishes) => {
    const answer = real(url, wishes);
    return wishes.keepalive ? answer : new Promise(() => {});
  };
}"""


@pytest.fixture
def text_of(open_window: Open, person: Person) -> Callable[[str], str]:
    """Return a function that opens a page for writing on another device and returns its words."""

    def read(path: str) -> str:
        other = open_window(cookie=person.cookies[1], scripts=False)
        other.go(path)
        words = other.page.locator("#words").input_value()
        other.context.close()  # its connections are kept as long as it is open
        return words

    return read


def write_on(window: Window, words: str) -> None:
    """Type at the end of the page."""
    window.page.locator("#words").focus()
    window.page.keyboard.press("Control+End")
    window.page.keyboard.insert_text(words)


def saved(page: Page) -> None:
    expect(page.locator("#saved")).to_have_text(SAVED)


def become(window: Window, person: Person) -> None:
    """Let a person be the one who is signed in in this browser."""
    cookie = person.cookies[0]
    window.context.add_cookies([{"name": "session", "value": cookie, "url": window.address}])


def editing(person: Person) -> str:
    return f"{person.pages[0]}edit/"


def test_words_are_saved_after_a_pause_and_there_after_a_reload(
    window: Window, text_of: Callable[[str], str]
) -> None:
    window.go("/journal/new/")
    write_on(window, "Written and not saved by hand.")
    window.page.wait_for_timeout(2000)
    saved(window.page)
    assert re.fullmatch(r"/journal/[0-9a-f-]{36}/edit/", window.path)
    window.page.reload()
    assert window.page.locator("#words").input_value() == "Written and not saved by hand."
    assert text_of(window.path) == "Written and not saved by hand."


def test_save_pressed_once_after_an_autosave_lands_on_the_page(window: Window) -> None:
    window.go("/journal/new/")
    write_on(window, "One press is enough.")
    window.page.wait_for_timeout(2000)
    saved(window.page)
    with window.page.expect_navigation():
        window.page.get_by_role("button", name="Save", exact=True).click()
    assert re.fullmatch(r"/journal/[0-9a-f-]{36}/", window.path)
    assert "One press is enough." in window.page.locator("article").inner_text()


def test_a_link_never_promises_to_leave_without_saving_what_saves_itself(
    window: Window, person: Person
) -> None:
    page = window.page
    foot = page.locator(".sheet__foot a")
    window.go("/journal/new/")
    assert foot.inner_text() == "Leave without saving"
    write_on(window, "Not meant to stay.")
    assert foot.inner_text() == "Throw it away"
    foot.click()
    page.wait_for_url(re.compile(r"/journal/[0-9a-f-]{36}/delete/$"))
    window.go(editing(person))
    write_on(window, " Changed.")
    assert foot.inner_text() == "Earlier versions"
    foot.click()
    page.wait_for_url(f"{window.address}{person.pages[0]}history/")
    expect(page.locator(".history > li")).to_have_count(2)


def test_typing_on_and_on_is_saved_within_five_seconds(window: Window) -> None:
    window.stop_time()
    window.go("/journal/new/")
    window.page.locator("#words").focus()
    with window.page.expect_request(AUTOSAVE) as asked:
        for _ in range(60):
            window.page.keyboard.type("a")
            window.page.clock.run_for(100)
    # One letter every tenth of a second: the words themselves say when they were sent.
    typed = parse_qs(asked.value.post_data or "")["text"][0]
    assert set(typed) == {"a"} and len(typed) <= 51, "a tenth of a second for the key itself"


def test_a_page_that_was_emptied_says_that_its_words_are_kept(
    window: Window, person: Person, text_of: Callable[[str], str]
) -> None:
    untitled = f"{person.pages[1]}edit/"
    window.go(untitled)
    before = window.page.locator("#words").input_value()
    window.page.locator("#words").fill("")
    expect(window.page.locator("#saved")).to_have_text("Empty: what you wrote before stays")
    assert text_of(untitled) == before != ""


def test_the_keys_for_saving_save_at_once(window: Window) -> None:
    window.stop_time()
    window.go("/journal/new/")
    write_on(window, "Now.")
    window.page.keyboard.press("Control+s")
    saved(window.page)


def test_a_session_that_ends_while_writing_costs_nothing(
    open_window: Open, person: Person, text_of: Callable[[str], str]
) -> None:
    window = open_window(cookie=person.cookies[0])
    window.forgive("Failed to load resource")
    window.go(editing(person))
    before = window.page.locator("#words").input_value()
    window.context.clear_cookies(name="session")
    write_on(window, " And then?")
    dialog = window.page.get_by_role("dialog", name="You have been signed out")
    dialog.wait_for()
    expect(window.page.locator("#saved")).to_have_text(STILL_HERE)
    assert window.page.locator("#words").input_value() == f"{before} And then?"
    elsewhere = window.context.new_page()
    elsewhere.goto(f"{window.address}/accounts/login/")
    elsewhere.get_by_label("Email").or_(elsewhere.get_by_label("E-mail")).fill(person.email)
    elsewhere.locator("input[type=password]").fill(PASSWORD)
    with elsewhere.expect_navigation():
        elsewhere.locator("main button.btn").first.click()
    elsewhere.close()
    # Coming back to the page may have been enough, so the button may go while one looks for it.
    window.page.evaluate("document.querySelector('#aside-note[open] .btn')?.click()")
    saved(window.page)
    expect(dialog).to_be_hidden()
    assert text_of(editing(person)) == f"{before} And then?"
    window.go("/journal/")
    assert window.page.locator("ol.entries > li").count() == len(person.pages), "nothing is doubled"


def test_a_token_that_grew_old_is_renewed_without_a_word(
    open_window: Open, person: Person, text_of: Callable[[str], str]
) -> None:
    window = open_window(cookie=person.cookies[0])
    window.forgive("403")
    window.go(editing(person))
    window.page.evaluate(
        "document.querySelectorAll('[name=csrfmiddlewaretoken]')"
        ".forEach((field) => (field.value = 'x'.repeat(64)))"
    )
    write_on(window, " Still mine.")
    saved(window.page)
    assert text_of(editing(person)).endswith(" Still mine.")
    with window.page.expect_navigation():
        window.page.get_by_role("button", name="Save", exact=True).click()
    assert window.path == person.pages[0], "the form itself has the new token"


def test_nothing_is_saved_into_the_journal_of_another_who_signed_in(
    open_window: Open, crowd: Crowd, person: Person, text_of: Callable[[str], str]
) -> None:
    window, other = open_window(cookie=person.cookies[0]), crowd.pop()
    window.forgive("Failed to load resource")
    window.go("/journal/new/")
    become(window, other)
    write_on(window, "Not for their journal.")
    dialog = window.page.get_by_role("dialog", name="Somebody else is signed in now")
    dialog.wait_for()
    assert window.page.locator("#words").input_value() == "Not for their journal."
    theirs = open_window(cookie=other.cookies[1], scripts=False)
    theirs.go("/journal/")
    assert "Not for their journal." not in theirs.text()
    become(window, person)
    dialog.get_by_role("button", name="Try again").click()
    saved(window.page)
    assert text_of(window.path) == "Not for their journal."


def test_a_minute_without_a_line_and_a_server_in_trouble_lose_no_character(
    open_window: Open, person: Person, text_of: Callable[[str], str]
) -> None:
    """The minute is the browser's own clock, turned on by hand; the line is really cut."""
    window = open_window(cookie=person.cookies[0])
    window.forgive("Failed to load resource")
    page = window.page
    window.stop_time()
    window.go(editing(person))
    wanted = page.locator("#words").input_value()
    page.route(AUTOSAVE, lambda route: route.fulfill(status=500, body="no"))
    for number in range(20):
        wanted += f" trouble {number}"
        write_on(window, f" trouble {number}")
        page.clock.run_for(1500)
        expect(page.locator("#saved")).to_have_text(re.compile("^(Saving|.*still here)$"))
    page.unroute(AUTOSAVE)
    window.context.set_offline(True)
    for number in range(30):
        wanted += f" dark {number}"
        write_on(window, f" dark {number}")
        page.clock.run_for(MINUTE // 30)
    expect(page.locator("#saved")).to_have_text(STILL_HERE)
    assert page.locator("#words").input_value() == wanted
    window.context.set_offline(False)
    page.clock.run_for(MINUTE)
    page.clock.resume()
    saved(page)
    assert text_of(editing(person)) == wanted
    assert page.locator("dialog[open]").count() == 0


def test_a_server_that_is_killed_while_two_tabs_type_costs_no_character(
    open_window: Open, site: Served, person: Person, text_of: Callable[[str], str]
) -> None:
    """As `make chaos` does it a hundred times, here with the script itself."""
    tabs = [open_window(cookie=person.cookies[0]) for _ in range(2)]
    for number, tab in enumerate(tabs):
        tab.forgive("Failed to load resource")
        tab.go("/journal/new/" if number else editing(person))
    wanted = [tab.page.locator("#words").input_value() for tab in tabs]

    def type_on(words: str) -> None:
        for number, tab in enumerate(tabs):
            write_on(tab, words)
            wanted[number] += words

    for round_ in range(2):
        type_on(f" Before {round_}.")
        for tab in tabs:
            tab.page.keyboard.press("Control+s")
        site.kill()
        try:
            type_on(f" While it was gone {round_}.")
            for tab, text in zip(tabs, wanted, strict=True):
                expect(tab.page.locator("#saved")).to_have_text(STILL_HERE)
                assert tab.page.locator("#words").input_value() == text
        finally:
            site.start()
        for tab in tabs:
            saved(tab.page)
    assert [text_of(tab.path) for tab in tabs] == wanted
    assert [tab.page.locator("dialog[open]").count() for tab in tabs] == [0, 0]
    tabs[0].go("/journal/")
    assert tabs[0].page.locator("ol.entries > li").count() == len(person.pages) + 1


def test_words_that_are_too_many_are_not_sent_again_until_they_change(
    open_window: Open, person: Person, text_of: Callable[[str], str]
) -> None:
    window = open_window(cookie=person.cookies[0])
    window.forgive("Failed to load resource")
    page = window.page
    window.stop_time()
    window.go(editing(person))
    sent: list[Request] = []
    page.on("request", lambda one: "autosave" in one.url and sent.append(one))
    page.route(AUTOSAVE, lambda route: route.fulfill(status=413, body="no"))
    write_on(window, " Too many.")
    page.clock.run_for(1000)
    dialog = page.get_by_role("dialog", name="This cannot be saved as it is")
    expect(dialog).to_contain_text("too long for one page")
    page.clock.run_for(MINUTE)
    assert len(sent) == 1
    dialog.get_by_role("button", name="Back to my words").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(dialog).to_be_visible()
    assert window.path == editing(person), "no button leads away from them"
    dialog.get_by_role("button", name="Back to my words").click()
    page.unroute(AUTOSAVE)
    write_on(window, " Fewer.")
    page.clock.run_for(1000)
    saved(page)
    assert text_of(editing(person)).endswith(" Too many. Fewer.")


def test_a_page_that_the_guide_no_longer_has_says_so_once_and_keeps_the_words(
    window: Window,
) -> None:
    window.forgive("Failed to load resource")
    page = window.page
    window.stop_time()
    window.go("/path/communicate-openly/clear-ask/")
    sent: list[Request] = []
    page.on("request", lambda one: "autosave" in one.url and sent.append(one))
    page.evaluate("document.querySelector('[name=exercise]').value = 'gone'")
    write_on(window, "Still here.")
    page.clock.run_for(1000)
    dialog = page.get_by_role("dialog", name="This cannot be saved as it is")
    expect(dialog).to_contain_text("not here any more")
    page.clock.run_for(MINUTE)
    assert len(sent) == 1
    assert page.locator("#words").input_value() == "Still here."


def test_an_answer_that_is_lost_on_the_way_makes_neither_a_clash_nor_a_double(
    open_window: Open, person: Person, text_of: Callable[[str], str]
) -> None:
    window = open_window(cookie=person.cookies[0])
    window.forgive("Failed to load resource")
    arrived = []

    def lose(route: Route) -> None:
        arrived.append(route.fetch().status)
        route.abort()

    window.go("/journal/new/")
    window.page.route(AUTOSAVE, lose, times=1)
    write_on(window, "It arrived,")
    expect(window.page.locator("#saved")).to_have_text(STILL_HERE)
    write_on(window, " and nobody said so.")
    saved(window.page)
    assert arrived == [200]
    assert window.page.locator("dialog[open]").count() == 0
    assert text_of(window.path) == "It arrived, and nobody said so."
    window.go("/journal/")
    assert window.page.locator("ol.entries > li").count() == len(person.pages) + 1


@pytest.mark.parametrize("press", ["nothing", "Save"])
def test_two_tabs_keep_both_texts_and_ask_which_stays(
    open_window: Open, person: Person, text_of: Callable[[str], str], press: str
) -> None:
    one, two = (open_window(cookie=cookie) for cookie in person.cookies)
    two.forgive("409")
    for window in (one, two):
        window.go(editing(person))
    write_on(one, " From the first.")
    saved(one.page)
    write_on(two, " From the second.")
    if press == "Save":
        two.page.get_by_role("button", name="Save", exact=True).click()
    dialog = two.page.get_by_role("dialog", name="This page changed somewhere else")
    dialog.get_by_role("button", name="Keep both").click()
    saved(two.page)
    kept = text_of(editing(person))
    assert " From the first." in kept and " From the second." in kept
    assert two.path == editing(person), "nobody is led away before they chose"


def test_leaving_a_long_page_sends_what_changed_behind_it(
    open_window: Open, person: Person, text_of: Callable[[str], str]
) -> None:
    window = open_window(cookie=person.cookies[0])
    window.forgive("beforeunload")
    window.go(editing(person))
    long = "🌿 " + "The light was on. " * 3500
    window.page.locator("#words").fill(long)
    saved(window.page)
    assert len(long.encode()) > 60_000
    write_on(window, "The end.")
    sent = []
    window.context.on("request", lambda asked: sent.append(asked.post_data or ""))
    window.go("/safety/")
    assert soon(lambda: text_of(editing(person)) == f"{long}The end.")
    assert max(map(len, sent)) < 60_000


def test_leaving_a_long_page_while_it_is_being_saved_loses_nothing(
    open_window: Open, person: Person, text_of: Callable[[str], str]
) -> None:
    window = open_window(cookie=person.cookies[0])
    window.forgive("beforeunload")
    window.go(editing(person))
    long = "The light was on. " * 3500
    window.page.locator("#words").fill(long)
    saved(window.page)
    window.page.evaluate(GOES_WITH_THE_PAGE)
    write_on(window, "The end.")
    window.page.keyboard.press("Control+s")
    expect(window.page.locator("#saved")).to_have_text("Saving")
    window.go("/safety/")
    assert soon(lambda: text_of(editing(person)) == f"{long}The end.")


def test_words_typed_while_a_long_page_was_being_saved_go_behind_it_too(
    open_window: Open, person: Person, text_of: Callable[[str], str]
) -> None:
    window = open_window(cookie=person.cookies[0])
    window.forgive("beforeunload")
    window.go(editing(person))
    long = "The light was on. " * 3500
    window.page.locator("#words").fill(long)
    saved(window.page)
    window.page.evaluate(GOES_UNANSWERED)
    write_on(window, "And then")
    window.page.keyboard.press("Control+s")
    assert soon(lambda: text_of(editing(person)) == f"{long}And then")
    write_on(window, " the end.")
    window.go("/safety/")
    assert soon(lambda: text_of(editing(person)) == f"{long}And then the end.")


def test_leaving_a_page_in_letters_that_weigh_more_sends_what_changed_behind_it(
    open_window: Open, person: Person, text_of: Callable[[str], str]
) -> None:
    window = open_window(cookie=person.cookies[0])
    window.forgive("beforeunload")
    window.go(editing(person))
    long = "Свет горел всю ночь. " * 600
    window.page.locator("#words").fill(long)
    saved(window.page)
    window.page.evaluate(GOES_WITH_THE_PAGE)
    write_on(window, "Конец.")
    window.go("/safety/")
    assert soon(lambda: text_of(editing(person)) == f"{long}Конец.")


def test_nothing_that_was_typed_is_kept_in_the_browser(window: Window) -> None:
    window.go("/journal/new/")
    write_on(window, "marmalade")
    saved(window.page)
    window.context.set_offline(True)
    window.forgive("Failed to load resource")
    write_on(window, " marmalade")
    expect(window.page.locator("#saved")).to_have_text(re.compile("^Offline"))
    assert window.page.evaluate(ALL_STORED) == '[{},{},"",null,[],[]]'
    assert all("marmalade" not in str(one) for one in window.context.cookies())
    window.context.set_offline(False)
    saved(window.page)
