"""What each keeps: words of a coach that were sent, drafts, a question that is taken back."""

import html
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from journal.coaching import consent, notes
from journal.coaching.models import ASSIGNMENT, FROM_COACH, REQUEST, ClientFile, CoachNote
from journal.entries.leaving import mark_of_words
from journal.entries.models import Entry
from journal.spaces.models import Post
from journal.vault.keyring import Keyring
from journal.vault.models import DataKey

CLIENTS = "/coaching/clients/"
OWN = {"key": "q1", "type": "long", "ask": "What was easier?"}


def text_of(answer: Any) -> str:
    return answer.content.decode()


def at_home(person: Any) -> str:
    """Return all texts of a person's journal."""
    mine = Entry.objects.written_by(person).order_by("created_at")
    return "\n".join(row.body(Keyring.of(person))["text"] for row in mine)


def draft(text: str, then: str = "keep", **more: Any) -> dict[str, Any]:
    return {"post_id": str(uuid.uuid4()), "text": text, "then": then, **more}


@pytest.fixture
def worked(anas: Any, cleos: Any) -> None:
    """Weeks of work: a question and its answer, a note, two suggestions, a draft."""
    asked = anas.write(REQUEST, {"text": "How do I begin?"})
    sent = [
        cleos.write(Post.REPLY, {"text": "With one sentence."}, parent=asked),
        cleos.write(Post.NOTE, {"text": "I thought of you."}),
        cleos.write(ASSIGNMENT, {"title": "The clear ask", "exercise": "clear-ask", "text": ""}),
        cleos.write(ASSIGNMENT, {"title": "Mornings", "text": "Try it.", "questions": [OWN]}),
    ]
    cleos.write(Post.NOTE, {"text": "Not ready to be read."}, hidden=True)
    for number, post in enumerate([asked, *sent]):
        at = timezone.now() - timedelta(days=60 - number)
        Post.objects.written_by(post.author_id).filter(pk=post.pk).update(created_at=at)


@pytest.mark.parametrize("who", ["ana", "cleo"])
def test_the_client_keeps_what_the_coach_sent_whoever_ends_it(
    people, browser_of, space, worked, who
):
    browser_of(people[who]).post(f"/coaching/{space.pk}/end/")
    if who == "cleo":
        assert "what your coach has sent you" in text_of(
            browser_of(people["ana"]).get(f"/coaching/{space.pk}/end/")
        )
        browser_of(people["ana"]).post(f"/coaching/{space.pk}/end/")
    home = at_home(people["ana"])
    for words in ("How do I begin?", "With one sentence.", "I thought of you.", "The clear ask",
                  "Mornings\nTry it.\nWhat was easier?"):  # fmt: skip
        assert words in home
    assert home.index("How do I begin?") < home.index("With one sentence.")
    said = (timezone.now() - timedelta(days=59)).astimezone(people["ana"].zone)
    assert f"From your coach, {said.day} {said:%B %Y}" in home
    assert "Not ready to be read." not in home


def test_ending_twice_brings_nothing_home_twice(people, browser_of, space, worked):
    for _ in range(2):
        browser_of(people["ana"]).post(f"/coaching/{space.pk}/end/")
    browser_of(people["cleo"]).post(f"/coaching/{space.pk}/end/")
    assert at_home(people["ana"]).count("With one sentence.") == 1


def test_what_the_client_keeps_is_nothing_a_coach_can_find(people, browser_of, space, worked):
    browser_of(people["cleo"]).post(f"/coaching/{space.pk}/end/")
    assert Post.objects.written_by(people["ana"]).filter(kind=FROM_COACH).count() == 4
    assert not Post.objects.visible_to(people["cleo"]).exists()
    assert not DataKey.objects.filter(author=people["cleo"], space__isnull=False).exists()
    home = at_home(people["cleo"])
    assert "Not ready to be read." in home and "With one sentence." in home
    assert "How do I begin?" not in home


