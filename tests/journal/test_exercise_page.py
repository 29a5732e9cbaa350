"""Writing an exercise: views, pages, finishing, beginning anew, sittings, a guide that changed."""

import re
import shutil
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from journal.entries.models import Entry, Revision
from journal.relationships.models import Relationship
from journal.vault.keyring import Keyring
from steps import catalogue

from .conftest import original
from .posting import body, fields, fill, read, words

pytestmark = pytest.mark.django_db

ASK = "/path/communicate-openly/clear-ask/"
FEEL = "/practice/self-care/feelings-words/"
SITTINGS = "/practice/self-care/expressive-writing/"


def answers(entry: Entry) -> dict[str, Any]:
    fresh = Entry.objects.written_by(entry.author).get(pk=entry.pk)
    return dict(fresh.body(Keyring.of(entry.author))["answers"])


def begun(browser: Client, wish: str = "An hour without phones.") -> Entry:
    fill(browser, ASK, {"answer-wish": wish, "then": "next"})
    return Entry.unscoped.get()


def test_finish_later_leads_to_today_and_today_leads_back(
    browser: Client, mending: Relationship
) -> None:
    assert fill(browser, ASK, {"answer-wish": "An hour.", "then": "later"})["Location"] == "/"
    entry = Entry.unscoped.get()
    assert entry.finished_at is None
    assert f'href="/journal/{entry.pk}/edit/"' in browser.get("/").content.decode()
    assert read(browser.get(f"/journal/{entry.pk}/edit/")).areas["answer-wish"] == "An hour."
    assert read(browser.get(ASK)).areas["answer-wish"] == "An hour."


def test_next_and_back_move_by_one_and_keep_what_was_written(
    browser: Client, mending: Relationship
) -> None:
    assert fill(browser, ASK, {"answer-wish": "a", "then": "next"})["Location"] == f"{ASK}?at=1"
    assert fill(browser, f"{ASK}?at=1", {"answer-hints": "b", "then": "back"})["Location"] == ASK
    assert fill(browser, f"{ASK}?at=2", {"answer-need": "c", "then": "next"})["Location"] == (
        f"{ASK}?at=3"
    )
    assert answers(Entry.unscoped.get()) == {"wish": "a", "hints": ["b"], "need": "c"}


def test_it_can_be_finished_from_any_page_once_a_line_is_written(
    browser: Client, mending: Relationship
) -> None:
    assert ("then", "finish") not in read(browser.get(ASK)).buttons
    assert fill(browser, f"{ASK}?at=2", {"then": "finish"}).status_code == 422
    response = fill(browser, f"{ASK}?at=2", {"answer-need": "rest", "then": "finish"})
    entry = Entry.unscoped.get()
    assert response["Location"] == f"/journal/{entry.pk}/"
    assert entry.finished_at


def test_a_line_on_another_page_is_enough_to_finish(browser: Client, mending: Relationship) -> None:
    begun(browser)
    assert ("then", "finish") in read(browser.get(f"{ASK}?at=4")).buttons
    assert fill(browser, f"{ASK}?at=4", {"then": "finish"}).status_code == 302
    assert Entry.unscoped.get().finished_at


def test_taking_every_word_back_leaves_nothing_to_finish(
    browser: Client, mending: Relationship
) -> None:
    entry = begun(browser)
    response = fill(browser, ASK, {"answer-wish": "", "then": "finish"})
    assert response.status_code == 422
    assert answers(entry)["wish"] == "An hour without phones."
    assert fill(browser, ASK, {"answer-wish": "", "then": "later"}).status_code == 302
    assert answers(entry)["wish"] == ""


def test_the_view_is_the_persons_choice_and_stays(
    browser: Client, browser_of: Callable[..., Client], ana: Any, mending: Relationship
) -> None:
    assert "Question 1 of" in words(browser.get(ASK))
    fill(browser, ASK, {"answer-wish": "a", "then": "whole"})
    shown = browser_of(ana).get(FEEL)
    assert len(fields(shown)["asked"]) == len(catalogue.get().exercises["feelings-words"].fields)
    fill(browser, ASK, {"answer-need": "b", "then": "single"})
    assert "Question 1 of" in words(browser.get(ASK))
    assert answers(Entry.unscoped.get())["wish"] == "a"
    assert answers(Entry.unscoped.get())["need"] == "b"


