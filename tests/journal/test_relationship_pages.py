"""What somebody is mending: the list, changing, turning to another, pausing, ending, deleting."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from journal.entries.models import Entry, Revision
from journal.relationships.models import PathStep, Relationship
from journal.relationships.story import Story
from journal.vault.keyring import Keyring

from .posting import body, fields, read, words

pytestmark = pytest.mark.django_db

LIST = "/you/relationships/"


def story(row: Relationship) -> Story:
    fresh = Relationship.objects.owned_by(row.owner).get(pk=row.pk)
    return fresh.read(Keyring.of(row.owner))


def change(row: Relationship) -> str:
    return f"{LIST}{row.pk}/"


def test_the_list_shows_them_all_the_chosen_one_first(
    browser: Client, mending: Relationship, story_of: Callable[..., Relationship]
) -> None:
    story_of(name="Mo", kind="friend")
    shown = words(browser.get(LIST))
    assert shown.index("Mo") < shown.index("Ruta")
    assert "A friend. Being mended, and the one your path is about now." in shown


@pytest.mark.parametrize(
    ("afraid", "state", "said"),
    [
        ("no", "active", "Being mended"),
        ("yes", "active", "On your mind"),
        ("sometimes", "active", "On your mind"),
        ("yes", "paused", "Paused"),
    ],
)
def test_nothing_is_called_mended_where_fear_was_named(
    browser: Client, story_of: Callable[..., Relationship], afraid: str, state: str, said: str
) -> None:
    story_of(kind="friend", afraid=afraid, state=state)
    assert f"A friend. {said}, and the one your path is about now." in words(browser.get(LIST))


def test_without_any_the_list_offers_to_begin(browser: Client) -> None:
    assert "There is none yet" in words(browser.get(LIST))


def test_everything_said_can_be_changed(browser: Client, mending: Relationship) -> None:
    posted = fields(browser.get(change(mending)), "story")
    assert posted["causes"] == ["broken-promises", "communication-gaps"]
    assert posted["weight_broken-promises"] == "3"
    said = {
        "name": "R.", "kind": "friend", "part": "both", "afraid": "unsaid",
        "happened": "Both of us.\nAt once.", "causes": ["past-trauma"], "weight_past-trauma": "1",
    }  # fmt: skip
    assert browser.post(change(mending), {**posted, **said})["Location"] == LIST
    assert story(mending) == Story(
        name="R.", kind="friend", part="both", afraid="unsaid", happened="Both of us.\nAt once.",
        causes={"past-trauma": 1},
    )  # fmt: skip


def test_an_untouched_form_changes_nothing(browser: Client, mending: Relationship) -> None:
    before = story(mending)
    posted = fields(browser.get(change(mending)), "story")
    assert browser.post(change(mending), posted).status_code == 302
    assert story(mending) == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "aunt"},
        {"part": "neither"},
        {"afraid": "a bit"},
        {"causes": ["bad-luck"]},
        {"causes": ["broken-promises", "betrayal", "past-trauma", "unmet-needs"]},
        {"weight_betrayal": "9"},
        {"name": "n" * 61},
        {"happened": "h" * 5001},
        {"happened": "a\x00b"},
        {"kind": ""},
        {"version": "x"},
    ],
)
def test_nonsense_is_refused_with_everything_still_there(
    browser: Client, mending: Relationship, wrong: dict[str, Any]
) -> None:
    posted = fields(browser.get(change(mending)), "story") | {"name": "New name"} | wrong
    before = story(mending)
    response = browser.post(change(mending), posted)
    assert response.status_code == 422
    shown = fields(response, "story")
    assert shown["name"] == posted["name"]
    assert shown["happened"] == posted["happened"].replace("\x00", "")
    assert story(mending) == before


def test_an_empty_post_is_refused(browser: Client, mending: Relationship) -> None:
    assert browser.post(change(mending), {}).status_code == 422


def test_a_stale_tab_overwrites_nothing_and_loses_nothing(
    browser: Client, mending: Relationship
) -> None:
    stale = fields(browser.get(change(mending)), "story")
    browser.post(change(mending), {**stale, "happened": "From the other tab."})
    response = browser.post(change(mending), {**stale, "happened": "From the stale tab."})
    assert response.status_code == 409
    assert story(mending).happened == "From the other tab."
    assert "From the other tab." in words(response)
    again = fields(response, "story")
    assert again["happened"] == "From the stale tab."
    assert browser.post(change(mending), again).status_code == 302
    assert story(mending).happened == "From the stale tab."


def test_turning_to_another_turns_today_and_the_path(
    browser: Client, mending: Relationship, story_of: Callable[..., Relationship]
) -> None:
    story_of(name="Mo", kind="friend")
    assert "Mo" in words(browser.get("/path/"))
    assert browser.post(f"{change(mending)}choose/")["Location"] == "/path/"
    shown = words(browser.get("/path/"))
    assert "With Ruta in mind" in shown
    assert "Other paths of yours" in shown


def test_it_can_be_paused_ended_well_and_taken_up_again(
    browser: Client, mending: Relationship
) -> None:
    for state, said in (
        ("paused", "Paused"),
        ("ended", "Ended well"),
        ("active", "Being mended"),
        ("ended", "Ended well"),
    ):
        assert browser.post(f"{change(mending)}state/", {"state": state})["Location"] == LIST
        assert story(mending).state == state
        assert said in words(browser.get(LIST))
        assert browser.get(change(mending)).status_code == 200
        assert browser.get("/path/").status_code == 200
    assert story(mending).happened == "She sold the piano."


@pytest.mark.parametrize("state", ["", "over", "ACTIVE", "active\x00"])
def test_an_unknown_state_is_refused(browser: Client, mending: Relationship, state: str) -> None:
    assert browser.post(f"{change(mending)}state/", {"state": state}).status_code == 400
    assert story(mending).state == "active"


def test_deleting_it_keeps_the_pages_unless_told_otherwise(
    browser: Client, mending: Relationship, page: Entry
) -> None:
    browser.post("/journal/gratitude/", fields(browser.get("/journal/jar/"), 1) | {"text": "Soup"})
    browser.post("/path/communicate-openly/say/", {"state": "open"})
    assert PathStep.unscoped.count() == 1
    shown = browser.get(f"{change(mending)}delete/")
    assert fields(shown, 1)["pages"] == "keep"
    assert browser.post(f"{change(mending)}delete/", fields(shown, 1))["Location"] == LIST
    assert not Relationship.unscoped.exists()
    assert not PathStep.unscoped.exists()
    rows = list(Entry.unscoped.all())
    assert len(rows) == 2
    assert all(row.relationship is None and row.marble is None for row in rows)
    assert "I came home and it was gone." in words(browser.get(f"/journal/{page.pk}/"))


def test_deleting_it_with_its_pages_deletes_every_version_of_them(
    browser: Client, mending: Relationship, page: Entry, story_of: Callable[..., Relationship]
) -> None:
    posted = fields(browser.get("/journal/new/")) | {"text": "About nobody.", "about": ""}
    browser.post("/journal/new/", posted)
    assert browser.post(f"{change(mending)}delete/", {"pages": "delete"}).status_code == 302
    assert [row.relationship for row in Entry.unscoped.all()] == [None]
    assert Revision.unscoped.count() == 1


def test_the_next_one_is_chosen_when_the_chosen_one_goes(
    browser: Client, mending: Relationship, story_of: Callable[..., Relationship]
) -> None:
    row = story_of(name="Mo", kind="friend")
    browser.post(f"{change(row)}delete/")
    assert "With Ruta in mind" in words(browser.get("/path/"))


@pytest.mark.parametrize("where", ["", "choose/", "state/", "delete/"])
def test_a_stranger_finds_nothing_there(
    stranger: Client, nobody: Client, mending: Relationship, where: str
) -> None:
    url = f"{change(mending)}{where}"
    nowhere = f"{LIST}{uuid.uuid4()}/{where}"
    for method in ("get", "post"):
        theirs, missing = getattr(stranger, method)(url), getattr(stranger, method)(nowhere)
        assert theirs.status_code == missing.status_code
        assert theirs.status_code in {404, 405}
        assert body(theirs) == body(missing)
    assert nobody.get(LIST)["Location"].startswith("/accounts/login/")
    assert story(mending).state == "active"


@pytest.mark.parametrize(
    ("where", "methods"),
    [("", ["put"]), ("choose/", ["get", "put"]), ("state/", ["get"]), ("delete/", ["patch"])],
)
def test_other_methods_are_refused(
    browser: Client, mending: Relationship, where: str, methods: list[str]
) -> None:
    for method in methods:
        assert getattr(browser, method)(f"{change(mending)}{where}").status_code == 405


@pytest.mark.parametrize("wrong", ["x", "0", "0308df25-182a-4191-9d1b-cc6c49bdbd7", "..", "%00"])
def test_a_wrong_id_is_not_there(browser: Client, wrong: str) -> None:
    assert browser.get(f"{LIST}{wrong}/").status_code == 404


def test_the_page_of_one_says_nothing_in_braces(
    browser: Client, story_of: Callable[..., Relationship]
) -> None:
    for kind in ("partner", "friend", "family", "colleague", "other"):
        row = story_of(kind=kind, causes={"betrayal": 2})
        assert "{" not in words(browser.get(change(row)))
        assert read(browser.get(change(row))).named["story"]
