"""A client and a coach in two browsers: from the invitation to the session sheet to revoking."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import Crowd
from tests.browser.test_together import follow, press
from tests.browser.window import Window
from tests.served import Served

pytestmark = pytest.mark.browser
WORDS = "The canary sang in the kitchen"
MAKE_COACH = (
    "from allauth.mfa.models import Authenticator as A; "
    "from trustrepair.accounts.models import User; "
    "row = User.objects.get(email='{}'); row.is_coach = True; row.display_name = 'Cleo'; "
    "row.save(); A.objects.create(user=row, type=A.Type.TOTP, data={{}})"
)


def introduce(cleos: Window) -> str:
    """Let the coach say who they are and make a link; return its address."""
    cleos.go("/coaching/clients/")
    cleos.look("coach-nobody", shot=True)
    follow(cleos, "How you introduce yourself")
    cleos.page.locator("#id_name").fill("Cleo Hart")
    cleos.page.locator("main form").first.get_by_role("button").first.click()
    cleos.page.wait_for_load_state()
    cleos.go("/coaching/clients/invite/")
    press(cleos, "Make the link")
    return cleos.page.get_by_label("The link").input_value().removeprefix(cleos.address)


def come_in(anas: Window, link: str) -> str:
    """Let the client come in and say what is shown; return the room's address."""
    anas.go(link)
    follow(anas, "Go on")
    if anas.page.locator("form fieldset").count():
        for fieldset in anas.page.locator("form fieldset").all():
            fieldset.get_by_role("radio", name="No", exact=True).check()
        press(anas, "Go on")
    anas.page.locator("#id_called").fill("Ana")
    press(anas, "Come in")
    for box in anas.page.locator("input[name=items]").all():
        box.check()
    anas.look("client-consent", shot=True)
    anas.page.locator("main form button.btn").last.click()
    anas.page.wait_for_load_state()
    return anas.path


def ask_and_answer(anas: Window, cleos: Window, room: str, client: str) -> None:
    """Let the client ask, the coach draft an answer, look at it again, and send it."""
    anas.go(room)
    anas.page.locator("textarea").first.fill(WORDS)
    press(anas, "Send it")
    cleos.go("/coaching/inbox/")
    cleos.look("coach-inbox", shot=True)
    cleos.page.locator(".things a").first.click()
    cleos.page.wait_for_load_state()
    assert WORDS in cleos.text()
    cleos.look("coach-answer", shot=True)
    page = cleos.path
    cleos.page.locator("#id_text").fill("And then it slept.")
    press(cleos, "Keep as a draft")
    anas.go(room)
    assert "And then it slept." not in anas.text()
    cleos.go(page)
    press(cleos, "Send it")
    anas.go(room)
    assert "And then it slept." in anas.text()
    anas.look("client-room", shot=True)
    assert cleos.path == client


def suggest(anas: Window, cleos: Window, room: str, client: str) -> None:
    """Let the coach make an exercise and suggest it; the client lets it be."""
    cleos.go("/coaching/library/new/")
    cleos.look("coach-editor", shot=True)
    cleos.page.locator("#id_title").fill("Three mornings")
    cleos.page.locator("#id_q-0-ask").fill("What was easier than yesterday?")
    press(cleos, "Keep it")
    cleos.go("/coaching/library/")
    cleos.look("coach-library", shot=True)
    cleos.go(f"{client}assign/")
    cleos.page.locator("#id_exercise").select_option(label="Three mornings")
    cleos.look("coach-assign", shot=True)
    press(cleos, "Suggest it")
    anas.go(room)
    follow(anas, "Three mornings")
    assert "What was easier than yesterday?" in anas.text()
    anas.look("client-suggestion", shot=True)
    press(anas, "Not this one")


def note_and_sheet(cleos: Window, client: str) -> None:
    """Let the coach keep a note, and make the sheet for the session."""
    cleos.go(client)
    cleos.page.locator("#id_text").fill("Slower than she thinks.")
    press(cleos, "Keep")
    cleos.look("coach-client", shot=True)
    follow(cleos, "Sheet for the next session")
    assert WORDS in cleos.text()
    assert "Three mornings" in cleos.text()
    assert "Slower than she thinks." not in cleos.text()
    cleos.look("coach-sheet", shot=True)
    press(cleos, "The session was held: begin the next sheet today")


def test_a_client_and_a_coach_from_the_invitation_to_closing_it(
    open_window: Callable[..., Window], site: Served, crowd: Crowd
) -> None:
    ana, cleo = crowd.pop(), crowd.pop()
    site.shell(MAKE_COACH.format(cleo.email))
    anas = open_window(cookie=ana.cookies[0], width=390)
    cleos = open_window(cookie=cleo.cookies[0], width=1280)
    room = come_in(anas, introduce(cleos))
    client = room.replace("/coaching/", "/coaching/clients/")
    ask_and_answer(anas, cleos, room, client)
    suggest(anas, cleos, room, client)
    anas.go("/path/communicate-openly/")
    note_and_sheet(cleos, client)
    cleos.go("/coaching/clients/")
    cleos.look("coach-list", shot=True)
    anas.go("/coaching/opened/")
    assert "made a sheet for your next session" in anas.text()
    assert "Slower than she thinks." not in anas.text()
    anas.look("client-ledger", shot=True)
    for page in ("cards/", "end/"):
        anas.go(f"{room}{page}")
        anas.look(f"client-{page[:-1]}", shot=True)
    anas.go(room)
    press(anas, "Close all of it")
    cleos.forgive("Failed to load resource")
    for page in ("", "sheet/"):
        cleos.go(f"{client}{page}")
        assert WORDS not in cleos.text()
    cleos.go("/coaching/clients/")
    assert "Ana" not in cleos.page.locator("main table").all_inner_texts()
