"""Agreements: worded by turns, signed by both on the very same wording, followed by each alone."""

import uuid
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from journal.spaces.models import Post, Space
from journal.together.models import Agreement, Signature
from tests.journal.posting import words as page_words
from tests.together.writing import at, words

pytestmark = pytest.mark.django_db

FIRST = "We open the post together."
SECOND = "We open the post together, the day it comes."
REWORDED = "It was worded anew since you opened this page"


def propose(browser: Client, space: Space, text: str = FIRST) -> str:
    """Put a promise on the table and return the address of its page."""
    sent = browser.post(at(space, "agreements/new/"), words(text))
    assert sent.status_code == 302
    return str(sent["Location"])


def sign(browser: Client, path: str, version: int = 1) -> Any:
    return browser.post(path + "sign/", {"version": version})


def test_a_proposal_is_on_the_table_for_both(browser: Client, bens: Client, space: Space) -> None:
    path = propose(browser, space)
    for one in (browser, bens):
        assert FIRST in page_words(one.get(at(space)))
        assert FIRST in page_words(one.get(path))


def test_it_holds_once_both_signed_the_same_wording(
    browser: Client, bens: Client, space: Space
) -> None:
    path = propose(browser, space)
    sign(browser, path)
    assert "It holds once both have." in page_words(browser.get(path))
    assert "waits for your name" in page_words(bens.get(path))
    assert not Signature.unscoped.filter(agreed_at__isnull=False).exists()
    sign(bens, path)
    for one in (browser, bens):
        assert "Signed by both of you" in page_words(one.get(at(space)))


def test_signing_after_it_was_reworded_is_refused_and_shows_the_new_wording(
    browser: Client, bens: Client, space: Space
) -> None:
    path = propose(browser, space)
    assert browser.post(path, words(SECOND, base=1)).status_code == 302
    refused = sign(bens, path, version=1)
    assert refused.status_code == 409
    assert REWORDED in page_words(refused)
    assert SECOND in page_words(refused)
    assert not Signature.unscoped.exists()
    assert sign(bens, path, version=2).status_code == 302


def test_a_name_under_the_wording_before_does_not_count(
    browser: Client, bens: Client, space: Space
) -> None:
    path = propose(browser, space)
    sign(browser, path)
    bens.post(path, words(SECOND, base=1))
    sign(bens, path, version=2)
    assert "Signed by both" not in page_words(browser.get(path))
    sign(browser, path, version=2)
    assert "Signed by both" in page_words(browser.get(path))


def test_earlier_wordings_say_whose_turn_each_was(
    browser: Client, bens: Client, space: Space
) -> None:
    path = propose(browser, space)
    bens.post(path, words("Ben’s turn.", base=1))
    browser.post(path, words("Ana’s turn.", base=2))
    for window, ana, ben in ((browser, "You", "Ben"), (bens, "Ana", "You")):
        before = page_words(window.get(path)).partition("Earlier wordings")[2]
        assert f"Ben’s turn. {ben}, " in before
        assert f"{FIRST} {ana}, " in before


def test_two_who_reword_at_once_lose_no_words(browser: Client, bens: Client, space: Space) -> None:
    path = propose(browser, space)
    bens.post(path, words(SECOND, base=1))
    clash = browser.post(path, words("We leave the post in the hall.", base=1))
    assert clash.status_code == 409
    assert SECOND in page_words(clash)
    assert "We leave the post in the hall." in clash.content.decode()
    again = browser.post(path, words("We leave the post in the hall.", base=2))
    assert again.status_code == 302


def test_a_double_click_is_one_turn(browser: Client, space: Space) -> None:
    form = words(FIRST)
    for _ in range(2):
        assert browser.post(at(space, "agreements/new/"), form).status_code == 302
    row = Agreement.unscoped.get()
    turn = words(SECOND, base=1)
    for _ in range(2):
        assert browser.post(at(space, f"agreements/{row.pk}/"), turn).status_code == 302
    row.refresh_from_db()
    assert row.version == 2
    for _ in range(2):
        sign(browser, at(space, f"agreements/{row.pk}/"), version=2)
    assert Signature.unscoped.count() == 1


