"""The client's pages: what was said, what is asked, the cards, assignments, Today, the end."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.http import Http404
from django.utils import timezone

from journal.coaching import consent, ledger
from journal.coaching.models import (
    ASSIGNMENT,
    CARDS,
    REQUEST,
    SAID,
    Begun,
    ClientFile,
    CoachNote,
    Opening,
    Showing,
)
from journal.entries.models import Entry
from journal.entries.writing import Draft, keep
from journal.spaces.models import Membership, Post
from journal.vault.keyring import Keyring
from tests.journal.posting import fill

QUESTION = {
    "key": "first", "type": "long", "ask": "What was easier?", "hint": "", "ways": [],
    "options": [], "low": "", "high": "", "frame": "", "page": None,
}  # fmt: skip
MARKUP = '<b>bold</b> "quoted" & <script>alert(1)</script>'


def suggest(cleos: Any, **values: Any) -> Post:
    body = {"title": "The clear ask", "exercise": "clear-ask", "questions": [], "note": "Slowly.",
            "minutes": 10, **values}  # fmt: skip
    return cleos.write(ASSIGNMENT, body)


def text_of(answer: Any) -> str:
    return answer.content.decode()


def test_the_list_says_until_when_each_coach_sees_something(browser, space):
    page = text_of(browser.get("/coaching/"))
    assert "Sees what you chose until" in page
    assert f"/coaching/{space.pk}/" in page


def test_something_asked_stands_in_the_room_for_both(people, browser, space, cleos):
    data = {"text": MARKUP, "post_id": str(uuid.uuid4())}
    for _ in range(2):  # a button pressed twice
        browser.post(f"/coaching/{space.pk}/ask/", data)
    [(_, body)] = cleos.read(cleos.posts.filter(kind=REQUEST))
    assert body["text"] == MARKUP
    page = text_of(browser.get(f"/coaching/{space.pk}/"))
    assert "<b>bold</b>" not in page
    assert "&lt;b&gt;bold" in page


def test_an_empty_question_is_not_sent(people, browser, space):
    answer = browser.post(f"/coaching/{space.pk}/ask/", {"text": " ", "post_id": uuid.uuid4()})
    assert answer.status_code == 422
    assert not Post.objects.written_by(people["ana"]).filter(kind=REQUEST).exists()


def test_what_a_coach_writes_is_there_and_a_draft_is_not(browser, space, cleos):
    cleos.write(Post.NOTE, {"text": "I have read it."})
    cleos.write(Post.NOTE, {"text": "A draft of mine"}, hidden=True)
    page = text_of(browser.get(f"/coaching/{space.pk}/"))
    assert "I have read it." in page
    assert "A draft of mine" not in page


def test_a_suggestion_stands_on_today_until_it_is_answered(browser, space, cleos):
    assert "There is a suggestion" not in text_of(browser.get("/"))
    post = suggest(cleos)
    page = text_of(browser.get("/"))
    assert "There is a suggestion for you." in page
    assert "clear ask" not in page.split("There is a suggestion")[1][:200]
    browser.post(f"/coaching/{space.pk}/assignments/{post.pk}/", {"then": "declined"})
    assert "There is a suggestion" not in text_of(browser.get("/"))


def test_declining_needs_no_reason_and_can_be_changed(browser, space, cleos):
    post = suggest(cleos)
    address = f"/coaching/{space.pk}/assignments/{post.pk}/"
    for then in ("declined", "done"):
        browser.post(address, {"then": then})
    words = cleos.read(cleos.posts.filter(kind=SAID))
    assert [(row.parent_id, body) for row, body in words] == [(post.pk, {"state": "done"})]
    assert "You said that you did it." in text_of(browser.get(address))


def test_an_exercise_of_the_guide_opens_on_its_own_page(browser, space, cleos):
    post = suggest(cleos)
    answer = browser.post(f"/coaching/{space.pk}/assignments/{post.pk}/", {"then": "begin"})
    assert answer.headers["Location"] == "/path/communicate-openly/clear-ask/"


def test_a_coachs_own_exercise_is_written_in_the_private_journal(people, browser, space, cleos):
    post = suggest(cleos, title=MARKUP, exercise="", questions=[{**QUESTION, "ask": MARKUP}])
    address = f"/coaching/{space.pk}/assignments/{post.pk}/"
    first = browser.post(address, {"then": "begin"}).headers["Location"]
    assert browser.post(address, {"then": "begin"}).headers["Location"] == first
    [row] = Begun.objects.by(people["ana"])
    sheet = browser.get(first)
    assert sheet.status_code == 200
    assert "<b>bold</b>" not in text_of(sheet)
    ids = {"entry_id": str(row.entry_id), "save_id": str(uuid.uuid4()), "base_version": "1"}
    answered = {**ids, "asked": "first", "answer-first": "The mornings.", "then": "finish"}
    assert browser.post(first, answered).status_code == 302
    entry = Entry.objects.written_by(people["ana"]).get(pk=row.entry_id)
    assert entry.body(Keyring.of(people["ana"]))["answers"] == {"first": "The mornings."}
    assert not cleos.posts.filter(author=people["ana"]).exclude(kind__in=CARDS).exists()


def test_what_the_guide_has_no_more_cannot_be_begun(browser, space, cleos):
    post = suggest(cleos, exercise="gone-long-ago")
    address = f"/coaching/{space.pk}/assignments/{post.pk}/"
    assert "does not have this exercise any more" in text_of(browser.get(address))
    assert browser.post(address, {"then": "begin"}).headers["Location"] == f"/coaching/{space.pk}/"


def test_nobody_is_told_that_a_client_looked_at_a_suggestion(browser, space, cleos):
    post = suggest(cleos)
    before = cleos.posts.count()
    browser.get(f"/coaching/{space.pk}/assignments/{post.pk}/")
    assert cleos.posts.count() == before


def test_the_cards_stand_there_as_the_coach_reads_them(people, browser, space):
    browser.post("/path/communicate-openly/say/", {"state": "open"})
    page = text_of(browser.get(f"/coaching/{space.pk}/cards/"))
    assert ": open, " in page
    assert "Last here in the week of" in page


def test_a_page_handed_over_is_listed_with_the_way_to_take_it_back(people, browser, space, page):
    address = f"/journal/{page.pk}/hand-over/{space.pk}/"
    data = {"post_id": str(uuid.uuid4()), "count": "1", "title": "The piano", "ask_0": "",
            "words_0": "I came home."}  # fmt: skip
    assert browser.post(address, data).status_code == 302
    shown = text_of(browser.get(f"/coaching/{space.pk}/"))
    assert f"/journal/{page.pk}/hand-over/" in shown


def test_a_coach_hands_over_nothing_of_their_own_journal(people, space, coach):
    cleo = people["cleo"]
    draft = Draft(uuid.uuid4(), uuid.uuid4(), 0, title="Mine", text="My own day.")
    entry = keep(cleo, Keyring.of(cleo), draft).entry
    assert str(space.pk) not in text_of(coach.get(f"/journal/{entry.pk}/hand-over/"))
    assert coach.get(f"/journal/{entry.pk}/hand-over/{space.pk}/").status_code == 404


@pytest.mark.parametrize("who", ["ana", "cleo"])
def test_either_ends_it_at_once(people, browser_of, space, cleos, anas, who):
    ana, cleo = people["ana"], people["cleo"]
    browser_of(ana).post("/path/communicate-openly/say/", {"state": "open"})
    anas.write(REQUEST, {"text": "How do I begin?"})
    file = ClientFile.write(cleo, Keyring.of(cleo), space.pk, called="A.")
    note = CoachNote(file=file)
    note.sealed_body = Keyring.of(cleo).seal(note, "body", "Slower than she thinks.")
    note.save(force_insert=True)
    assert Post.objects.written_by(ana).filter(kind__in=CARDS).exists()

    assert browser_of(people[who]).post(f"/coaching/{space.pk}/end/").status_code == 302

    assert not Post.objects.visible_to(cleo).exists()
    assert not Post.objects.written_by(ana).filter(kind__in=CARDS).exists()
    assert not Showing.objects.by(ana).exists()

    class Asked:
        user = cleo

    with pytest.raises(Http404):
        ledger.look_into(Asked(), space.pk)
    [kept] = CoachNote.objects.kept_by(cleo)
    assert kept.read(Keyring.of(cleo)) == "Slower than she thinks."
    ana.refresh_from_db()
    assert not ana.has_coach
    other = "cleo" if who == "ana" else "ana"
    ended = text_of(browser_of(people[other]).get(f"/coaching/{space.pk}/end/"))
    assert "This has ended" in ended
    browser_of(people[other]).post(f"/coaching/{space.pk}/end/")
    assert not Membership.objects.of(people[other]).exists()
    words = [one.body(Keyring.of(ana)) for one in Entry.objects.written_by(ana)]
    assert any("How do I begin?" in one.get("text", "") for one in words), "it came home"


def test_the_ledger_outlives_everything_but_the_room(people, browser, space, anas):
    class Asked:
        user = people["cleo"]

    ledger.look_into(Asked(), space.pk)
    browser.post(f"/coaching/{space.pk}/narrow/", {"item": "room"})
    assert Opening.objects.seen_by(people["ana"]).count() == 1
    assert "Cleo opened your page" in text_of(browser.get("/coaching/opened/"))


def test_the_room_of_two_has_no_second_way_out_for_coaching(people, browser, space):
    assert browser.get(f"/together/{space.pk}/leave/").status_code == 404
    assert browser.get(f"/together/{space.pk}/").status_code == 404


def test_the_page_costs_as_much_with_many_cards_and_words(
    browser, space, anas, cleos, django_assert_max_num_queries
):
    for at in range(40):
        anas.write(REQUEST, {"text": f"No. {at}"})
        suggest(cleos)
    browser.get(f"/coaching/{space.pk}/")  # a first look is noted, for Today alone
    with django_assert_max_num_queries(16):
        assert browser.get(f"/coaching/{space.pk}/").status_code == 200


def test_words_typed_for_a_coach_say_whose_they_are(browser, space):
    page = text_of(browser.get(f"/coaching/{space.pk}/"))
    asking = page[page.index(f"/coaching/{space.pk}/ask/") :]
    assert 'name="owner"' in asking[: asking.index("</form>")]


def test_nothing_is_handed_to_a_coach_who_sees_nothing_just_now(browser, space, page):
    browser.post(f"/coaching/{space.pk}/narrow/", {"item": "room"})
    answer = browser.get(f"/journal/{page.pk}/hand-over/{space.pk}/")
    assert answer.headers["Location"] == f"/coaching/{space.pk}/show/"


def test_a_page_prepared_for_a_first_session_is_one_to_print_or_to_hand_over(
    people, browser, coach, space, anas
):
    ana = people["ana"]
    ana.whole_sheet = True
    ana.save(update_fields=["whole_sheet"])
    prepare = "/path/therapy-or-coaching/preparing-for-a-session/"
    assert f'href="{prepare}"' in text_of(browser.get("/coaching/"))
    said = {"answer-who": "coach", "answer-story": "It came out in May.", "then": "finish"}
    entry = fill(browser, prepare, said)["Location"]
    page = text_of(browser.get(entry))
    assert "It came out in May." in page
    assert "Print it and take it with you, or hand a copy to a coach" in page
    assert f"{entry}hand-over/" in page
    fill(browser, f"{entry}hand-over/{space.pk}/", {"then": "hand"})
    [copy] = anas.posts.filter(kind=Post.COPY)
    read = coach.get(f"/coaching/clients/{space.pk}/pages/{copy.pk}/")
    assert "It came out in May." in text_of(read)


@pytest.mark.parametrize("how", ["run out", "closed"])
def test_nothing_is_sent_to_a_coach_who_sees_nothing_just_now(people, browser, space, anas, how):
    """A page that was open since before the consent ended still has its form."""
    if how == "run out":
        gone = timezone.now() - timedelta(minutes=1)
        Showing.objects.by(people["ana"]).filter(space=space).update(expires_at=gone)
    else:
        consent.narrow(anas, "room")
    sent = {"text": "Could we talk on Sunday?", "post_id": str(uuid.uuid4())}
    answer = browser.post(f"/coaching/{space.pk}/ask/", sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Nothing can be sent" in page and "Could we talk on Sunday?" in page
    assert f"/coaching/{space.pk}/show/" in page, "the way to open it again"
    assert not anas.posts.filter(kind=REQUEST).exists()


def test_whoever_closed_everything_still_reads_what_was_said_to_them(people, browser, space, cleos):
    cleos.write(Post.NOTE, {"text": "Slowly, and with the window open."})
    suggest(cleos)
    closed = browser.post(f"/coaching/{space.pk}/narrow/", {"item": "room"}, follow=True)
    page = text_of(closed)
    assert closed.redirect_chain[-1][0] == "/coaching/", "not the page that opens it again"
    assert "It is closed to them" in page and "Sees nothing of you just now." in page
    page = text_of(browser.get(f"/coaching/{space.pk}/"))
    assert "Slowly, and with the window open." in page and "The clear ask" in page
    assert "sees nothing of you just now" in page and "/ask/" not in page
    assert not Showing.objects.by(people["ana"]).exists()
