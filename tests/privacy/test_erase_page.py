"""/you/erase/: everything of somebody's is gone at once, and nothing by a slip."""

from typing import Any

from django.test import Client

from journal.entries.models import Entry
from journal.spaces.models import Post
from journal.vault.models import DataKey
from tests.conftest import PASSWORD, Browser
from tests.privacy.carrying import write
from tests.rooms import a_room, room_for
from trustrepair.accounts.models import User

PAGE = "/you/erase/"


def ask_again(person: Any, browser: Browser) -> None:
    """Let somebody be asked for a password, and give it."""
    person.set_password(PASSWORD)
    person.save()
    browser.force_login(person)
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})


def test_the_password_is_asked_for_again(ana: Any, browser: Browser) -> None:
    ana.set_password(PASSWORD)
    ana.save()
    browser.force_login(ana)
    for answer in (browser.get(PAGE), browser.post(PAGE, {"sure": "on"})):
        assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
    assert User.objects.filter(pk=ana.pk).exists()


def test_without_its_tick_nothing_is_erased(ana: Any, browser: Browser) -> None:
    ask_again(ana, browser)
    write(ana, text="It was gone.")
    assert "cannot be undone" in browser.get(PAGE).text
    answer = browser.post(PAGE)
    assert answer.status_code == 422
    assert "Nothing was erased." in answer.text
    assert Entry.objects.written_by(ana).exists()


def test_with_it_all_is_gone_and_every_device_is_signed_out(ana: Any, browser: Browser) -> None:
    ask_again(ana, browser)
    other = Client()
    other.force_login(ana)
    write(ana, text="It was gone.")
    answer = browser.post(PAGE, {"sure": "on"})
    assert answer.status_code == 200
    assert "It is gone" in answer.text
    assert "cache" in answer.headers["Clear-Site-Data"]
    assert not User.objects.filter(email=ana.email).exists()
    assert not Entry.unscoped.exists()
    assert not DataKey.objects.exists()
    for one in (browser, other):
        assert one.get("/journal/").headers["Location"].startswith("/accounts/login/")


def test_the_other_in_a_room_finds_it_closed_and_keeps_their_own(
    ana: Any, people: dict[str, Any], browser: Browser, browser_of: Any
) -> None:
    ben = people["ben"]
    bens, space = browser_of(ben), a_room(ana, ben)
    ask_again(ana, browser)
    room_for(ana, space).write(Post.NOTE, {"text": "Bread on Monday."})
    room_for(ben, space).write(Post.NOTE, {"text": "Soup on Friday."})
    browser.post(PAGE, {"sure": "on"})
    assert not Post.unscoped.filter(author_id=ana.pk).exists()
    assert "has closed" in bens.get(f"/together/{space.pk}/").text
    assert Post.unscoped.filter(author=ben).exists()