@pytest.mark.parametrize("whole_first", [True, False])
def test_a_view_switched_in_another_tab_empties_no_question(
    browser: Client, ana: Any, mending: Relationship, whole_first: bool
) -> None:
    entry = begun(browser)
    ana.whole_sheet = whole_first
    ana.save()
    old = fields(browser.get(f"{ASK}?at=0"))
    ana.whole_sheet = not whole_first
    ana.save()
    response = browser.post(ASK, {**old, "answer-wish": "Two hours.", "then": "later"})
    assert response.status_code == 302
    assert answers(entry)["wish"] == "Two hours."
    old = fields(browser.get(f"{ASK}?at=2"))
    name = "answer-need" if "answer-need" in old else "answer-wish"
    ana.whole_sheet = whole_first
    ana.save()
    browser.post(ASK, {**old, name: "changed", "then": "later"})
    said = answers(entry)
    assert said[name.removeprefix("answer-")] == "changed"
    assert said["wish"]


def test_again_begins_a_new_one_and_leaves_the_unfinished_one_alone(
    browser: Client, mending: Relationship
) -> None:
    first = begun(browser)
    shown = browser.get(f"{ASK}?again")
    assert read(shown).areas["answer-wish"] == ""
    response = fill(browser, f"{ASK}?again", {"then": "next"})
    assert read(browser.get(response["Location"])).forms
    assert fields(browser.get(response["Location"]))["base_version"] == "0"
    response = fill(browser, response["Location"], {"answer-hints": "new", "then": "next"})
    assert Entry.unscoped.count() == 2
    assert answers(first) == {"wish": "An hour without phones."}
    second = Entry.unscoped.exclude(pk=first.pk).get()
    assert answers(second) == {"hints": ["new"]}
    assert fields(browser.get(response["Location"]))["entry_id"] == str(second.pk)


def test_a_finished_one_is_changed_where_it_is_read_and_the_next_begins_blank(
    browser: Client, mending: Relationship
) -> None:
    entry = begun(browser)
    stale = fields(browser.get(ASK))
    fill(browser, ASK, {"then": "finish"})
    finished = Entry.unscoped.get().finished_at
    assert read(browser.get(ASK)).areas["answer-wish"] == ""
    edit = f"/journal/{entry.pk}/edit/"
    assert fill(browser, edit, {"answer-wish": "Three.", "then": "next"})["Location"] == (
        f"{edit}?at=1"
    )
    response = fill(browser, f"{edit}?at=1", {"answer-hints": "x", "then": "finish"})
    assert response["Location"] == f"/journal/{entry.pk}/"
    assert Entry.unscoped.get().finished_at == finished
    assert answers(entry) == {"wish": "Three.", "hints": ["x"]}
    # A page from before it was finished still finds it.
    response = browser.post(ASK, {**stale, "then": "later"})
    assert response.status_code == 409
    assert Entry.unscoped.count() == 1


def test_two_unfinished_ones_are_each_written_on_from_their_own_page(
    browser: Client, mending: Relationship
) -> None:
    first = begun(browser)
    fill(browser, f"{ASK}?again", {"answer-wish": "second", "then": "later"})
    edit = f"/journal/{first.pk}/edit/"
    response = fill(browser, edit, {"answer-wish": "first", "then": "next"})
    assert response["Location"] == f"{edit}?at=1"
    assert "first" in answers(first)["wish"]
    assert "second" in {answers(entry)["wish"] for entry in Entry.unscoped.all()}


@pytest.mark.parametrize("at", ["9999", "99", "-1", "x", "1.5", "²", "٣", "", "0x1", "1e3"])
def test_a_page_that_is_not_there_shows_one_that_is(
    browser: Client, mending: Relationship, at: str
) -> None:
    assert browser.get(ASK, {"at": at}).status_code == 200
    response = browser.post(ASK, {**fields(browser.get(ASK)), "at": at, "answer-wish": "a"})
    assert response.status_code == 302
    assert browser.get(response["Location"]).status_code == 200
    assert answers(Entry.unscoped.get())["wish"] == "a"


def test_an_unknown_way_on_keeps_the_words_and_stays(
    browser: Client, mending: Relationship
) -> None:
    response = fill(browser, ASK, {"answer-wish": "a", "then": "sideways"})
    assert response["Location"] == ASK
    assert answers(Entry.unscoped.get())["wish"] == "a"


def test_named_pages_are_written_one_page_at_a_time(browser: Client, mending: Relationship) -> None:
    url = "/path/own-your-mistakes/apology-builder/"
    for number, name in enumerate(("What I did", "What it cost you", "What I will do now"), 1):
        shown = words(browser.get(url))
        assert f"Page {number} of 3" in shown
        assert name in shown
        url = browser.post(url, fields(browser.get(url)) | {"then": "next"})["Location"]


