"""A talk in turns: said, heard, mended until it fits, roles turned; kept only if both want it."""

import uuid
from typing import Any

import pytest
from django.test import Client

from journal.entries.models import Entry
from journal.spaces.models import Post, Space
from journal.together.talk_models import Talk, Turn
from journal.vault.models import DataKey
from journal.vault.sealing import KeyMissing
from tests.journal.posting import words as page_words
from tests.rooms import a_room
from tests.together.writing import at, words

pytestmark = pytest.mark.django_db


def begin(browser: Client, space: Space, device: str = "two") -> str:
    """Begin a talk and return its address."""
    form = {"post_id": str(uuid.uuid4()), "device": device}
    return browser.post(at(space, "talks/new/"), form)["Location"]


def turn(browser: Client, path: str, act: str, text: str = "", **said: Any) -> Any:
    """Take the turn that the page now offers."""
    return browser.post(path, words(text, base=Talk.unscoped.get().version, act=act, **said))


def through(ana: Client, ben: Client, path: str) -> None:
    """Go through a whole talk."""
    for who, act, text in (
        (ana, "say", "The letters on the stairs."), (ben, "heard", "That I read your letters."),
        (ana, "missing", "And that I had asked you not to."), (ben, "heard", "After you asked."),
        (ana, "fits", ""), (ben, "say", "The week you were away."),
        (ana, "heard", "That you were alone."), (ben, "fits", ""),
    ):  # fmt: skip
        assert turn(who, path, act, text).status_code == 302, (act, text)


def test_it_goes_in_turns_until_it_fits_and_then_the_roles_turn(
    browser: Client, bens: Client, space: Space
) -> None:
    path = begin(browser, space)
    assert "What would you like to be heard in?" in page_words(browser.get(path))
    assert "It is Ana ’s turn" in page_words(bens.get(path)).replace("Ana’s", "Ana ’s")
    through(browser, bens, path)
    for asking in (browser, bens):
        page = page_words(asking.get(path))
        assert "Should it stay in the room?" in page
        assert "And that I had asked you not to." in page
        assert "That you were alone." in page


def test_the_listener_sees_what_was_said_and_what_is_missing(
    browser: Client, bens: Client, space: Space
) -> None:
    path = begin(browser, space)
    turn(browser, path, "say", "The letters.")
    assert "The letters." in page_words(bens.get(path))
    turn(bens, path, "heard", "Letters?")
    turn(browser, path, "missing", "And the stairs.")
    page = page_words(bens.get(path))
    for text in ("The letters.", "Letters?", "And the stairs."):
        assert text in page


def test_the_others_turn_is_not_ones_own_and_the_words_are_given_back(
    browser: Client, bens: Client, space: Space
) -> None:
    path = begin(browser, space)
    early = turn(bens, path, "say", "Me first.")
    assert early.status_code == 409
    assert "Me first." in early.text
    turn(browser, path, "say", "The letters.")
    late = browser.post(path, words("Once more.", base=1, act="say"))
    assert late.status_code == 409
    assert "Once more." in late.text
    assert Turn.unscoped.count() == 1


def test_a_double_click_is_one_turn(browser: Client, space: Space) -> None:
    path = begin(browser, space)
    form = words("The letters.", base=1, act="say")
    for _ in range(2):
        assert browser.post(path, form).status_code == 302
    assert Turn.unscoped.count() == 1
    assert Post.unscoped.filter(kind="talk").count() == 1


@pytest.mark.parametrize(
    ("act", "text", "why"),
    [("say", "  ", "Write a sentence or two"), ("shout", "Hear me.", "Choose one of these")],
)
def test_what_is_wrong_is_said_and_the_words_stay(
    browser: Client, space: Space, act: str, text: str, why: str
) -> None:
    answer = turn(browser, begin(browser, space), act, text)
    assert answer.status_code == 422
    assert why in page_words(answer)
    assert text.strip() in answer.text


def test_it_is_kept_only_if_both_want_it(browser: Client, bens: Client, space: Space) -> None:
    path = begin(browser, space)
    through(browser, bens, path)
    assert browser.post(f"{path}wish/", {"wish": "keep"}).status_code == 302
    assert Talk.unscoped.get().kept_at is None
    assert bens.post(f"{path}wish/", {"wish": "keep"}).status_code == 302
    assert Talk.unscoped.get().kept_at is not None
    assert "Kept in this room by both" in page_words(browser.get(path))
    assert bens.post(f"{path}wish/", {"wish": "go"}).status_code == 404, "it was kept by both"


def test_one_no_destroys_every_key_of_it(browser: Client, bens: Client, space: Space) -> None:
    path = begin(browser, space)
    through(browser, bens, path)
    keys = list(Post.unscoped.filter(kind="talk").values_list("pk", flat=True))
    assert DataKey.objects.filter(space__in=keys).count() == len(keys) == 6
    browser.post(f"{path}wish/", {"wish": "keep"})
    assert bens.post(f"{path}wish/", {"wish": "go"})["Location"] == at(space)
    assert not DataKey.objects.filter(space__in=keys).exists()
    assert not Post.unscoped.filter(kind="talk").exists()
    assert browser.get(path).status_code == bens.get(path).status_code == 404


