"""Logs: a fault says where it was, never what somebody had typed."""

import io
import logging
import uuid
from typing import Any

import pytest
from django.db import DataError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from journal.vault.sealing import CannotOpen
from steps.reminders.models import ReminderSettings
from steps.reminders.tokens import stop_token
from tests.conftest import Browser
from tests.rooms import a_waiting_room

WORDS = "the canary that nobody may hear"


def stumble(request: HttpRequest) -> HttpResponse:
    """A fault that quotes what it was given, as many do."""
    try:
        return HttpResponse(int(request.POST["text"]))
    except ValueError as error:
        raise DataError(f"DETAIL: failing row contains ({request.POST['text']})") from error


urlpatterns = [path("stumble/", stumble), path("", include("trustrepair.urls"))]
handler400 = "trustrepair.doors.errors.bad_request"
handler403 = "trustrepair.doors.errors.forbidden"
handler404 = "trustrepair.doors.errors.not_found"
handler500 = "trustrepair.doors.errors.server_error"


@pytest.mark.urls("tests.security.test_logs")
def test_no_answer_of_any_status_leaves_words_in_the_log(
    ana: Any, page: Any, written: io.StringIO
) -> None:
    browser = Browser(raise_request_exception=False)
    browser.force_login(ana)
    strict = Browser(enforce_csrf_checks=True)
    strict.force_login(ana)
    edit = f"/journal/{page.pk}/edit/"
    ids = {"entry_id": page.pk, "save_id": uuid.uuid4(), "base_version": 0}
    typed = {**ids, "text": WORDS, "title": WORDS}
    answers = {
        302: browser.post("/journal/new/", {**typed, "entry_id": uuid.uuid4()}),
        400: browser.post("/path/communicate-openly/say/", {**typed, "state": WORDS}),
        403: strict.post("/journal/new/", typed),
        404: browser.post(f"/journal/{uuid.uuid4()}/edit/", typed),
        405: browser.post("/journal/", typed),
        409: browser.post(edit, typed),
        413: browser.post("/journal/new/", {"text": WORDS * 600_000}),
        422: browser.post(edit, {**typed, "text": WORDS * 7_000}),
        500: browser.post("/stumble/", typed),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
    browser.get("/journal/", {"after": WORDS})
    log = written.getvalue()
    assert "stumble" in log
    assert WORDS not in log
    assert WORDS.replace(" ", "+") not in log
    assert WORDS.replace(" ", "%20") not in log
    assert WORDS not in answers[500].text


def test_faults_of_ours_and_of_the_machine_keep_their_message(written: io.StringIO) -> None:
    for error in (CannotOpen("journal.Entry.body of 7 does not open."), OSError("disk is full"),
                  OperationalError("database is locked")):  # fmt: skip
        try:
            raise error
        except type(error):
            logging.getLogger("house").exception("Something went wrong")
    assert "does not open" in written.getvalue()
    assert "disk is full" in written.getvalue()
    assert "database is locked" in written.getvalue()
    assert "test_logs.py" in written.getvalue()


def test_an_address_that_is_a_key_is_not_in_the_log(
    ana: Any, people: dict[str, Any], written: io.StringIO
) -> None:
    _, token = a_waiting_room(ana)
    bens = Browser()
    bens.force_login(people["ben"])
    stop = stop_token(ReminderSettings.objects.of(ana).stop_id)
    invitation = f"/invitations/{token}/"
    assert bens.post(f"{invitation}join/", {"called": " "}).status_code == 422
    assert bens.get(f"{invitation}refuse/").status_code == 405
    assert bens.put(f"/reminders/stop/{stop}/").status_code == 405
    log = written.getvalue()
    assert "/invitations/…/join/" in log and "/reminders/stop/…/" in log
    assert token not in log and stop not in log
