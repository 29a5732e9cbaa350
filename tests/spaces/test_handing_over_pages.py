"""Handing over: the exact copy, cut first; where it stands; taken back with its key."""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.sessions.models import Session

from journal.entries.models import Entry
from journal.entries.questions import asked
from journal.entries.writing import Draft, keep
from journal.spaces import leaving
from journal.spaces.handing_models import Handing
from journal.spaces.models import Post, Space
from journal.spaces.room import Room
from journal.vault.keyring import Keyring
from journal.vault.models import DataKey
from journal.vault.sealing import KeyMissing
from steps import catalogue
from steps.models import Exercise
from tests.conftest import Browser
from tests.rooms import a_room
from tests.visitor import Forms

Of = Callable[[str], Room]


def values(page: str) -> dict[str, list[str]]:
    """Return what the form of a page with texts in it would send as it stands."""
    return max((form.values for form in Forms(page).found), key=lambda one: "count" in one)


@pytest.fixture
def copied(browser: Browser, page: Entry, space: Space) -> Callable[..., Any]:
    """Return a function that hands Ana's page over to Ben, with some values changed."""

    def hand(**changes: str) -> Any:
        address = f"/journal/{page.pk}/hand-over/{space.pk}/"
        return browser.post(address, {**values(browser.get(address).text), **changes})

    return hand


def read(room: Room) -> list[dict[str, Any]]:
    """Return the bodies of what somebody can read in a room."""
    return [body for _, body in room.read(room.posts)]


def test_the_page_says_who_can_read_it_before_and_after(
    browser: Browser, page: Entry, copied: Any
) -> None:
    before = browser.get(f"/journal/{page.pk}/hand-over/").text
    assert "Nobody can read this page but you" in before
    assert "The room with Ben" in before
    assert copied().status_code == 302
    after = browser.get(f"/journal/{page.pk}/hand-over/").text
    assert "Ben" in after and "Since" in after
    assert "Who can read a copy" in browser.get(f"/journal/{page.pk}/").text


def test_before_the_button_it_says_that_what_was_read_stays_read(
    browser: Browser, page: Entry, copied: Any, space: Space
) -> None:
    before = browser.get(f"/journal/{page.pk}/hand-over/{space.pk}/").text
    assert "What Ben has read by then, or photographed, stays with them." in before
    copied()
    [post] = Post.unscoped.all()
    assert "photographed" not in browser.get(f"/journal/{page.pk}/copies/{post.pk}/").text


def test_no_name_waits_in_the_session_which_is_not_sealed(
    browser: Browser, page: Entry, copied: Any
) -> None:
    copied()
    [post] = Post.unscoped.all()
    copy = f"/journal/{page.pk}/copies/{post.pk}/"
    browser.post(copy, {**values(browser.get(copy).text), "title": "Anew"})
    held = [row.get_decoded() for row in Session.objects.all()]
    assert any("_messages" in one for one in held)
    assert "Ben" not in str(held)


def test_nothing_is_handed_into_a_room_that_has_closed_and_the_words_stay(
    copied: Any, ben: Any, page: Entry, browser: Browser, space: Space
) -> None:
    address = f"/journal/{page.pk}/hand-over/{space.pk}/"
    form = {**values(browser.get(address).text), "words_0": "Cut to this."}
    leaving.leave(ben, space.pk)
    answer = browser.post(address, form)
    assert answer.status_code == 422
    assert "Cut to this." in answer.text
    assert not Post.unscoped.exists()


def test_a_copy_that_was_cut_comes_back_when_the_room_has_gone(
    page: Entry, browser: Browser, ana: Any, space: Space
) -> None:
    address = f"/journal/{page.pk}/hand-over/{space.pk}/"
    form = {**values(browser.get(address).text), "title": "In short", "words_0": "Cut to this."}
    leaving.leave(ana, space.pk)
    answer = browser.post(address, form)
    assert answer.status_code == 404
    assert "In short" in answer.text and "Cut to this." in answer.text


