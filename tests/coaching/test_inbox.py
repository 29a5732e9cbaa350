"""The inbox, and answering: a draft is nobody else's, what is sent is in the room."""

import uuid
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from journal.coaching import consent
from journal.coaching.feedback import QUIETLY
from journal.coaching.models import REQUEST, SAID, Opening
from journal.entries.models import Entry
from journal.spaces.models import Post
from journal.vault.keyring import Keyring

MARKUP = '<b>bold</b> "quoted" & <script>alert(1)</script>'
CLIENTS = "/coaching/clients/"


def text_of(answer: Any) -> str:
    return answer.content.decode()


def posted(text: str, then: str = "send", base: int = 0) -> dict[str, Any]:
    return {"post_id": str(uuid.uuid4()), "text": text, "then": then, "base": base}


@pytest.fixture
def asked(anas: Any) -> Post:
    """Something Ana asked."""
    return anas.write(REQUEST, {"text": f"How do I begin? {MARKUP}"})


@pytest.fixture
def answering(space: Any, asked: Post) -> str:
    """Where Cleo answers it."""
    return f"{CLIENTS}{space.pk}/pages/{asked.pk}/"


def test_what_was_sent_is_listed_newest_first_and_opens_on_its_own_page(coach, anas, asked):
    copy = anas.write(Post.COPY, {"title": "The piano", "parts": [], "text": "Gone."})
    page = text_of(coach.get("/coaching/inbox/"))
    assert page.index(str(copy.pk)) < page.index(str(asked.pk))
    assert "The piano" not in page, "what it says is read where the client is told of it"
    assert "How do I begin" not in page


def test_the_client_reads_that_the_inbox_was_looked_through_once_a_day(people, coach, anas, asked):
    for _ in range(2):
        coach.get("/coaching/inbox/")
    assert [row.what for row in Opening.objects.seen_by(people["ana"])] == ["inbox"]


def test_a_long_inbox_is_turned_page_by_page_without_a_time_in_its_address(coach, anas):
    posts = [anas.write(REQUEST, {"text": f"No. {number}"}) for number in range(25)]
    first = text_of(coach.get("/coaching/inbox/"))
    assert str(posts[-1].pk) in first
    assert str(posts[0].pk) not in first
    rest = text_of(coach.get(f"/coaching/inbox/?after={posts[5].pk}"))
    assert f"?after={posts[5].pk}" in first
    shown = [str(post.pk) in rest for post in posts]
    assert shown == [True] * 5 + [False] * 20
    for broken in ("x", str(uuid.uuid4())):
        assert str(posts[-1].pk) in text_of(coach.get(f"/coaching/inbox/?after={broken}"))


def test_a_word_on_a_suggestion_is_there_too(people, coach, anas, cleos):
    task = cleos.write("assignment", {"title": "The clear ask", "exercise": "clear-ask"})
    anas.write(SAID, {"state": "declined"}, parent=task)
    assert "Let be what you suggested" in text_of(coach.get("/coaching/inbox/"))


def test_a_client_who_closed_everything_is_in_no_inbox(coach, anas, asked):
    consent.narrow(anas, "room")
    page = text_of(coach.get("/coaching/inbox/"))
    assert str(asked.pk) not in page
    assert "Ana" not in page


def test_a_draft_is_kept_and_seen_by_its_coach_alone(coach, browser, space, answering, asked):
    assert coach.post(answering, posted(MARKUP, "keep")).status_code == 302
    page = text_of(coach.get(answering))
    assert "Your draft" in page
    assert "&lt;b&gt;bold" in page
    assert "<b>bold</b>" not in page
    for address in ("", "cards/", "show/"):
        assert "alert(1)" not in text_of(browser.get(f"/coaching/{space.pk}/{address}")).replace(
            "How do I begin? &lt;b&gt;bold&lt;/b&gt; &quot;quoted&quot; &amp; "
            "&lt;script&gt;alert(1)&lt;/script&gt;", ""
        )  # fmt: skip
    assert "Answered" not in text_of(coach.get("/coaching/inbox/"))


def test_a_draft_is_no_news_and_no_number_for_the_client(people, coach, answering, anas):
    before = list(anas.posts.values_list("pk", flat=True))
    coach.post(answering, posted("Slowly.", "keep"))
    assert list(anas.posts.values_list("pk", flat=True)) == before


