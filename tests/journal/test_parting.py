"""Parting with a page: the trash and the way back, gone for good, the trash switched off."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from journal.entries.models import Entry, Revision
from journal.tasks import empty_trash

from .posting import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def away(browser: Client, page: Entry) -> Entry:
    """Ana's page, in the trash."""
    answer = browser.post(f"/journal/{page.pk}/delete/", {"how": "trash"})
    assert answer["Location"] == "/journal/trash/"
    return page


def test_a_page_in_the_trash_is_nowhere_but_there(browser: Client, away: Entry) -> None:
    for address in ("/", "/journal/"):
        assert "The piano" not in browser.get(address).text
    for name in ("", "edit/", "history/", "delete/"):
        assert browser.get(f"/journal/{away.pk}/{name}").status_code == 404
    assert "The piano" in browser.get("/journal/trash/").text


def test_the_trash_says_until_when(browser: Client, page: Entry) -> None:
    with time_machine.travel("2026-11-22 12:00+00:00"):
        browser.post(f"/journal/{page.pk}/delete/", {"how": "trash"})
        assert "Here until 22 December" in words(browser.get("/journal/trash/"))


def test_it_can_be_put_back_with_its_history(browser: Client, away: Entry) -> None:
    answer = browser.post(f"/journal/{away.pk}/put-back/")
    assert answer["Location"] == f"/journal/{away.pk}/"
    assert "The piano" in browser.get("/journal/").text
    assert Revision.objects.of(away).count() == 1


def test_only_its_writer_puts_it_back_or_empties_it(stranger: Client, away: Entry) -> None:
    assert stranger.post(f"/journal/{away.pk}/put-back/").status_code == 404
    assert stranger.post("/journal/trash/empty/", {"entry": str(away.pk)}).status_code == 404
    stranger.post("/journal/trash/empty/")
    assert Entry.unscoped.filter(pk=away.pk, trashed_at__isnull=False).exists()
    assert "The piano" not in stranger.get("/journal/trash/").text


@pytest.mark.parametrize("wrong", ["x", "00000000-0000-4000-8000-000000000000"])
def test_a_wrong_id_empties_nothing(browser: Client, away: Entry, wrong: str) -> None:
    assert browser.post("/journal/trash/empty/", {"entry": wrong}).status_code == 404
    assert Entry.unscoped.filter(pk=away.pk).exists()


@pytest.mark.parametrize("posted", ["one", "all"])
def test_emptying_takes_every_version_too(browser: Client, away: Entry, posted: str) -> None:
    sent = {"entry": str(away.pk)} if posted == "one" else {}
    answer = browser.post("/journal/trash/empty/", sent, follow=True)
    assert "gone for good" in words(answer).lower()
    assert not Entry.unscoped.filter(pk=away.pk).exists()
    assert not Revision.unscoped.filter(entry_id=away.pk).exists()


def test_it_goes_by_itself_after_thirty_days_and_not_before(away: Entry) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=29)):
        empty_trash()
    assert Entry.unscoped.filter(pk=away.pk).exists()
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        empty_trash()
    assert not Entry.unscoped.filter(pk=away.pk).exists()


def test_a_page_that_is_not_in_the_trash_is_never_cleared(page: Entry) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=400)):
        empty_trash()
    assert Entry.unscoped.filter(pk=page.pk).exists()


def test_switched_off_it_is_emptied_and_pages_go_at_once(
    browser: Client, away: Entry, ana: Any
) -> None:
    browser.post("/journal/trash/keeping/", {"keep": "no"})
    assert not Entry.unscoped.filter(pk=away.pk).exists()
    new = {"entry_id": "0a0a0a0a-0a0a-4a0a-8a0a-0a0a0a0a0a0a", "base_version": 0,
           "save_id": "0b0b0b0b-0b0b-4b0b-8b0b-0b0b0b0b0b0b", "text": "Another"}  # fmt: skip
    address = browser.post("/journal/new/", new)["Location"]
    asked = browser.get(f"{address}delete/").text
    assert "Into the trash" not in asked
    browser.post(f"{address}delete/", {"how": "trash"})
    assert not Entry.unscoped.exists()
    browser.post("/journal/trash/keeping/", {"keep": "yes"})
    ana.refresh_from_db()
    assert ana.keeps_trash


def test_the_way_there_promises_no_more_than_it_does(browser: Client, page: Entry) -> None:
    here, asked = f"/journal/{page.pk}/", f"/journal/{page.pk}/delete/"
    assert "Delete it" in words(browser.get(here))
    assert "Delete for good" not in words(browser.get(here))
    assert "Delete this page? " in words(browser.get(asked))
    browser.post("/journal/trash/keeping/", {"keep": "no"})
    assert "Delete for good" in words(browser.get(here))
    assert "Delete this page for good?" in words(browser.get(asked))


def test_deleted_for_good_it_is_gone_at_once_and_that_is_said(browser: Client, page: Entry) -> None:
    answer = browser.post(f"/journal/{page.pk}/delete/", {"how": "now"}, follow=True)
    assert "Gone for good, with every version of it." in words(answer)
    assert "The piano" not in answer.text
    assert not Entry.unscoped.exists()
    assert not Revision.unscoped.exists()


def test_what_lies_in_the_trash_is_found_without_reading_the_journal(ana: Any) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # which would rather read a small table from end to end
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert "trash_of_a_person" in Entry.objects.in_trash_of(ana).explain()
    assert "trash_of_a_person" in Entry.objects.past_trash(timezone.now()).explain()