def test_the_other_reads_exactly_the_copy(copied: Any, room: Of) -> None:
    copied(title="", words_0="I came home.")
    assert read(room("ben")) == [
        {"title": "", "parts": [{"ask": "", "words": "I came home."}], "text": "I came home."}
    ]


def test_the_page_itself_stays_as_it_was(
    copied: Any, page: Entry, ana: Any, browser: Browser
) -> None:
    copied(words_0="Cut.")
    assert page.body(Keyring.of(ana)) == {"text": "I came home and it was gone."}
    assert Entry.objects.written_by(ana).get(pk=page.pk).version == page.version


def test_an_exercise_is_handed_over_question_by_question(
    browser: Browser, ana: Any, space: Space, room: Of
) -> None:
    exercise = Exercise.objects.get(key="clear-ask")
    questions = asked(catalogue.get().exercises["clear-ask"], "hurt", "partner")
    for_both = [
        one.key for one in catalogue.get().exercises["clear-ask"].fields if not one.only_you
    ]
    texts = [question["key"] for question in questions if question["key"] in for_both
             and question["type"] in {"long", "line"}]  # fmt: skip
    answers = {key: f"Words about {key}." for key in texts}
    draft = Draft(
        uuid.uuid4(), uuid.uuid4(), 0, kind=Entry.EXERCISE, title="The clear ask",
        exercise=exercise, questions=tuple(questions), answers=answers,
    )  # fmt: skip
    entry = keep(ana, Keyring.of(ana), draft).entry
    address = f"/journal/{entry.pk}/hand-over/{space.pk}/"
    form = values(browser.get(address).text)
    assert form["count"] == [str(len([name for name in form if name.startswith("words_")]))]
    kept = next(name for name, said in form.items() if said == [f"Words about {texts[0]}."])
    emptied = {name: "" for name in form if name.startswith("words_") and name != kept}
    browser.post(address, {**form, **emptied})
    [body] = read(room("ben"))
    assert [part["words"] for part in body["parts"]] == [f"Words about {texts[0]}."]
    assert body["parts"][0]["ask"]


def test_answers_that_the_guide_asked_for_the_writer_alone_are_not_in_the_copy(
    browser: Browser, ana: Any, space: Space
) -> None:
    exercise = catalogue.get().exercises["saying-no-kindly"]
    questions = asked(exercise, "hurt", "partner")
    answers = {"fear": "That he breaks something again.", "again": "No, not this time."}
    draft = Draft(
        uuid.uuid4(), uuid.uuid4(), 0, kind=Entry.EXERCISE, title="Saying no",
        exercise=Exercise.objects.get(key=exercise.key), questions=tuple(questions),
        answers=answers,
    )  # fmt: skip
    entry = keep(ana, Keyring.of(ana), draft).entry
    page = browser.get(f"/journal/{entry.pk}/hand-over/{space.pk}/").text
    assert "No, not this time." in page
    assert "That he breaks something again." not in page
    assert "for you alone are left out" in page


def test_nothing_is_handed_over_when_everything_was_cut(copied: Any, room: Of) -> None:
    response = copied(words_0="  ")
    assert response.status_code == 422
    assert "Nothing is left to hand over" in response.text
    assert not read(room("ben"))


def test_a_form_that_lost_its_ids_comes_back_with_the_words(copied: Any, room: Of) -> None:
    response = copied(post_id="nonsense", words_0="Still here.")
    assert response.status_code == 422
    assert values(response.text)["words_0"] == ["Still here."]
    assert values(response.text)["post_id"] != ["nonsense"]
    assert not read(room("ben"))


def test_the_margin_speaks_before_and_never_stops_anybody(copied: Any, room: Of) -> None:
    words = "You never listen to me."
    looked = copied(words_0=words, then="look")
    assert looked.status_code == 200
    assert "in the margin" in looked.text
    assert not read(room("ben"))
    assert copied(words_0=words).status_code == 302
    assert read(room("ben"))