def test_a_client_who_closed_everything_has_closed_their_name_too(people, coach, anas, space):
    assert "Ana" in text_of(coach.get(f"/coaching/{space.pk}/end/"))
    consent.narrow(anas, "room")
    page = text_of(coach.get(f"/coaching/{space.pk}/end/"))
    assert "Ana" not in page
    assert "your client" in page
    cleo = people["cleo"]
    ClientFile.write(cleo, Keyring.of(cleo), space.pk, called="The one on Thursdays")
    assert "The one on Thursdays" in text_of(coach.get(f"/coaching/{space.pk}/end/"))


def test_a_client_takes_a_question_back_and_its_answer_stays(
    people, browser, coach, anas, cleos, space
):
    asked = anas.write(REQUEST, {"text": "Too much at midnight"})
    cleos.write(Post.REPLY, {"text": "Slowly."}, parent=asked)
    page = text_of(browser.get(f"/coaching/{space.pk}/"))
    assert "On what you asked" in page
    address = f"/coaching/{space.pk}/asked/{asked.pk}/take-back/"
    assert address in page
    assert browser.post(address).status_code == 302
    assert not DataKey.objects.filter(space=asked.pk).exists()
    for page in (coach.get(f"{CLIENTS}{space.pk}/"), browser.get(f"/coaching/{space.pk}/")):
        assert "Too much at midnight" not in text_of(page)
        assert "Slowly." in text_of(page)
    assert browser.post(address).status_code == 404


def test_a_client_takes_back_only_their_own_and_only_what_they_asked(
    people, browser, stranger, anas, cleos, space
):
    theirs = cleos.write(Post.NOTE, {"text": "Hello."})
    card = anas.write("card-kept", {"exercise": "clear-ask", "title": "x", "day": "2026-11-20"})
    asked = anas.write(REQUEST, {"text": "How?"})
    for post in (theirs, card):
        address = f"/coaching/{space.pk}/asked/{post.pk}/take-back/"
        assert browser.post(address).status_code == 404
    for asking in (stranger, browser):
        address = f"/coaching/{uuid.uuid4()}/asked/{asked.pk}/take-back/"
        assert asking.post(address).status_code == 404
    assert Post.unscoped.count() == 3


def test_a_draft_is_named_where_the_coach_would_go_on_with_it(coach, anas, space):
    asked = anas.write(REQUEST, {"text": "How?"})
    address = f"{CLIENTS}{space.pk}/"
    assert "draft" not in text_of(coach.get(address))
    coach.post(f"{address}pages/{asked.pk}/", draft("Slo"))
    coach.post(f"{address}reply/", draft("By the way"))
    page = text_of(coach.get(address))
    assert "Your draft<" in page and "Go on with your draft" in page
    assert "Slo" not in page and "By the way" not in page
    assert "Your draft" in text_of(coach.get("/coaching/inbox/"))


def test_a_draft_on_something_taken_back_is_not_lost(people, coach, anas, space):
    asked = anas.write(REQUEST, {"text": "How?"})
    address = f"{CLIENTS}{space.pk}/"
    coach.post(f"{address}reply/", draft("Out of the blue"))
    coach.post(f"{address}pages/{asked.pk}/", draft("An hour of thought"))
    Post.objects.written_by(people["ana"]).filter(pk=asked.pk).take_back()
    page = text_of(coach.get(f"{address}reply/"))
    assert "An hour of thought" in page
    known = Post.objects.written_by(people["cleo"]).get(kind=Post.REPLY)
    sent = draft("An hour of thought", "send", draft=known.pk, base=1)
    assert coach.post(f"{address}reply/", sent).status_code == 302
    assert "Out of the blue" in text_of(coach.get(f"{address}reply/")), "the other draft stays"
    [(_, body)] = anas.read(anas.posts.filter(kind=Post.NOTE))
    assert body["text"] == "An hour of thought"


