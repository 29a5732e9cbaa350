"""An apology from the journal, handed over: read, answered in small ways, never forgiven by us."""

import uuid
from typing import Any

import pytest
from django.test import Client

from journal.entries.models import Entry
from journal.entries.writing import Draft, keep
from journal.spaces.handing_models import Handing
from journal.spaces.models import Post, Space
from journal.vault.keyring import Keyring
from tests.journal.posting import fill
from tests.journal.posting import words as page_words
from tests.rooms import bring_coach
from tests.together.writing import at, words
from tests.visitor import Forms

pytestmark = pytest.mark.django_db
BUILDER = "/path/own-your-mistakes/apology-builder/"


def build(browser: Client, part: str = "did") -> Entry:
    """Let Ana build an apology, who did the hurting unless it is said otherwise."""
    from journal.relationships.models import Relationship
    from journal.relationships.story import Story
    from trustrepair.accounts.models import User

    ana = User.objects.get(email="ana@example.org")
    Relationship.begin(ana, Keyring.of(ana), Story(name="Ben", part=part))
    fill(browser, BUILDER, {"answer-act": "I opened your letters.", "then": "later"})
    return Entry.unscoped.get()


def hand_over(browser: Client, space: Space, entry: Entry) -> str:
    """Hand a page over as it is, and return the address of the copy in the room."""
    form: dict[str, Any] = {
        "post_id": str(uuid.uuid4()), "count": "2", "title": "An apology",
        "ask_0": "What I did", "words_0": "I opened your letters.",
        "ask_1": "What it cost you", "words_1": "You hid your post at work.",
    }  # fmt: skip
    path = f"/journal/{entry.pk}/hand-over/{space.pk}/"
    assert browser.post(path, form).status_code == 302
    return at(space, f"posts/{Handing.unscoped.get().post_id}/")


@pytest.fixture
def apology(browser: Client, space: Space) -> str:
    """The address of Ana's apology in the room."""
    return hand_over(browser, space, build(browser))


def say(browser: Client, path: str, said: str, text: str = "", about: str = "") -> Any:
    return browser.post(f"{path}answer/", words(text, said=said, about=about))


def test_the_other_is_offered_small_answers_and_no_forgiving(bens: Client, apology: str) -> None:
    page = bens.get(apology)
    for words_ in ("I have read it", "I need time", "Tell me more about"):
        assert words_ in page.text
    buttons = [line for line in page.text.splitlines() if "<button" in line]
    assert buttons
    assert not [line for line in buttons if "forgiv" in line.lower()]


def test_opening_it_tells_nobody(browser: Client, bens: Client, apology: str) -> None:
    browser.get(apology)  # it says once that the copy stands there
    before = page_words(browser.get(apology))
    bens.get(apology)
    assert page_words(browser.get(apology)) == before


@pytest.mark.parametrize(
    ("said", "stands"),
    [("read", "I have read it."), ("time", "I need time."), ("rest", "Let us leave it here")],
)
def test_a_small_answer_stands_under_it(
    browser: Client, bens: Client, apology: str, said: str, stands: str
) -> None:
    assert say(bens, apology, said).status_code == 302
    assert stands in page_words(browser.get(apology))


def test_asking_for_more_names_the_part(browser: Client, bens: Client, apology: str) -> None:
    assert say(bens, apology, "more", "Which ones?", about="0").status_code == 302
    page = page_words(browser.get(apology))
    assert "Tell me more about this: “What I did”" in page
    assert "Which ones?" in page
    assert browser.post(apology, words("The two from the bank.")).status_code == 302
    assert "The two from the bank." in page_words(bens.get(apology))


def test_asking_for_more_without_words_or_by_another_word_is_said_beside_it(
    bens: Client, apology: str
) -> None:
    empty = say(bens, apology, "more", "  ", about="0")
    assert empty.status_code == 422
    assert "Say in a few words" in page_words(empty)
    assert say(bens, apology, "forgiven", "words stay here").status_code == 422
    assert "words stay here" in say(bens, apology, "forgiven", "words stay here").text
    assert not Post.unscoped.filter(kind=Post.REPLY).exists()


def test_a_double_click_is_one_answer(bens: Client, apology: str) -> None:
    form = words("", said="read")
    for _ in range(2):
        assert bens.post(f"{apology}answer/", form).status_code == 302
    assert Post.unscoped.filter(kind=Post.REPLY).count() == 1