def test_what_both_signed_holds_until_both_signed_the_next(
    browser: Client, bens: Client, space: Space
) -> None:
    path = propose(browser, space)
    for one in (browser, bens):
        sign(one, path)
    bens.post(path, words(SECOND, base=1))
    shown = page_words(browser.get(at(space)))
    assert FIRST in shown
    assert "A new wording is on the table" in shown
    for one in (browser, bens):
        sign(one, path, version=2)
    shown = page_words(browser.get(at(space)))
    assert SECOND in shown
    assert "A new wording" not in shown


def test_either_ends_it_and_each_keeps_a_copy(browser: Client, bens: Client, space: Space) -> None:
    path = propose(browser, space)
    for one in (browser, bens):
        sign(one, path)
    for _ in range(2):
        assert bens.post(path + "end/").status_code == 302
    for one in (browser, bens):
        assert FIRST not in page_words(one.get(at(space)))
        kept = page_words(one.get("/journal/agreements/"))
        assert FIRST in kept
        assert "Signed by Ana and Ben" in kept
    assert sign(browser, path).status_code == 409
    late = browser.post(path, words(SECOND, base=1))
    assert late.status_code == 409
    assert SECOND in late.content.decode()
    assert "ended meanwhile" in page_words(late)


def test_days_before_it_was_signed_are_no_gaps(
    browser: Client, bens: Client, space: Space, ana: Any
) -> None:
    path = propose(browser, space)
    for one in (browser, bens):
        sign(one, path)
    for address in (path, at(space)):
        text = browser.get(address).text
        assert 'class="today"' in text
        assert 'class="gap"' not in text, address
    assert browser.get(path).text.count("<option") == 1
    today = timezone.localdate(timezone=ana.zone)
    agreed = datetime.combine(today - timedelta(days=3), time(12), ana.zone)
    Signature.unscoped.update(agreed_at=agreed)
    assert browser.get(path).text.count('class="gap"') == 3
    assert browser.get(path).text.count("<option") == 4
    yesterday = (today - timedelta(days=1)).isoformat()
    browser.post(f"{path}day/", {"day": yesterday, "said": "kept"})
    text = browser.get(path).text
    assert text.count('class="gap"') == 2 and text.count('class="kept"') == 1
    assert "Kept 1 of 1 day you noted" in page_words(browser.get(path))


def test_a_new_wording_goes_on_with_the_same_thread(
    browser: Client, bens: Client, space: Space
) -> None:
    path = propose(browser, space)
    for one in (browser, bens):
        sign(one, path)
    today = timezone.localdate().isoformat()
    browser.post(f"{path}day/", {"day": today, "said": "kept"})
    bens.post(path, words(SECOND, base=1))
    for one in (browser, bens):
        sign(one, path, 2)
    assert "Kept 1 of 1 day you noted" in page_words(browser.get(path))
    assert "Kept 1 of 1 day you noted" in page_words(browser.get(at(space)))
    browser.post(f"{path}day/", {"day": today, "said": "missed"})
    assert "Kept 0 of 1 day you noted" in page_words(browser.get(path))
    browser.post(f"{path}day/", {"day": today, "said": ""})
    assert "No day noted yet" in page_words(browser.get(path))


def test_days_are_noted_by_each_for_themselves(browser: Client, bens: Client, space: Space) -> None:
    path = propose(browser, space)
    for one in (browser, bens):
        sign(one, path)
    before = page_words(bens.get(at(space)))
    today = timezone.localdate()
    for ago, said in ((0, "kept"), (1, "missed"), (2, "kept")):
        day = (today - timedelta(days=ago)).isoformat()
        assert browser.post(path + "day/", {"day": day, "said": said}).status_code == 302
    assert "Kept 2 of 3 days you noted" in page_words(browser.get(at(space)))
    assert page_words(bens.get(at(space))) == before
    browser.post(path + "day/", {"day": today.isoformat(), "said": ""})
    assert "Kept 1 of 2 days you noted" in page_words(browser.get(path))


@pytest.mark.parametrize("day", ["", "heron", "2020-01-01", "2999-01-01"])
def test_no_other_day_can_be_noted(browser: Client, bens: Client, space: Space, day: str) -> None:
    path = propose(browser, space)
    for one in (browser, bens):
        sign(one, path)
    refused = browser.post(path + "day/", {"day": day, "said": "kept"})
    assert refused.status_code == 422
    assert "one of the last fourteen days" in page_words(refused)