def test_an_apology_ends_as_one_text_with_the_questions_at_hand(
    browser: Client, mending: Relationship
) -> None:
    address = "/path/own-your-mistakes/apology-builder/"
    fill(browser, address, {"answer-act": "I told five people.", "then": "next"})
    entry = Entry.unscoped.get()
    reading = f"/journal/{entry.pk}/"
    assert "With the questions" not in browser.get(reading).text
    fill(browser, f"{address}?at=1", {"answer-cost": "You had to answer cards.", "then": "finish"})
    article, _, rest = browser.get(reading).text.partition("</article>")
    said = re.findall(r'<p class="words">(.*?)</p>', article)
    assert said == ["I told five people.", "You had to answer cards."]
    assert "<h2" not in article
    assert rest.count('<h2 class="asked">') == 2


def test_feelings_chosen_stay_with_the_entry_when_other_pages_are_saved(
    browser: Client, ana: Any, mending: Relationship
) -> None:
    fill(browser, f"{FEEL}?at=1", {"answer-words": ["uneasy", "tired"], "then": "next"})
    fill(browser, FEEL, {"answer-now": "rain", "then": "next"})
    entry = Entry.unscoped.get()
    assert entry.head(Keyring.of(ana))["feelings"] == ["uneasy", "tired"]
    assert "uneasy" in words(browser.get(f"/journal/{entry.pk}/"))


def test_each_sitting_says_which_it_is_and_begins_anew(browser: Client, ana: Any) -> None:
    for number in (1, 2, 3, 4, 1):
        shown = browser.get(SITTINGS)
        assert f"sitting {number} of 4" in words(shown)
        assert fields(shown)["base_version"] == "0"
        fill(browser, f"{SITTINGS}?at=1", {"answer-writing": f"No. {number}", "then": "later"})
        assert f"sitting {number} of 4" in words(browser.get(SITTINGS))
        fill(browser, SITTINGS, {"then": "finish"})
    titles = [entry.head(Keyring.of(ana))["title"] for entry in Entry.unscoped.all()]
    assert sorted(title[-14:] for title in titles) == [
        "sitting 1 of 4", "sitting 1 of 4", "sitting 2 of 4", "sitting 3 of 4", "sitting 4 of 4",
    ]  # fmt: skip


def test_sittings_are_counted_for_each_relationship(
    browser: Client, mending: Relationship, story_of: Callable[..., Relationship]
) -> None:
    fill(browser, f"{SITTINGS}?at=1", {"answer-writing": "one", "then": "finish"})
    assert "sitting 2 of 4" in words(browser.get(SITTINGS))
    story_of(name="Mo")
    assert "sitting 1 of 4" in words(browser.get(SITTINGS))


def test_a_page_opened_for_one_person_stays_about_them(
    browser: Client, mending: Relationship, story_of: Callable[..., Relationship]
) -> None:
    posted = fields(browser.get(ASK)) | {"answer-wish": "For Ruta.", "then": "later"}
    other = story_of(name="Mo", kind="friend")
    browser.post(ASK, posted)
    assert Entry.unscoped.get().relationship == mending
    posted = fields(browser.get(ASK)) | {"answer-wish": "For Mo.", "then": "later"}
    other.let_go(with_pages=False)
    assert browser.post(ASK, posted).status_code == 302
    kept = Entry.unscoped.exclude(relationship=mending).get()
    assert kept.relationship is None
    assert answers(kept) == {"wish": "For Mo."}


def test_an_unfinished_one_is_found_in_its_own_relationship_alone(
    browser: Client, mending: Relationship, story_of: Callable[..., Relationship]
) -> None:
    begun(browser)
    story_of(name="Mo")
    assert read(browser.get(ASK)).areas["answer-wish"] == ""


def test_an_entry_keeps_the_wording_it_answered(
    browser: Client, mending: Relationship, edition: Callable[[str, str], None]
) -> None:
    entry = begun(browser)
    path = "steps/communicate-openly/clear-ask.md"
    old = catalogue.get().exercises["clear-ask"].fields[0].ask_for("hurt")
    old = catalogue.for_kind(old, "family")
    head, _, rest = original(path).partition("[[fields]]")
    first, _, others = rest.partition("[[fields]]")
    new = '\nkey = "fresh"\ntype = "long"\nask = "A wholly new question?"\n\n'
    edition(path, f"{head}[[fields]]{new}[[fields]]{others}")
    assert first.strip().startswith('key = "wish"')
    assert old in words(browser.get(f"/journal/{entry.pk}/"))
    shown = browser.get(ASK)
    assert old in words(shown)
    assert read(shown).areas["answer-wish"] == "An hour without phones."
    fill(browser, ASK, {"answer-wish": "Two hours.", "then": "finish"})
    assert answers(entry)["wish"] == "Two hours."
    assert "A wholly new question?" in words(browser.get(ASK))