def test_sending_from_an_old_tab_ends_no_newer_draft(people, coach, anas, space):
    address = f"{CLIENTS}{space.pk}/reply/"
    coach.post(address, draft("A long letter"))
    late = coach.post(address, draft("Short", "send", base=0))
    assert late.status_code == 409
    assert "A long letter" in text_of(late) and "Short" in text_of(late)
    assert not anas.posts.exists()
    known = Post.objects.written_by(people["cleo"]).get()
    assert coach.post(address, draft("Short", "send", draft=known.pk, base=1)).status_code == 302
    assert [body["text"] for _, body in anas.read(anas.posts)] == ["Short"]


def test_leaving_quickly_keeps_what_is_new_in_a_draft_and_in_a_note(people, coach, cleos, space):
    cleo = people["cleo"]
    kept = cleos.write(Post.NOTE, {"text": "As it was"}, hidden=True)
    was = mark_of_words("As it was")
    page = text_of(coach.get(f"{CLIENTS}{space.pk}/reply/"))
    assert f'name="was" value="{was}"' in page
    ids = {"draft": str(kept.pk), "base": "1", "was": was}
    coach.post("/exit/", {**ids, "text": "As it was"})
    assert not Entry.objects.written_by(cleo).exists()
    coach.force_login(cleo)
    coach.post("/exit/", {**ids, "text": "As it was, and more"})
    assert "As it was, and more" in at_home(cleo)
    coach.force_login(cleo)
    coach.post(f"{CLIENTS}{space.pk}/note/", {"text": "Slower."})
    [note] = CoachNote.objects.kept_by(cleo)
    page = text_of(coach.get(f"/coaching/files/{note.file_id}/notes/{note.pk}/"))
    assert f'name="was" value="{mark_of_words("Slower.")}"' in page
    assert 'form="writing" formaction="/exit/"' in page


FIELD = re.compile(
    r'<input type="(?:hidden|text|number)" name="([^"]+)" value="([^"]*)"'
    r'|<textarea name="([^"]+)"[^>]*>\n?([^<]*)</textarea>'
)


def filled_in(page: str) -> dict[str, str]:
    """Return what a browser without scripts sends of the form that is written in, as it stands."""
    start = page.index('id="writing"')
    form = html.unescape(page[start : page.index("</form>", start)])
    found = FIELD.findall(form)
    return {one or other: value or text for one, value, other, text in found}


def questions_of(ask: str) -> dict[str, str]:
    first = {"key": "", "type": "choice", "ask": ask, "hint": "Take your time",
             "options": "Mine\nOurs", "low": "", "high": "", "frame": ""}  # fmt: skip
    return {"q-TOTAL_FORMS": "1", "q-INITIAL_FORMS": "0"} | {
        f"q-0-{name}": value for name, value in first.items()
    }


PROFILE = {"name": "Cleo Hart", "qualifications": "Nursing", "languages": "English", "way": "Slow"}
COACHS_FORMS = ("/coaching/library/new/", "/coaching/clients/invite/", "/you/coach/", "{}assign/")
EXERCISE = {"title": "Mornings", "purpose": "To look.", "minutes": "10", "base": "0"}


def test_leaving_quickly_without_scripts_keeps_an_exercise_that_is_being_made(people, coach, space):
    """The promise is about unsent words, whatever form they stand in."""
    sent = filled_in(text_of(coach.get("/coaching/library/new/")))
    sent |= {"title": "Mornings", "purpose": "To look.", "q-0-ask": "What was easier?"}
    coach.post("/exit/", sent | {"q-1-type": "choice", "q-1-options": "Mine\r\nOurs"})
    home = at_home(people["cleo"])
    for words in ("Mornings", "To look.", "What was easier?", "Mine\nOurs"):
        assert words in home.replace("\r", "")
    assert "choice" not in home