def test_a_button_pressed_twice_makes_one_copy(copied: Any, ana: Any, room: Of) -> None:
    same = str(uuid.uuid4())
    copied(post_id=same)
    copied(post_id=same)
    assert len(read(room("ben"))) == 1
    assert Handing.objects.by(ana).count() == 1


def test_a_copy_is_changed_in_the_room_alone(
    browser: Browser, page: Entry, copied: Any, ana: Any, room: Of
) -> None:
    copied()
    post = Handing.objects.of(page).get().post_id
    address = f"/journal/{page.pk}/copies/{post}/"
    form = values(browser.get(address).text)
    assert browser.post(address, {**form, "words_0": "Put better."}).status_code == 302
    assert read(room("ben"))[0]["text"] == "Put better."
    assert page.body(Keyring.of(ana))["text"] == "I came home and it was gone."


def change_page(ana: Any, page: Entry, text: str) -> None:
    """Let Ana write her page otherwise, in her journal alone."""
    keep(ana, Keyring.of(ana), Draft(page.pk, uuid.uuid4(), page.version, text=text))


def test_a_copy_is_brought_up_to_date_with_its_page_and_only_when_its_writer_says_so(
    browser: Browser, page: Entry, copied: Any, ana: Any, room: Of
) -> None:
    copied()
    hand_over = f"/journal/{page.pk}/hand-over/"
    change_page(ana, page, "I came home, and the piano was gone.")
    assert read(room("ben"))[0]["text"] == "I came home and it was gone."
    for address in (hand_over, f"/journal/{page.pk}/"):
        text = browser.get(address).text
        assert "page has changed since" in text
        assert "?from=page" in text
    copy = f"/journal/{page.pk}/copies/{Handing.objects.of(page).get().post_id}/?from=page"
    shown = browser.get(copy).text
    assert "I came home, and the piano was gone." in shown
    assert read(room("ben"))[0]["text"] == "I came home and it was gone.", "looking hands over"
    assert browser.post(copy, values(shown)).status_code == 302
    assert read(room("ben"))[0]["text"] == "I came home, and the piano was gone."
    assert "page has changed since" not in browser.get(hand_over).text


def test_once_the_other_has_left_the_page_says_that_nobody_reads_the_copy(
    browser: Browser, page: Entry, copied: Any, ben: Any, space: Space
) -> None:
    copied()
    leaving.leave(ben, space.pk)
    for address in (f"/journal/{page.pk}/hand-over/", f"/journal/{page.pk}/"):
        text = browser.get(address).text
        assert "Nobody any more" in text
        assert "Since" not in text and ", since" not in text
    copy = f"/journal/{page.pk}/copies/{Handing.objects.of(page).get().post_id}/"
    assert "Nobody else can read this now" in browser.get(copy).text
    assert browser.post(f"{copy}take-back/").status_code == 302
    assert not Handing.objects.of(page).exists()


def test_two_tabs_that_change_one_copy_are_both_shown_and_the_first_stays(
    browser: Browser, page: Entry, copied: Any, room: Of
) -> None:
    copied()
    address = f"/journal/{page.pk}/copies/{Handing.objects.of(page).get().post_id}/"
    form = values(browser.get(address).text)
    first = {**form, "words_0": "Put better."}
    assert browser.post(address, first).status_code == 302
    assert browser.post(address, first).status_code == 302, "the same button twice"
    late = browser.post(address, {**form, "words_0": "Put otherwise."})
    assert late.status_code == 409
    assert "Put better." in late.text and "Put otherwise." in late.text
    assert read(room("ben"))[0]["text"] == "Put better."
    again = values(late.text)
    assert again["words_0"] == ["Put otherwise."]
    assert browser.post(address, again).status_code == 302
    assert read(room("ben"))[0]["text"] == "Put otherwise."