def test_words_posted_for_a_question_that_has_just_left_the_guide_are_kept(
    browser: Client, ana: Any, mending: Relationship, edition: Callable[[str, str], None]
) -> None:
    posted = fields(browser.get(ASK)) | {"answer-wish": "An hour.", "then": "later"}
    path = "steps/communicate-openly/clear-ask.md"
    edition(path, original(path).replace('key = "wish"', 'key = "fresh"'))
    assert browser.post(ASK, posted).status_code == 302
    entry = Entry.unscoped.get()
    assert answers(entry)["wish"] == "An hour."
    assert "An hour." in words(browser.get(f"/journal/{entry.pk}/"))


def test_an_exercise_that_left_the_guide_is_still_read_and_changed(
    browser: Client, ana: Any, mending: Relationship, settings: Any, tmp_path: Any
) -> None:
    entry = begun(browser)
    copy = tmp_path / "content"
    shutil.copytree(settings.CONTENT_DIRS[0], copy)
    for file in copy.rglob("*"):
        if file.is_file() and "clear-ask" in file.name:
            file.unlink()
        elif file.is_file():
            file.write_text(file.read_text("utf-8").replace("clear-ask", "softened-start"))
    settings.CONTENT_DIRS = [copy]
    catalogue.reset()
    assert "clear-ask" not in catalogue.get().exercises
    assert browser.get(ASK).status_code == 404
    assert "An hour without phones." in words(browser.get(f"/journal/{entry.pk}/"))
    edit = f"/journal/{entry.pk}/edit/"
    assert fill(browser, edit, {"answer-wish": "Two.", "then": "finish"}).status_code == 302
    assert answers(entry) == {"wish": "Two."}
    assert Entry.unscoped.get().exercise.key == "clear-ask"
    assert browser.get("/").status_code == 200


def test_a_word_for_a_feeling_that_left_the_guide_stays_chosen(
    browser: Client, ana: Any, mending: Relationship, edition: Callable[[str, str], None]
) -> None:
    fill(browser, f"{FEEL}?at=1", {"answer-words": ["uneasy", "tired"], "then": "next"})
    edition("feelings.toml", original("feelings.toml").replace('"uneasy"', '"restless-new"'))
    assert fields(browser.get(f"{FEEL}?at=1"))["answer-words"] == ["tired", "uneasy"]
    fill(browser, f"{FEEL}?at=1", {"then": "next"})
    assert set(answers(Entry.unscoped.get())["words"]) == {"tired", "uneasy"}


def test_a_stranger_can_neither_see_nor_touch_an_exercise(
    browser: Client, stranger: Client, mending: Relationship
) -> None:
    entry = begun(browser)
    mine = fields(browser.get(ASK))
    mine.pop("owner")  # with it the door refuses at once, see tests/security/
    assert read(stranger.get(ASK)).areas["answer-wish"] == ""
    response = stranger.post(ASK, {**mine, "answer-wish": "Mine now.", "then": "later"})
    assert response.status_code in {302, 403}
    assert answers(entry) == {"wish": "An hour without phones."}
    assert entry.author not in {row.author for row in Entry.unscoped.exclude(pk=entry.pk)}
    assert Revision.unscoped.filter(entry=entry).count() == 1
    nowhere = stranger.get(f"/journal/{uuid.uuid4()}/edit/")
    assert body(stranger.get(f"/journal/{entry.pk}/edit/")) == body(nowhere)


def test_the_example_is_one_link_away(browser: Client, mending: Relationship) -> None:
    for address in (ASK, FEEL):
        shown = browser.get(address).content.decode()
        [example] = re.findall(r'href="(/guide/[^"]+#example)"', shown)
        assert 'id="example"' in browser.get(example.partition("#")[0]).content.decode()


@pytest.mark.parametrize("afraid", ["no", "sometimes", "yes"])
def test_where_fear_was_named_a_page_asks_for_nothing_to_be_said(
    browser: Client, story_of: Callable[..., Relationship], afraid: str
) -> None:
    story_of(kind="partner", part="hurt", afraid=afraid)
    for address in ("/path/quality-time/quality-time-plan/", ASK, FEEL):
        shown = words(browser.get(address))
        assert ("Nothing on it has to be said, shown or done." in shown) is (afraid != "no")
        assert "Nothing on it has to be said" not in words(browser.get(f"{address}?at=1"))