def test_either_can_stop_at_any_point_even_in_the_others_turn(
    browser: Client, bens: Client, space: Space
) -> None:
    path = begin(browser, space)
    turn(browser, path, "say", "The letters.")
    turn(bens, path, "heard", "Letters.")
    assert turn(bens, path, "stop").status_code == 302
    page = page_words(browser.get(path))
    assert "It has ended" in page
    assert "reason" not in page
    assert turn(browser, path, "fits").status_code == 409, "it is over"


def test_words_that_came_after_the_other_stopped_are_given_back(
    browser: Client, bens: Client, space: Space
) -> None:
    path = begin(browser, space)
    turn(browser, path, "say", "The letters.")
    turn(browser, path, "stop")
    late = turn(bens, path, "heard", "That I read them without asking.")
    assert late.status_code == 409
    assert "That I read them without asking." in late.text


def test_on_one_device_a_page_without_words_stands_between_the_turns(
    browser: Client, space: Space
) -> None:
    path = begin(browser, space, "one")
    browser.get(path)
    assert "Hand it over to Ana now" in page_words(browser.get(path))
    assert turn(browser, path, "say", "The letters.").status_code == 302
    between = page_words(browser.get(path))
    assert "Hand it over to Ben now" in between
    assert "The letters." not in between
    page = page_words(browser.get(f"{path}?turn=2"))
    assert "The letters." in page
    assert turn(browser, path, "heard", "Letters.").status_code == 302
    assert turn(browser, path, "stop").status_code == 302


def test_nobody_wants_to_keep_it_in_the_others_name_on_one_device_either(
    browser: Client, bens: Client, space: Space
) -> None:
    path = begin(browser, space, "one")
    turn(browser, path, "say", "The letters.")
    turn(browser, path, "heard", "What Ben is made to say.")
    turn(browser, path, "stop")
    for voice in (0, 1):
        browser.post(f"{path}wish/", {"wish": "keep", "voice": voice})
    assert Talk.unscoped.get().kept_at is None
    bens.post(f"{path}wish/", {"wish": "keep"})
    assert Talk.unscoped.get().kept_at is not None


def test_what_the_other_said_on_ones_device_does_not_come_home_with_one(
    browser: Client, ana: Any, space: Space, keyring_of: Any
) -> None:
    path = begin(browser, space, "one")
    turn(browser, path, "say", "The letters on the stairs.")
    turn(browser, path, "heard", "That I opened them.")
    assert "That I opened them." in page_words(browser.get(f"{path}?turn=3"))
    browser.post(at(space, "leave/"))
    [page] = Entry.objects.written_by(ana)
    text = page.body(keyring_of(ana))["text"]
    assert "The letters on the stairs." in text
    assert "That I opened them." not in text


def test_whoever_leaves_takes_along_what_they_said_on_the_others_device(
    browser: Client, bens: Client, space: Space, ana: Any, ben: Any, keyring_of: Any
) -> None:
    path = begin(browser, space, "one")
    turn(browser, path, "say", "The letters on the stairs.")
    turn(browser, path, "heard", "That I opened them.")
    [said] = Post.objects.written_by(ana).filter(kind=Post.SPOKEN)
    bens.post(at(space, "leave/"))
    page = page_words(browser.get(path))
    assert "The letters on the stairs." in page
    assert "That I opened them." not in page
    assert not DataKey.objects.filter(space=said.pk).exists()
    assert not Post.unscoped.filter(pk=said.pk).exists()
    [home] = Entry.objects.written_by(ben)
    text = home.body(keyring_of(ben))["text"]
    assert "That I opened them." in text
    assert "The letters on the stairs." not in text


def on_anas_device(browser: Client, space: Space) -> str:
    """Talk on one device, Ana's: she speaks, and Ben says there what he heard."""
    path = begin(browser, space, "one")
    turn(browser, path, "say", "The letters on the stairs.")
    turn(browser, path, "heard", "That I opened them.")
    return path


@pytest.mark.parametrize("how", ["leave", "erase"])
def test_what_somebody_said_on_the_leavers_device_comes_home_to_them(
    browser: Client, bens: Client, space: Space, ana: Any, ben: Any, keyring_of: Any, how: str
) -> None:
    on_anas_device(browser, space)
    [said] = Post.objects.written_by(ana).filter(kind=Post.SPOKEN)
    if how == "leave":
        browser.post(at(space, "leave/"))
    else:
        ana.delete()
    assert not Entry.objects.written_by(ben).exists(), "nothing is written before he asks"
    with pytest.raises(KeyMissing):
        said.body(keyring_of(ana, {said.pk}))
    with pytest.raises(KeyMissing):
        said.body(keyring_of(ben, {said.pk}))  # as it was under her key
    bens.post(at(space, "leave/"))
    [home] = Entry.objects.written_by(ben)
    text = home.body(keyring_of(ben))["text"]
    assert "That I opened them." in text
    assert "The letters on the stairs." not in text
    assert not Post.unscoped.exists()
    assert not Space.unscoped.exists()