def test_taken_back_it_opens_for_nobody_even_with_database_and_host_key(
    browser: Browser, page: Entry, copied: Any, ana: Any, ben: Any, space: Space, room: Of
) -> None:
    copied()
    [(post, _)] = room("ben").read(room("ben").posts)
    stolen = bytes(post.sealed_body)
    browser.post(f"/journal/{page.pk}/copies/{post.pk}/take-back/")
    assert not read(room("ben"))
    assert not Handing.objects.by(ana).exists()
    assert not DataKey.objects.filter(space=post.pk).exists()
    post.sealed_body = stolen
    for person in (ana, ben):
        with pytest.raises(KeyMissing):
            post.body(Keyring.of(person, {space.pk, post.pk}))


@pytest.mark.parametrize("how", ["trash", "now"])
def test_parting_with_a_page_takes_its_copies_back_and_says_so(
    browser: Browser, page: Entry, copied: Any, room: Of, how: str
) -> None:
    copied()
    assert "taken back" in browser.get(f"/journal/{page.pk}/delete/").text
    browser.post(f"/journal/{page.pk}/delete/", {"how": how})
    assert not read(room("ben"))
    assert DataKey.objects.filter(space__isnull=False).count() == 2  # their names in the room


def test_deleting_a_relationship_with_its_pages_takes_their_copies_back(
    browser: Browser, mending: Any, copied: Any, room: Of
) -> None:
    copied()
    browser.post(f"/you/relationships/{mending.pk}/delete/", {"pages": "delete"})
    assert not read(room("ben"))


def test_nobody_takes_back_or_changes_the_copy_of_another(
    bens: Browser, page: Entry, copied: Any, room: Of
) -> None:
    copied()
    post = Handing.objects.of(page).get().post_id
    for end in ("", "take-back/"):
        assert bens.post(f"/journal/{page.pk}/copies/{post}/{end}").status_code == 404
    assert read(room("ben"))


def test_a_page_is_handed_only_into_rooms_one_is_in(
    browser: Browser, page: Entry, people: dict[str, Any]
) -> None:
    elsewhere = a_room(people["cleo"], people["carl"])
    address = f"/journal/{page.pk}/hand-over/{elsewhere.pk}/"
    assert browser.get(address).status_code == 404
    assert browser.post(address, {"count": "1", "words_0": "x"}).status_code == 404
    assert not Post.objects.written_by(people["ana"]).exists()


def test_a_closed_letter_is_not_shown_by_way_of_its_copy(
    browser: Browser, ana: Any, space: Space
) -> None:
    draft = Draft(uuid.uuid4(), uuid.uuid4(), 0, kind=Entry.LETTER, text="Dear you")
    letter = keep(ana, Keyring.of(ana), draft).entry
    letter.close(Keyring.of(ana), date(2030, 1, 1))
    for end in ("", f"{space.pk}/"):
        assert browser.get(f"/journal/{letter.pk}/hand-over/{end}").status_code == 404


def test_the_copy_of_a_letter_that_was_closed_since_is_taken_back_unread(
    browser: Browser, ana: Any, space: Space, room: Of
) -> None:
    draft = Draft(uuid.uuid4(), uuid.uuid4(), 0, kind=Entry.LETTER, text="Dear you")
    letter = keep(ana, Keyring.of(ana), draft).entry
    address = f"/journal/{letter.pk}/hand-over/{space.pk}/"
    browser.post(address, values(browser.get(address).text))
    letter.close(Keyring.of(ana), date(2030, 1, 1))
    page = browser.get(f"/journal/{letter.pk}/").text
    assert "Who can read a copy" in page and "Dear you" not in page
    [copy] = Post.unscoped.all()
    answer = browser.post(f"/journal/{letter.pk}/copies/{copy.pk}/take-back/")
    assert answer.headers["Location"] == f"/journal/{letter.pk}/"
    assert read(room("ben")) == []