def test_leaving_quickly_keeps_an_exercise_only_where_something_is_new_in_it(people, coach, space):
    made = coach.post("/coaching/library/new/", EXERCISE | questions_of("What was easier?") |
                      {"exercise_id": str(uuid.uuid4())})  # fmt: skip
    sent = filled_in(text_of(coach.get(made["Location"])))
    assert sent["q-0-options"] == "Mine\nOurs" and sent["was"]
    coach.post("/exit/", sent)
    assert at_home(people["cleo"]) == ""
    coach.force_login(people["cleo"])
    refused = coach.post(made["Location"], sent | {"title": "", "q-0-ask": "And harder?"})
    assert refused.status_code == 422
    coach.post("/exit/", filled_in(text_of(refused)))
    assert "And harder?" in at_home(people["cleo"])


@pytest.mark.parametrize("address", COACHS_FORMS)
def test_leaving_quickly_keeps_nothing_of_a_coachs_form_that_was_only_looked_at(
    people, coach, space, address
):
    coach.post("/you/coach/", PROFILE)
    page = text_of(coach.get(address.format(f"{CLIENTS}{space.pk}/")))
    assert 'form="writing" formaction="/exit/"' in page
    coach.post("/exit/", filled_in(page))
    assert at_home(people["cleo"]) == ""


@pytest.mark.parametrize(
    ("address", "field"),
    [("{}assign/", "note"), ("/coaching/clients/invite/", "note"), ("/you/coach/", "way")],
)
def test_leaving_quickly_keeps_what_a_coach_was_writing(people, coach, space, address, field):
    coach.post("/you/coach/", PROFILE)
    page = text_of(coach.get(address.format(f"{CLIENTS}{space.pk}/")))
    coach.post("/exit/", filled_in(page) | {field: "Half a sentence"})
    assert "Half a sentence" in at_home(people["cleo"])


@pytest.mark.parametrize(("address", "field"), [("{}", "text"), ("/coaching/new/", "note")])
def test_leaving_quickly_keeps_what_a_client_was_writing(people, browser, space, address, field):
    page = text_of(browser.get(address.format(f"/coaching/{space.pk}/")))
    assert 'form="writing" formaction="/exit/"' in page
    sent = filled_in(page)
    browser.post("/exit/", sent)
    assert at_home(people["ana"]) == ""
    browser.force_login(people["ana"])
    browser.post("/exit/", sent | {field: "Half a sentence"})
    assert "Half a sentence" in at_home(people["ana"])


@pytest.mark.parametrize("address", [*COACHS_FORMS, "{}", "{}reply/"])
def test_enter_in_a_line_does_not_leave(coach, space, address):
    """The first button of a form is the one that Enter presses."""
    page = text_of(coach.get(address.format(f"{CLIENTS}{space.pk}/")))
    buttons = re.findall(r'<button[^>]*form="writing"[^>]*>', page)
    assert "formaction" in buttons[1]
    assert "formaction" not in buttons[0] and " hidden" in buttons[0]


def test_closing_a_page_with_words_in_it_asks_first(browser, coach, space):
    for asking, address in [
        (coach, f"{CLIENTS}{space.pk}/reply/"),
        (browser, f"/coaching/{space.pk}/"),
    ]:
        assert "js/unsent" in text_of(asking.get(address))


def test_the_oldest_of_many_notes_is_found_again(people, coach, space, monkeypatch):
    monkeypatch.setattr(notes, "PAGE", 2)
    for number in range(5):
        coach.post(f"{CLIENTS}{space.pk}/note/", {"text": f"Note {number}."})
    file = ClientFile.objects.kept_by(people["cleo"]).get()
    pages = [text_of(coach.get(f"/coaching/files/{file.pk}/?page={at}")) for at in (1, 2, 3)]
    assert "Note 4." in pages[0] and "Note 2." in pages[1] and "Note 0." in pages[2]
    assert 'rel="next"' in pages[1] and 'rel="next"' not in pages[2]
    for far in ("9", "-1", "x", "0", "99999999999"):
        assert coach.get(f"/coaching/files/{file.pk}/?page={far}").status_code == 200
