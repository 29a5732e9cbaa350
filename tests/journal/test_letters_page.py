"""Letters kept unsent: written like any page, closed until a day, opened, or let go for good."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from journal.entries.models import UNSENT, Entry, Revision
from journal.entries.segment_models import SearchSegment
from journal.entries.segments import pack
from journal.entries.writing import Draft, keep
from journal.vault.keyring import Keyring

from .posting import fields, fill, save, words

pytestmark = pytest.mark.django_db

NEW, LETTERS = "/journal/letter/", "/journal/letters/"
UNSENT_PAGE = f"/path/share-hard-truths/{UNSENT}/"
SAID = "You kept the garden gate open, gooseberry."


@pytest.fixture
def letter(ana: Any) -> Entry:
    draft = Draft(uuid.uuid4(), uuid.uuid4(), 0, kind=Entry.LETTER, title="Dear Aunt", text=SAID)
    return keep(ana, Keyring.of(ana), draft).entry


@pytest.fixture
def closed(ana: Any, letter: Entry) -> Entry:
    letter.close(Keyring.of(ana), date.today() + timedelta(days=30))
    return letter


def at(entry: Entry, what: str = "") -> str:
    return f"/journal/{entry.pk}/{what}"


def now(entry: Entry) -> Entry:
    return Entry.unscoped.get(pk=entry.pk)


def test_a_letter_is_written_on_the_same_sheet_and_kept_as_one(browser: Client, ana: Any) -> None:
    response = fill(browser, NEW, {"title": "Dear Aunt", "text": SAID})
    row = Entry.objects.written_by(ana).get()
    assert response["Location"] == at(row)
    assert row.kind == Entry.LETTER
    assert "Close it until a day" in words(browser.get(at(row)))


def test_autosave_keeps_it_as_a_letter_and_a_page_as_a_page(browser: Client, ana: Any) -> None:
    sent = fields(browser.get(NEW)) | {"text": SAID}
    assert browser.post("/journal/autosave/", sent).json()["version"] == 1
    assert Entry.objects.written_by(ana).get().kind == Entry.LETTER
    browser.post("/journal/autosave/", fields(browser.get("/journal/new/")) | {"text": "A page"})
    kinds = Entry.objects.written_by(ana).values_list("kind", flat=True)
    assert sorted(kinds) == [Entry.FREE, Entry.LETTER]


def test_what_was_refused_comes_back_as_a_letter(browser: Client) -> None:
    refused = browser.post(NEW, save(letter="1"))
    assert refused.status_code == 422
    assert 'name="letter" value="1"' in refused.text


def test_leaving_quickly_keeps_it_as_a_letter(browser: Client, ana: Any) -> None:
    browser.post("/exit/", fields(browser.get(NEW)) | {"text": SAID})
    assert Entry.objects.written_by(ana).get().kind == Entry.LETTER


def test_writing_on_stays_a_letter(browser: Client, letter: Entry) -> None:
    fill(browser, at(letter, "edit/"), {"text": "Shorter now"})
    assert now(letter).kind == Entry.LETTER


def test_the_list_holds_letters_and_the_exercise_and_no_other_page(
    browser: Client, ana: Any, mending: Any, page: Entry, letter: Entry
) -> None:
    fill(browser, UNSENT_PAGE, {"answer-dear": "Dear you", "then": "later"})
    shown = browser.get(LETTERS)
    unsent = Entry.objects.written_by(ana).get(exercise__key=UNSENT)
    assert at(letter) in shown.text and at(unsent) in shown.text
    assert at(page) not in shown.text


def test_closing_asks_for_a_day_that_is_still_to_come(browser: Client, letter: Entry) -> None:
    for day in ("", "soon", date.today().isoformat(), "2020-01-01", "9999-01-01"):
        assert browser.post(at(letter, "close/"), {"until": day}).status_code == 422
        assert not now(letter).closed
    to_come = (date.today() + timedelta(days=2)).isoformat()  # it may be tomorrow in London
    assert browser.post(at(letter, "close/"), {"until": to_come})["Location"] == at(letter)
    assert now(letter).closed


def test_the_day_is_sealed(ana: Any, closed: Entry, letter: Entry) -> None:
    until = now(closed).until(Keyring.of(ana))
    assert until is not None
    assert until.isoformat().encode() not in bytes(now(closed).sealed_until or b"")


SHOWING = ["", "edit/", "history/", "open/", "close/", "let-go/", "delete/"]


@pytest.mark.parametrize("what", SHOWING)
def test_no_page_of_a_closed_letter_shows_a_word_of_it(
    browser: Client, closed: Entry, what: str
) -> None:
    response = browser.get(at(closed, what), follow=True)
    assert response.status_code == 200
    assert "gooseberry" not in response.text and "Aunt" not in response.text


def test_its_versions_are_closed_with_it(browser: Client, closed: Entry) -> None:
    version = Revision.objects.of(closed).get()
    for more in ("", "?compare"):
        response = browser.get(at(closed, f"history/{version.pk}/{more}"))
        assert response["Location"] == at(closed)


def test_lists_and_memories_show_an_envelope_or_nothing(
    browser: Client, ana: Any, closed: Entry
) -> None:
    long_ago = datetime.now(UTC) - timedelta(weeks=9)
    Entry.unscoped.filter(pk=closed.pk).update(created_at=long_ago)
    for url in ("/journal/", LETTERS, "/journal/back/", "/journal/back/pages/?kind=letter", "/"):
        text = browser.get(url).text
        assert "gooseberry" not in text and "Aunt" not in text, url
    assert "Closed until" in words(browser.get("/journal/"))


def test_a_closed_exercise_is_neither_offered_again_nor_shown_where_it_is_written(
    browser: Client, ana: Any, mending: Any
) -> None:
    fill(browser, UNSENT_PAGE, {"answer-dear": "Dear gooseberry", "then": "later"})
    row = Entry.objects.written_by(ana).get()
    assert "gooseberry" in browser.get("/").text
    row.close(Keyring.of(ana), date.today() + timedelta(days=9))
    for url in ("/", UNSENT_PAGE, "/path/share-hard-truths/", at(row, "edit/")):
        assert "gooseberry" not in browser.get(url, follow=True).text, url


@pytest.mark.parametrize("packed", [False, True])
def test_search_finds_no_closed_letter_until_it_is_opened(
    browser: Client, ana: Any, letter: Entry, packed: bool
) -> None:
    for _ in range(8):
        keep(ana, Keyring.of(ana), Draft(uuid.uuid4(), uuid.uuid4(), 0, text="Another page"))
    if packed:
        assert pack(ana, Keyring.of(ana)) == 1
    look = {"query": "gooseberry"}
    assert at(letter) in browser.post("/journal/search/", look).text
    letter.close(Keyring.of(ana), date.today() + timedelta(days=30))
    assert at(letter) not in browser.post("/journal/search/", look).text
    browser.post(at(letter, "open/"))
    assert at(letter) in browser.post("/journal/search/", look).text


def test_before_its_day_it_opens_only_after_being_asked_again(
    browser: Client, closed: Entry
) -> None:
    assert f'href="{at(closed, "open/")}"' in browser.get(at(closed)).text
    assert "before its day" in words(browser.get(at(closed, "open/")))
    assert now(closed).closed
    assert browser.post(at(closed, "open/"))["Location"] == at(closed)
    assert "gooseberry" in browser.get(at(closed)).text
    assert browser.get(at(closed, "open/"))["Location"] == at(closed)


def test_on_its_day_today_has_one_quiet_line_and_not_before(
    browser: Client, ana: Any, letter: Entry
) -> None:
    ana.time_zone = "Pacific/Auckland"
    ana.save()
    letter.close(Keyring.of(ana), date(2031, 5, 9))
    before, on_it = "2031-05-08T11:59:00Z", "2031-05-08T12:01:00Z"
    for moment, due in ((before, False), (on_it, True)):
        with time_machine.travel(moment, tick=False):
            browser.force_login(ana)
            assert ("A letter you closed" in words(browser.get("/"))) is due
            assert ("the day you chose has come" in words(browser.get(at(letter)))) is due
            assert "gooseberry" not in browser.get(at(letter)).text
    with time_machine.travel(on_it, tick=False):
        browser.post(at(letter, "open/"))
        assert "gooseberry" in browser.get(at(letter)).text
        assert "A letter you closed" not in words(browser.get("/"))


def test_what_another_tab_still_writes_is_kept_and_the_letter_stays_closed(
    browser: Client, ana: Any, letter: Entry
) -> None:
    open_page = fields(browser.get(at(letter, "edit/"))) | {"text": "One more line"}
    letter.close(Keyring.of(ana), date.today() + timedelta(days=30))
    assert browser.post("/journal/autosave/", open_page).status_code == 200
    assert now(letter).body(Keyring.of(ana))["text"] == "One more line"
    assert now(letter).closed


def test_letting_go_leaves_no_trace(browser: Client, ana: Any, letter: Entry) -> None:
    fill(browser, at(letter, "edit/"), {"text": f"{SAID} Again."})
    for _ in range(8):
        keep(ana, Keyring.of(ana), Draft(uuid.uuid4(), uuid.uuid4(), 0, text="Another page"))
    pack(ana, Keyring.of(ana))
    segment = now(letter).segment_id
    assert segment and Revision.unscoped.filter(entry=letter).count() == 2
    assert "every earlier version" in words(browser.get(at(letter, "let-go/")))
    assert Entry.unscoped.filter(pk=letter.pk).exists()
    response = browser.post(at(letter, "let-go/"), follow=True)
    assert not Entry.unscoped.filter(pk=letter.pk).exists()
    assert not Revision.unscoped.filter(entry_id=letter.pk).exists()
    assert not SearchSegment.objects.of(ana).filter(pk=segment).exists()
    assert "It is gone. You wrote it, and you let it go." in words(response)
    main = response.text.partition("<main")[2].partition("</main>")[0]
    assert main.count("<a ") == 1 and 'href="/"' in main
    assert browser.post(at(letter, "let-go/")).status_code == 404


def test_a_closed_letter_can_be_let_go_unread(browser: Client, closed: Entry) -> None:
    browser.post(at(closed, "let-go/"))
    assert not Entry.unscoped.filter(pk=closed.pk).exists()


def test_a_page_that_is_no_letter_is_neither_closed_nor_let_go(
    browser: Client, page: Entry
) -> None:
    for what in ("close/", "open/", "let-go/"):
        assert browser.get(at(page, what)).status_code == 404
        assert browser.post(at(page, what), {"until": "2100-01-01"}).status_code == 404
    assert "Let it go" not in words(browser.get(at(page)))
    assert not now(page).closed


def test_a_letter_is_its_writers_alone(stranger: Client, closed: Entry) -> None:
    for what in ("", "close/", "open/", "let-go/"):
        assert stranger.get(at(closed, what)).status_code == 404
    assert stranger.post(at(closed, "open/")).status_code == 404
    assert now(closed).closed
    assert "Closed until" not in words(stranger.get(LETTERS))