def test_what_somebody_hurt_wished_to_hear_is_no_apology(
    browser: Client, bens: Client, space: Space
) -> None:
    path = hand_over(browser, space, build(browser, part="hurt"))
    assert "I need time" not in page_words(bens.get(path))


def test_it_is_read_as_one_text_and_not_as_what_its_writer_was_asked(
    browser: Client, bens: Client, space: Space, ana: Any
) -> None:
    entry = build(browser)
    said = {"blame": "It was my doing.", "cost": "You hid your post."}
    keyring = Keyring.of(ana)
    asked = tuple(entry.questions(keyring))
    draft = Draft(
        entry.pk, uuid.uuid4(), entry.version, kind=entry.kind, answers=said, questions=asked,
        exercise=entry.exercise, step=entry.step, relationship=entry.relationship,
    )  # fmt: skip
    keep(ana, keyring, draft)
    path = f"/journal/{entry.pk}/hand-over/{space.pk}/"
    copy = browser.get(path).text
    sent = max((one.values for one in Forms(copy).found), key=lambda one: "count" in one)
    assert sent["words_0"] == ["I opened your letters.\n\nIt was my doing."]
    assert sent["ask_1"] == ["What it cost you"]
    assert browser.post(path, sent).status_code == 302
    for address in (at(space), at(space, f"posts/{Handing.unscoped.get().post_id}/")):
        text = page_words(bens.get(address))
        assert "What I did I opened your letters. It was my doing. What it cost you" in text
        assert "An apology" in text
        for ours in ("apology builder", "Say to Ben what you did", "weighs the most"):
            assert ours not in text, address


def test_nobody_puts_words_of_their_own_where_the_guide_speaks(
    browser: Client, bens: Client, space: Space
) -> None:
    entry = build(browser)
    form = {"post_id": str(uuid.uuid4()), "count": "1", "title": "",
            "ask_0": "You must forgive now", "words_0": "I opened your letters."}  # fmt: skip
    assert browser.post(f"/journal/{entry.pk}/hand-over/{space.pk}/", form).status_code == 302
    handing = Handing.unscoped.get()
    path = at(space, f"posts/{handing.post_id}/")
    assert "I opened your letters." in page_words(bens.get(path))
    again = {**form, "post_id": str(handing.post_id), "base": "1", "words_0": "Both letters."}
    copy = f"/journal/{entry.pk}/copies/{handing.post_id}/"
    assert browser.post(copy, again).status_code == 302
    text = page_words(bens.get(path))
    assert "Both letters." in text
    assert "You must forgive now" not in text


def test_changing_the_copy_keeps_it_an_apology(
    browser: Client, bens: Client, space: Space, apology: str
) -> None:
    handing = Handing.unscoped.get()
    form = {"post_id": str(handing.post_id), "count": "1", "base": "1", "title": "An apology",
            "ask_0": "What I did", "words_0": "I opened all of your letters."}  # fmt: skip
    path = f"/journal/{handing.entry_id}/copies/{handing.post_id}/"
    assert browser.post(path, form).status_code == 302
    page = page_words(bens.get(apology))
    assert "I opened all of your letters." in page
    assert "I need time" in page


def test_an_answer_does_not_pass_for_one_to_words_that_came_later(
    browser: Client, bens: Client, space: Space, apology: str
) -> None:
    say(bens, apology, "read", "Thank you for this.")
    before = page_words(bens.get(apology))
    assert "before it was changed" not in before
    handing = Handing.unscoped.get()
    form = {"post_id": str(handing.post_id), "count": "1", "base": "1", "title": "An apology",
            "ask_0": "What I did", "words_0": "You made me do it."}  # fmt: skip
    browser.post(f"/journal/{handing.entry_id}/copies/{handing.post_id}/", form)
    say(bens, apology, "time")
    for window in (browser, bens):
        for address in (apology, at(space)):
            text = page_words(window.get(address))
            assert "changed today" in text, address
            assert text.count("before it was changed") == 1, address


def test_an_apology_is_between_the_two_and_a_coach_answers_it_like_any_page(
    browser: Client, bens: Client, ana: Any, ben: Any, people: Any, browser_of: Any, space: Space
) -> None:
    bring_coach(ana, ben, people["cleo"], space)
    path = hand_over(browser, space, build(browser))
    cleos = browser_of(people["cleo"])
    page = cleos.get(path)
    assert "I opened your letters." in page.text
    assert "Nobody is told that you opened it" not in page.text
    assert say(cleos, path, "read").status_code == 404
    assert "Nobody is told that you opened it" in bens.get(path).text