def test_no_day_is_noted_before_anything_holds(browser: Client, space: Space) -> None:
    path = propose(browser, space)
    said = {"day": timezone.localdate().isoformat(), "said": "kept"}
    assert browser.post(path + "day/", said).status_code == 404


@pytest.mark.parametrize("version", ["", "0", "x", "99999999999999999999"])
def test_a_broken_version_signs_nothing(browser: Client, space: Space, version: str) -> None:
    path = propose(browser, space)
    assert browser.post(path + "sign/", {"version": version}).status_code == 409
    assert not Signature.unscoped.exists()


@pytest.mark.parametrize("text", ["", "   ", "p" * 2001])
def test_what_is_refused_stays_in_its_field(browser: Client, space: Space, text: str) -> None:
    shown = browser.post(at(space, "agreements/new/"), words(text))
    assert shown.status_code == 422
    assert text in shown.content.decode()
    path = propose(browser, space)
    shown = browser.post(path, words(text, base=1))
    assert shown.status_code == 422
    assert text in shown.content.decode()
    assert Post.unscoped.filter(kind="wording").count() == 1


def test_a_coach_reads_and_signs_nothing(
    browser: Client, browser_of: Any, people: dict[str, Any], ana: Any, ben: Any, space: Space
) -> None:
    from tests.rooms import bring_coach

    bring_coach(ana, ben, people["cleo"], space)
    path = propose(browser, space)
    cleos = browser_of(people["cleo"])
    assert sign(cleos, path).status_code == 404
    assert cleos.post(path, words(SECOND, base=1)).status_code == 404
    assert cleos.post(path + "end/").status_code == 404


def test_a_copy_outlives_the_room_and_an_unsigned_one_does_not(
    browser: Client, bens: Client, space: Space, ana: Any, ben: Any
) -> None:
    from journal.spaces.leaving import leave

    path = propose(browser, space)
    for one in (browser, bens):
        sign(one, path)
    other = propose(browser, space, "Never signed by Ana.")
    sign(bens, other)
    leave(ana, space.pk)
    leave(ben, space.pk)
    assert not Space.unscoped.exists()
    for one in (browser, bens):
        kept = page_words(one.get("/journal/agreements/"))
        assert FIRST in kept
        assert "Never signed" not in kept
    assert Signature.unscoped.count() == 2


def test_erasing_an_account_leaves_the_others_copy(
    browser: Client, bens: Client, space: Space, ana: Any
) -> None:
    path = propose(browser, space)
    for one in (browser, bens):
        sign(one, path)
    ana.delete()
    assert FIRST in page_words(bens.get("/journal/agreements/"))
    assert Signature.unscoped.count() == 1


def test_what_happens_when_the_jar_is_full_is_worded_by_turns(
    browser: Client, bens: Client, space: Space
) -> None:
    path = at(space, "full/")
    assert browser.post(path, words("A night in Whitby.")).status_code == 302
    assert "A night in Whitby." in page_words(bens.get(at(space)))
    assert bens.post(path, words("Two nights in Whitby.", base=1)).status_code == 302
    clash = browser.post(path, words("A night at home.", base=1))
    assert clash.status_code == 409
    for text in ("Two nights in Whitby.", "A night at home."):
        assert text in page_words(clash)
    browser.post(path, words("A night at home.", base=2))
    assert "A night at home." in page_words(bens.get(at(space)))
    assert Agreement.unscoped.count() == 1


def test_both_may_begin_the_wish_at_one_moment(browser: Client, bens: Client, space: Space) -> None:
    path = at(space, "full/")
    first, second = words("Whitby."), words("Rome.")
    browser.post(path, first)
    clash = bens.post(path, second)
    assert clash.status_code == 409
    for text in ("Whitby.", "Rome."):
        assert text in page_words(clash)
    assert browser.post(path, first).status_code == 302, "a second click of the first"


def test_a_promise_of_another_room_is_not_there(
    browser: Client, people: dict[str, Any], space: Space, browser_of: Any
) -> None:
    from tests.rooms import a_room

    other = a_room(people["pia"], people["eve"])
    theirs = propose(browser_of(people["pia"]), other).rstrip("/").rpartition("/")[2]
    for row in (theirs, uuid.uuid4()):
        path = at(space, f"agreements/{row}/")
        assert browser.get(path).status_code == 404
        assert sign(browser, path).status_code == 404
