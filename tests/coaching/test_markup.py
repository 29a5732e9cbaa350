"""HTML in every field of coaching: it stays words on every page that shows it, on either side."""

import html
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from journal.coaching.library_models import OwnExercise
from journal.coaching.models import ASSIGNMENT, REQUEST, CoachNote, CoachProfile
from journal.spaces.models import Invitation, Membership, Post

# What a page must never hold as it was typed, whether between tags or within an attribute.
LOUD = '"><img src=x onerror=alert(1)>{{7|add:7}}'
CLIENTS = "/coaching/clients/"


def said(what: str) -> str:
    """Return markup that says which field it came from."""
    return f"{what} {LOUD}"


def look(answer: Any, *whats: str) -> None:
    """Assert that a page shows these fields' words, and nothing of them as tags."""
    page = answer.content.decode()
    assert answer.status_code in {200, 422}, answer.status_code
    assert "<img src=x" not in page
    for what in whats:
        assert f"{what} {html.escape(LOUD)}" in page, what


@pytest.fixture
def loud(people: dict[str, Any], coach: Any, browser: Any, space: Any) -> dict[str, Any]:
    """Ana and Cleo, who wrote markup into every field there is; the ids of what came of it."""
    cleo, room = people["cleo"], f"{CLIENTS}{space.pk}/"
    profile = {name: said(name) for name in CoachProfile.FIELDS}
    assert coach.post("/you/coach/", profile).status_code == 302
    coach.post(f"/coaching/{space.pk}/arrived/")
    browser.post(f"/coaching/{space.pk}/ask/", {"text": said("asked"), "post_id": uuid.uuid4()})
    [asked] = Post.objects.written_by(people["ana"]).filter(kind=REQUEST)
    for where, then, text in (
        (f"{room}reply/", "send", "written"), (f"{room}reply/", "keep", "drafted"),
        (f"{room}pages/{asked.pk}/", "send", "answered"),
        (f"{room}pages/{asked.pk}/", "keep", "begun"),
    ):  # fmt: skip
        sent = {"post_id": uuid.uuid4(), "text": said(text), "then": then}
        assert coach.post(where, sent).status_code == 302, text
    kept = coach.post(f"{room}note/", {"text": said("note"), "called": said("called")})
    assert kept.status_code == 302
    own = {"exercise_id": uuid.uuid4(), "base": "0", "title": said("title"), "minutes": "10",
           "purpose": said("purpose"), "q-TOTAL_FORMS": "3", "q-INITIAL_FORMS": "0"}  # fmt: skip
    fields = ("ask", "hint", "options", "low", "high", "frame")
    for at, kind in enumerate(("choice", "scale", "frame")):
        own |= {f"q-{at}-{name}": said(name) for name in fields} | {f"q-{at}-type": kind}
        own |= {f"q-{at}-options": f"{said('one')}\n{said('two')}", f"q-{at}-key": "<b>"}
        own |= {f"q-{at}-frame": f"{said('frame')} {{feeling}}", f"q-{at}-ask": said(f"ask{at}")}
    assert coach.post("/coaching/library/new/", own).status_code == 302
    exercise = OwnExercise.objects.made_by(cleo).get().pk
    task = {"post_id": uuid.uuid4(), "exercise": f"own:{exercise}", "note": said("suggested"),
            "day": timezone.localdate() + timedelta(days=3)}  # fmt: skip
    assert coach.post(f"{room}assign/", task).status_code == 302
    [task] = Post.objects.written_by(cleo).filter(kind=ASSIGNMENT)
    note = CoachNote.objects.kept_by(cleo).get()
    return {"room": room, "asked": asked.pk, "task": task.pk, "exercise": exercise,
            "note": note.pk, "file": note.file_id}  # fmt: skip


def test_on_the_coachs_pages_it_stays_words(coach, loud):
    room = loud["room"]
    look(coach.get(room), "asked", "written", "answered", "note", "called", "title")
    look(coach.get(f"{room}reply/"), "drafted")
    look(coach.get(f"{room}pages/{loud['asked']}/"), "asked", "answered", "begun")
    look(coach.get(f"{room}sheet/"), "asked", "title")
    look(coach.get(f"{room}assign/"), "title")
    look(coach.get("/coaching/library/"), "title")
    whole = ("title", "purpose", "ask0", "ask1", "ask2", "one", "two", "frame", "low", "high")
    look(coach.get(f"/coaching/library/{loud['exercise']}/"), *whole)
    look(coach.get("/coaching/files/"), "called")
    look(coach.get(f"/coaching/files/{loud['file']}/"), "called", "note")
    look(coach.get(f"/coaching/files/{loud['file']}/notes/{loud['note']}/"), "note")
    look(coach.get("/you/coach/"), *CoachProfile.FIELDS)
    look(coach.get(f"{CLIENTS}invite/"), *CoachProfile.FIELDS)
    for page in (CLIENTS, "/coaching/inbox/"):
        look(coach.get(page))


def test_on_the_clients_pages_it_stays_words(people, browser, space, loud):
    room = f"/coaching/{space.pk}/"
    shown = ("asked", "written", "answered", "title", *CoachProfile.FIELDS)
    look(browser.get(room), *shown)
    task = f"{room}assignments/{loud['task']}/"
    look(browser.get(task), "title", "suggested", "ask0", "ask1", "ask2")
    sheet = browser.post(task, {"then": "begin"}, follow=True)
    look(sheet, "title", "ask0", "ask1", "ask2", "one", "two")
    for page in ("show/", "cards/", "end/"):
        look(browser.get(f"{room}{page}"))
    for page in ("/", "/coaching/", "/coaching/opened/"):
        look(browser.get(page))


def test_in_names_and_notes_of_an_invitation_it_stays_words(people, coach, stranger, loud):
    coach.post(f"{CLIENTS}invite/", {"called": said("called"), "note": said("asking")})
    row = Invitation.objects.sent_by(people["cleo"]).get()
    sent = coach.get(f"/coaching/{row.space_id}/invitation/")
    link = re.search(r"/invitations/[^\"<]+/", sent.content.decode())
    assert link
    look(stranger.get(link[0]), "asking", *CoachProfile.FIELDS)
    stranger.post(f"{link[0]}join/", {"called": said("joined")})
    stranger.post(f"/coaching/{row.space_id}/show/", {"items": ["active"], "days": "90"})
    assert Membership.objects.of(people["stan"]).filter(space=row.space_id).exists()
    for page in (CLIENTS, f"{CLIENTS}{row.space_id}/", f"/coaching/{row.space_id}/end/"):
        look(coach.get(page), "joined")
    for page in ("", "show/", "cards/", "end/"):
        look(stranger.get(f"/coaching/{row.space_id}/{page}"), "called")


def test_what_a_refused_form_gives_back_stays_words(coach, browser, space, loud):
    room = loud["room"]
    bad = {"post_id": uuid.uuid4(), "exercise": "own:x", "note": said("note"), "day": said("day")}
    look(coach.post(f"{room}assign/", bad), "note", "day")
    bad = {"text": said("kept"), "called": said("called"), "next_session": said("session")}
    look(coach.post(f"{room}note/", bad), "kept", "called", "session")
    bad = {name: said(name) for name in CoachProfile.FIELDS} | {"name": " "}
    look(coach.post("/you/coach/", bad), "qualifications", "languages", "way")
    look(browser.post(f"/coaching/{space.pk}/ask/", {"text": said("asked")}), "asked")
