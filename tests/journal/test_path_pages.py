"""The path and its steps: states said and never inferred, reasons in words."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from journal.entries.models import Entry
from journal.relationships.models import PathStep, Relationship
from journal.relationships.path import path_of
from journal.relationships.story import KINDS, PARTS
from journal.vault.keyring import Keyring
from steps import catalogue

from .posting import body, fill, words

pytestmark = pytest.mark.django_db

STEPS = list(catalogue.get().steps)


def say(browser: Client, step: str, state: str) -> Any:
    return browser.post(f"/path/{step}/say/", {"state": state})


def states(row: Relationship) -> dict[str, tuple[str, int]]:
    keyring = Keyring.of(row.owner)
    walked = path_of(row, row.read(keyring), keyring)
    return {place.step.key: (place.state, place.round) for place in walked.places}


def test_without_a_relationship_the_path_leads_to_the_beginning(browser: Client) -> None:
    shown = browser.get("/path/")
    assert shown.status_code == 200
    assert 'href="/begin/"' in shown.content.decode()
    assert browser.get("/path/quality-time/")["Location"] == "/path/"
    assert say(browser, "quality-time", "open")["Location"] == "/path/"


def test_the_path_is_eight_steps_in_the_guides_order(browser: Client, mending: Any) -> None:
    shown = words(browser.get("/path/"))
    steps = catalogue.get().steps.values()
    places = [shown.rindex(f" {step.title_for('family')} ") for step in steps]
    assert places == sorted(places)
    assert len(places) == 8


@pytest.mark.parametrize("kind", KINDS)
def test_couples_are_spoken_of_to_partners_alone(
    browser: Client, story_of: Callable[..., Relationship], kind: str
) -> None:
    story_of(kind=kind)
    for page in ("/path/", "/path/therapy-or-coaching/"):
        shown = words(browser.get(page))
        assert ("Try couples therapy or relationship coaching" in shown) is (kind == "partner")


@pytest.mark.parametrize("kind", KINDS)
def test_who_is_afraid_is_sent_to_no_mediator_and_no_couples_therapist(
    browser: Client, story_of: Callable[..., Relationship], kind: str
) -> None:
    story_of(kind=kind, afraid="yes")
    shown = words(browser.get("/path/"))
    assert "Find help that is for you" in shown
    assert "mediat" not in shown.lower()
    assert "couples" not in shown.lower()


def test_what_to_lean_on_is_said_with_its_reason(browser: Client, mending: Relationship) -> None:
    shown = words(browser.get("/path/"))
    lean = catalogue.stress(["broken-promises", "communication-gaps"], "hurt")
    assert lean.steps
    for step in lean.steps:
        assert catalogue.for_kind(step.why, "family") in shown
        assert catalogue.for_kind(step.why, "family") in words(browser.get(f"/path/{step.key}/"))
    for opening in lean.openings:
        assert catalogue.for_kind(opening, "family") in shown


def test_the_weightier_cause_leads(story_of: Callable[..., Relationship], browser: Client) -> None:
    story_of(kind="friend", part="hurt", causes={"unmet-needs": 1, "broken-promises": 3})
    first = catalogue.get().rows["broken-promises", "hurt"].opening
    shown = words(browser.get("/path/"))
    other = catalogue.get().rows["unmet-needs", "hurt"].opening
    assert shown.index(catalogue.for_kind(first, "friend")) < shown.index(
        catalogue.for_kind(other, "friend")
    )


@pytest.mark.parametrize("afraid", ["yes", "sometimes"])
def test_where_fear_was_named_safety_comes_first_and_nothing_together(
    browser: Client, story_of: Callable[..., Relationship], afraid: str
) -> None:
    story_of(kind="partner", part="hurt", afraid=afraid, causes={"communication-gaps": 2})
    assert "Safety comes before repair" in words(browser.get("/path/"))
    for key in STEPS:
        shown = browser.get(f"/path/{key}/").content.decode()
        assert 'id="together"' not in shown
        assert "/safety/" in shown


def test_where_fear_was_named_no_step_asks_anything_of_the_other(
    browser: Client, story_of: Callable[..., Relationship]
) -> None:
    story_of(kind="partner", part="hurt", afraid="yes", causes={"communication-gaps": 2})
    shown = words(browser.get("/path/"))
    for step in catalogue.get().steps.values():
        assert step.summary not in shown
        leaned = step.key in {"healthy-boundaries", "therapy-or-coaching"}
        own = catalogue.for_kind(step.afraid, "partner")
        assert (own in shown) is not leaned
        page = words(browser.get(f"/path/{step.key}/"))
        assert leaned or own in page
        assert step.afraid_act in page
        assert catalogue.for_kind(step.small_act, "partner") not in page


def test_a_step_says_what_the_person_says_of_it(browser: Client, mending: Relationship) -> None:
    assert states(mending) == dict.fromkeys(STEPS, ("ahead", 1))
    assert say(browser, "quality-time", "open")["Location"] == "/path/quality-time/"
    assert states(mending)["quality-time"] == ("open", 1)
    assert say(browser, "quality-time", "done")["Location"] == "/path/"
    assert states(mending)["quality-time"] == ("done", 1)
    assert "Enough for now" in words(browser.get("/path/"))
    assert say(browser, "healthy-boundaries", "aside").status_code == 302
    assert "Set aside" in words(browser.get("/path/healthy-boundaries/"))
    others = set(STEPS) - {"quality-time", "healthy-boundaries"}
    assert {states(mending)[key] for key in others} == {("ahead", 1)}


def test_walking_a_finished_step_again_is_its_next_round(
    browser: Client, mending: Relationship
) -> None:
    for number in (1, 2, 3):
        say(browser, "quality-time", "open")
        assert states(mending)["quality-time"] == ("open", number)
        say(browser, "quality-time", "open")
        assert states(mending)["quality-time"] == ("open", number)
        say(browser, "quality-time", "done")
        assert states(mending)["quality-time"] == ("done", number)
    assert "round 3" in words(browser.get("/path/quality-time/"))


def test_setting_aside_and_opening_again_is_no_new_round(
    browser: Client, mending: Relationship
) -> None:
    for state in ("open", "aside", "open"):
        say(browser, "quality-time", state)
    assert states(mending)["quality-time"] == ("open", 1)


def test_writing_on_a_step_opens_it_and_finishing_an_exercise_says_nothing_of_it(
    browser: Client, mending: Relationship
) -> None:
    key = catalogue.get().steps["communicate-openly"].exercises[0]
    exercise = catalogue.get().exercises[key]
    url = f"/path/communicate-openly/{key}/"
    name = f"answer-{next(f.key for f in exercise.fields if f.type in {'long', 'line'})}"
    browser.get(url)
    assert states(mending)["communicate-openly"] == ("ahead", 1)
    fill(browser, url, {"then": "whole"})
    assert states(mending)["communicate-openly"] == ("ahead", 1)
    fill(browser, url, {name: "hello", "then": "finish"})
    assert Entry.unscoped.get().finished_at
    assert states(mending)["communicate-openly"] == ("open", 1)


def test_writing_on_a_step_set_aside_leaves_it_aside(
    browser: Client, mending: Relationship
) -> None:
    say(browser, "communicate-openly", "aside")
    fill(browser, "/path/communicate-openly/clear-ask/", {"answer-wish": "hello", "then": "later"})
    assert Entry.unscoped.count() == 1
    assert states(mending)["communicate-openly"] == ("aside", 1)


def test_each_relationship_has_a_path_of_its_own(
    browser: Client, mending: Relationship, story_of: Callable[..., Relationship]
) -> None:
    say(browser, "quality-time", "done")
    other = story_of(name="Mo", kind="friend")
    say(browser, "quality-time", "aside")
    assert states(mending)["quality-time"] == ("done", 1)
    assert states(other)["quality-time"] == ("aside", 1)


@pytest.mark.parametrize("state", ["", "ahead", "finished", "open\x00", "OPEN"])
def test_an_unknown_word_for_a_step_is_refused(
    browser: Client, mending: Relationship, state: str
) -> None:
    assert say(browser, "quality-time", state).status_code == 400
    assert not PathStep.unscoped.exists()


@pytest.mark.parametrize("key", ["no-such-step", "gratitude", "clear-ask"])
def test_an_unknown_step_is_not_there(browser: Client, mending: Relationship, key: str) -> None:
    assert browser.get(f"/path/{key}/").status_code == 404
    assert say(browser, key, "open").status_code == 404


def test_other_methods_are_refused(browser: Client, mending: Relationship) -> None:
    assert browser.post("/path/").status_code == 405
    assert browser.post("/path/quality-time/").status_code == 405
    assert browser.get("/path/quality-time/say/").status_code == 405


@pytest.mark.parametrize("key", STEPS)
def test_a_step_fits_every_kind_and_part(
    browser: Client, story_of: Callable[..., Relationship], key: str
) -> None:
    step = catalogue.get().steps[key]
    for at, (kind, part) in enumerate((kind, part) for kind in KINDS for part in PARTS):
        story_of(kind=kind, part=part, causes={"betrayal": 2} if at % 2 else {})
        shown = words(browser.get(f"/path/{key}/"))
        assert "{" not in shown
        for question in step.questions[part]:
            assert catalogue.for_kind(question, kind) in shown
        for exercise in step.exercises:
            assert catalogue.get().exercises[exercise].title in shown


def test_a_step_shows_what_was_written_on_it_here_and_nothing_else(
    browser: Client, mending: Relationship, page: Entry, story_of: Callable[..., Relationship]
) -> None:
    fill(browser, "/path/communicate-openly/clear-ask/", {"answer-wish": "x", "then": "later"})
    shown = words(browser.get("/path/communicate-openly/"))
    assert "What you wrote here" in shown
    assert "Not finished" in shown
    assert "The piano" not in shown
    assert "What you wrote here" not in words(browser.get("/path/quality-time/"))
    story_of(name="Mo")
    assert "What you wrote here" not in words(browser.get("/path/communicate-openly/"))


def test_a_stranger_sees_their_own_path_and_nothing_of_anothers(
    browser: Client, stranger: Client, nobody: Client, mending: Relationship
) -> None:
    before = body(stranger.get("/path/"))
    say(browser, "quality-time", "open")
    assert body(stranger.get("/path/")) == before
    assert "Ruta" not in before
    assert nobody.get("/path/")["Location"].startswith("/accounts/login/")
    assert nobody.post("/path/quality-time/say/").status_code in {302, 403}


def test_the_path_says_where_to_begin_and_where_to_go_on(
    browser: Client, story_of: Callable[..., Relationship]
) -> None:
    row = story_of(kind="friend", part="hurt", afraid="no", causes={"betrayal": 2})
    first, second, *_ = catalogue.stress(["betrayal"], "hurt").steps
    reasons = {lean.key: catalogue.for_kind(lean.why, "friend") for lean in (first, second)}
    shown = words(browser.get("/path/"))
    assert f"{reasons[first.key]} Begin here" in shown
    assert f"{reasons[second.key]} Lean here" in shown
    say(browser, first.key, PathStep.ENOUGH)
    assert states(row)[first.key][0] == PathStep.ENOUGH
    shown = words(browser.get("/path/"))
    assert "Begin here" not in shown
    assert f"{reasons[second.key]} Go on here" in shown


@pytest.mark.parametrize("step", STEPS)
def test_whoever_is_afraid_reads_first_when_a_step_is_not_enough(
    browser: Client, story_of: Callable[..., Relationship], step: str
) -> None:
    found = catalogue.get().steps[step]
    caution, idea = (f">{found.section(id).title}</h2>" for id in ("not-enough", "idea"))
    for afraid, first in (("no", idea), ("sometimes", caution)):
        story_of(afraid=afraid)
        shown = body(browser.get(f"/path/{step}/"))
        assert shown.count(caution) == shown.count(idea) == 1
        assert min(caution, idea, key=shown.index) == first


@pytest.mark.parametrize("step", STEPS)
def test_no_step_leads_whoever_is_afraid_to_the_one_they_fear(
    browser: Client, story_of: Callable[..., Relationship], step: str
) -> None:
    stressed = {lean.key for lean in catalogue.stress([], "hurt", afraid=True).exercises}
    story_of(afraid="sometimes")
    shown = words(browser.get(f"/path/{step}/"))
    exercises = [catalogue.get().exercises[key] for key in catalogue.get().steps[step].exercises]
    led_to = {one.key for one in exercises if f"Begin with {one.title}" in shown}
    assert led_to <= stressed
    assert all(one.title in shown for one in exercises)
    story_of(afraid="no")
    assert "Begin with" in words(browser.get(f"/path/{step}/"))


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("step", STEPS)
def test_no_step_asks_whoever_is_afraid_about_the_one_they_fear(
    browser: Client, story_of: Callable[..., Relationship], step: str, part: str
) -> None:
    story_of(part=part, afraid="sometimes")
    shown = words(browser.get(f"/path/{step}/"))
    for question in catalogue.get().steps[step].questions[part]:
        asks = "{person" in question.lower()
        assert (catalogue.for_kind(question, "other") in shown) is not asks, question