def test_words_from_the_others_device_come_home_on_a_page_that_says_so(
    browser: Client, bens: Client, space: Space, ben: Any, keyring_of: Any
) -> None:
    bens.post(at(space, "note/"), words("Back at six."))
    path = begin(browser, space, "one")
    turn(browser, path, "say", "The letters.")
    turn(browser, path, "heard", "Yes.\n\n\nA note, 3 March 2026\nI have no friends left.")
    browser.post(at(space, "leave/"))
    bens.post(at(space, "leave/"))
    keyring = keyring_of(ben)
    pages = {row.head(keyring)["title"]: row.body(keyring)["text"]
             for row in Entry.objects.written_by(ben)}  # fmt: skip
    assert set(pages) == {"What you wrote in a room", "Written as yours on the other’s device"}
    assert "I have no friends left." not in pages["What you wrote in a room"]
    there = pages["Written as yours on the other’s device"]
    assert "typed on the other’s device" in there
    assert "I have no friends left." in there


def test_whoever_began_a_talk_and_stays_still_finds_what_they_said_on_the_others_device(
    browser: Client, bens: Client, space: Space
) -> None:
    path = begin(browser, space, "one")
    turn(bens, path, "say", "The letters on the stairs.")  # Ana speaks on Ben's device
    turn(bens, path, "heard", "That I opened them.")
    bens.post(at(space, "leave/"))
    page = page_words(browser.get(path))
    assert "said, on the other’s device" in page
    assert "The letters on the stairs." in page
    assert "That I opened them." not in page


def test_an_erased_account_takes_along_what_it_said_on_the_others_device(
    browser: Client, space: Space, ben: Any
) -> None:
    path = begin(browser, space, "one")
    turn(browser, path, "say", "The letters on the stairs.")
    turn(browser, path, "heard", "That I opened them.")
    ben.delete()
    assert "That I opened them." not in page_words(browser.get(path))
    assert not Post.unscoped.filter(kind=Post.SPOKEN).exists()


def test_nobody_can_pretend_that_the_other_wrote_what_was_written_on_their_own_device(
    browser: Client, bens: Client, space: Space
) -> None:
    path = begin(browser, space, "one")
    turn(browser, path, "say", "The letters.")
    turn(browser, path, "heard", "What Ben is made to say.")
    turn(browser, path, "stop")
    assert "heard, on your device" in page_words(browser.get(path))
    assert "heard, on Ana’s device" in page_words(bens.get(path))
    assert "said, on" not in page_words(bens.get(path))


def test_the_words_of_another_talk_sent_again_are_said_anew(browser: Client, space: Space) -> None:
    one, other = begin(browser, space), begin(browser, space)
    again = words("The letters.", base=1, act="say")
    for path in (one, other):
        assert browser.post(path, again).status_code == 302
        assert "The letters." in page_words(browser.get(path))


def test_when_the_other_leaves_the_room_and_the_talk_still_open_for_who_stays(
    browser: Client, bens: Client, space: Space
) -> None:
    path = begin(browser, space)
    turn(browser, path, "say", "The letters.")
    turn(bens, path, "heard", "That I read them.")
    turn(browser, path, "fits")
    bens.post(at(space, "leave/"))
    assert browser.get(at(space)).status_code == 200
    page = page_words(browser.get(path))
    assert "The letters." in page
    assert "That I read them." not in page
    assert "Should it stay" not in page


def test_whoever_keeps_away_finds_no_talk_and_gets_their_words_back(
    browser: Client, bens: Client, space: Space
) -> None:
    path = begin(browser, space)
    bens.post(at(space, "pause/"), {"for": "week"})
    turn(browser, path, "say", "The letters.")
    assert "The letters." not in bens.get(path).text
    answer = turn(bens, path, "heard", "That I read them.")
    assert answer.status_code == 404
    assert "That I read them." in answer.text
    assert "/talks/" not in bens.get(at(space)).text.replace("/talks/new/", "")


def test_an_id_of_another_talk_begins_a_talk_of_its_own(
    browser: Client, space: Space, ana: Any, people: Any
) -> None:
    path = begin(browser, space)
    other = a_room(ana, people["pia"])
    form = {"post_id": path.rstrip("/").rpartition("/")[2], "device": "two"}
    assert browser.post(at(other, "talks/new/"), form).status_code == 302
    assert Talk.unscoped.count() == 2


def test_when_its_beginner_leaves_it_is_gone_for_the_other(
    browser: Client, bens: Client, space: Space
) -> None:
    path = begin(browser, space)
    turn(browser, path, "say", "The letters.")
    turn(bens, path, "heard", "That I read them.")
    browser.post(at(space, "leave/"), {"sure": "yes"})
    assert bens.get(path).status_code == 404
    assert not Talk.unscoped.exists()


def test_the_room_says_whose_turn_it_is_and_no_word_of_it(
    browser: Client, bens: Client, space: Space
) -> None:
    turn(browser, begin(browser, space), "say", "The letters.")
    assert "Your turn" in page_words(bens.get(at(space)))
    assert "Ben’s turn" in page_words(browser.get(at(space)))
    assert "The letters." not in page_words(bens.get(at(space)))