def test_sending_puts_it_into_the_room_once_and_lets_the_draft_go(coach, answering, anas, people):
    coach.post(answering, posted("Slo", "keep"))
    data = posted("Slowly.", base=1)
    for _ in range(2):  # a button pressed twice
        assert coach.post(answering, data).status_code == 302
    mine = Post.objects.written_by(people["cleo"]).filter(kind=Post.REPLY)
    assert [post.opened_at is not None for post in mine] == [True]
    [(post, body)] = anas.read(anas.posts.filter(kind=Post.REPLY))
    assert (str(post.parent_id) in answering, body["text"]) == (True, "Slowly.")
    assert "Answered" in text_of(coach.get("/coaching/inbox/"))
    assert mail.outbox == []


def test_two_tabs_do_not_write_over_each_others_draft(coach, answering, space, people):
    coach.post(answering, posted("First", "keep"))
    coach.post(answering, posted("Second", "keep", base=1))
    late = coach.post(answering, posted("Third", "keep", base=1))
    assert late.status_code == 409
    assert "Second" in text_of(late)
    assert "Third" in text_of(late)
    assert coach.post(answering, posted("Third", "keep", base=2)).status_code == 302
    assert "Third" in text_of(coach.get(answering))


def test_an_emptied_draft_is_gone_and_nothing_is_not_sent(coach, answering, people):
    coach.post(answering, posted("First", "keep"))
    assert coach.post(answering, posted(" ", "send")).status_code == 422
    coach.post(answering, posted(" ", "keep", base=1))
    assert not Post.objects.written_by(people["cleo"]).exists()


def test_one_click_drafts_a_note_to_somebody_quiet_and_sends_nothing(coach, space, anas, people):
    for _ in range(2):
        answer = coach.post(f"{CLIENTS}{space.pk}/draft/")
        assert answer.headers["Location"] == f"{CLIENTS}{space.pk}/reply/"
    [draft] = Post.objects.written_by(people["cleo"])
    assert draft.opened_at is None
    assert QUIETLY.format("Ana") in text_of(coach.get(f"{CLIENTS}{space.pk}/reply/"))
    assert not anas.posts.exists()


def test_the_coach_cannot_answer_on_their_own_post_or_on_a_card(coach, cleos, anas, space):
    own = cleos.write(Post.NOTE, {"text": "Hello."})
    card = anas.write("card-kept", {"exercise": "clear-ask", "title": "x", "day": "2026-11-20"})
    for post in (own, card):
        assert coach.get(f"{CLIENTS}{space.pk}/pages/{post.pk}/").status_code == 404


def test_every_form_for_words_says_whose_it_is(coach, space, answering):
    for address in (answering, f"{CLIENTS}{space.pk}/reply/", f"{CLIENTS}{space.pk}/assign/",
                    f"{CLIENTS}{space.pk}/", "/coaching/library/new/"):  # fmt: skip
        page = text_of(coach.get(address))
        forms = [one.partition("</form>")[0] for one in page.split("<form")[1:]]
        for_words = [one for one in forms if "<textarea" in one]
        assert for_words, address
        for form in for_words:
            assert 'name="owner"' in form, address


def test_words_left_quickly_are_kept_for_the_coach_and_sent_to_nobody(
    people, coach, answering, space, anas
):
    page = text_of(coach.get(answering))
    assert 'form="writing" formaction="/exit/"' in page
    before = anas.posts.count()
    coach.post("/exit/", {"post_id": str(uuid.uuid4()), "base": "0", "text": "Half a thought"})
    [entry] = Entry.objects.written_by(people["cleo"])
    assert entry.body(Keyring.of(people["cleo"]))["text"] == "Half a thought"
    assert anas.posts.count() == before


def test_what_a_coach_has_begun_is_found_again_in_the_inbox(coach, space, answering, asked, anas):
    coach.post(f"{CLIENTS}{space.pk}/draft/")
    coach.post(answering, posted("Slo", "keep"))
    page = text_of(coach.get("/coaching/inbox/"))
    begun = page[page.index("Begun, and not sent") :]
    assert f"{CLIENTS}{space.pk}/reply/" in begun and answering in begun
    assert "Slo" not in page and "nothing you need to answer" not in page
    assert "Begun, and not sent" not in text_of(coach.get(f"/coaching/inbox/?after={asked.pk}"))
    consent.narrow(anas, "room")
    assert "Begun, and not sent" not in text_of(coach.get("/coaching/inbox/"))


def test_the_inbox_asks_as_often_for_many_drafts_as_for_one(coach, cleos, asked):
    def ask() -> int:
        with CaptureQueriesContext(connection) as queries:
            coach.get("/coaching/inbox/")
        return len(queries)

    cleos.write(Post.NOTE, {"text": "One"}, hidden=True)
    ask()  # the first of a day goes into the ledger
    few = ask()
    for number in range(15):
        cleos.write(Post.NOTE, {"text": f"No. {number}"}, hidden=True)
    assert ask() == few
