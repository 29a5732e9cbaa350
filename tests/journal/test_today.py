"""Today: one answer to "what now?"."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from journal.entries.models import Entry
from journal.entries.sheets import address
from journal.relationships.models import Relationship
from journal.today import NUMBERS
from steps import catalogue

from .posting import fill, save, words
from .test_journal_list import write

pytestmark = pytest.mark.django_db

ASK = "/path/communicate-openly/clear-ask/"
FEEL = "/practice/self-care/feelings-words/"


def leans(row: str = "broken-promises", part: str = "hurt") -> list[str]:
    return [lean.key for lean in catalogue.stress([row], part).exercises]


def offers(browser: Client, key: str) -> bool:
    exercise = catalogue.get().exercises[key]
    where = "path" if exercise.home_kind == "step" else "practice"
    return f'href="/{where}/{exercise.home}/{key}/"' in browser.get("/").content.decode()


def test_with_nothing_yet_it_offers_a_blank_page_and_a_path(browser: Client) -> None:
    shown = browser.get("/").content.decode()
    assert 'href="/journal/new/"' in shown
    assert 'href="/begin/"' in shown
    assert "None" not in words(browser.get("/"))


@pytest.mark.parametrize(
    ("hour", "zone", "greeting"),
    [
        ("2026-11-22T04:59:00Z", "UTC", "Good evening"),
        ("2026-11-22T05:00:00Z", "UTC", "Good morning"),
        ("2026-11-22T12:00:00Z", "UTC", "Good afternoon"),
        ("2026-11-22T18:00:00Z", "UTC", "Good evening"),
        ("2026-11-22T18:00:00Z", "Asia/Tokyo", "Good evening"),
        ("2026-11-22T18:00:00Z", "America/Los_Angeles", "Good morning"),
        ("2026-11-22T23:30:00Z", "Pacific/Auckland", "Good afternoon"),
    ],
)
def test_it_greets_by_the_clock_of_the_person(
    browser: Client, ana: Any, hour: str, zone: str, greeting: str
) -> None:
    ana.time_zone = zone
    ana.save()
    with time_machine.travel(hour, tick=False):
        assert f"{greeting}, Ana." in words(browser.get("/"))


def test_the_date_is_that_of_the_persons_zone(browser: Client, ana: Any) -> None:
    ana.time_zone = "Pacific/Auckland"
    ana.save()
    with time_machine.travel("2026-11-22T12:00:00Z", tick=False):
        assert "Monday 23 November" in words(browser.get("/"))


@pytest.mark.parametrize(
    ("later", "said"),
    [
        (timedelta(hours=1), "earlier today"),
        (timedelta(hours=20), "yesterday"),
        (timedelta(days=3), "on Wednesday"),
        (timedelta(days=6), "on Wednesday"),
        (timedelta(days=7), "a while ago"),
        (timedelta(days=400), "a while ago"),
    ],
)
def test_it_goes_on_where_they_stopped(
    browser: Client, mending: Relationship, ana: Any, later: timedelta, said: str
) -> None:
    ana.time_zone = "UTC"
    ana.save()
    with time_machine.travel(datetime(2026, 11, 18, 10, tzinfo=UTC), tick=False) as clock:
        fill(browser, ASK, {"answer-wish": "An hour without phones.", "then": "later"})
        clock.shift(later)
        browser.force_login(ana)
        shown = browser.get("/")
        entry = Entry.unscoped.get()
        assert f'href="/journal/{entry.pk}/edit/"' in shown.content.decode()
        assert f"You stopped mid-thought {said}." in words(shown)
        assert "An hour without phones." in words(shown)
        assert "The clear ask" in words(shown)


def test_what_is_finished_is_not_where_they_stopped(browser: Client, mending: Relationship) -> None:
    fill(browser, ASK, {"answer-wish": "x", "then": "finish"})
    assert "You stopped" not in words(browser.get("/"))


def test_the_next_small_thing_is_the_first_one_stressed(
    browser: Client, story_of: Callable[..., Relationship]
) -> None:
    story_of(kind="friend", part="hurt", causes={"broken-promises": 2})
    first, second, *_ = leans()
    assert offers(browser, first)
    assert not offers(browser, second)
    why = catalogue.stress(["broken-promises"], "hurt").exercises[0].why
    assert catalogue.get().exercises[first].title in words(browser.get("/"))
    assert why


def test_it_never_offers_what_was_begun_or_finished_before(
    browser: Client, story_of: Callable[..., Relationship]
) -> None:
    story_of(kind="friend", part="hurt", causes={"broken-promises": 2})
    keys = leans()
    for at, key in enumerate(keys[:-1]):
        exercise = catalogue.get().exercises[key]
        where = "path" if exercise.home_kind == "step" else "practice"
        name = f"answer-{exercise.fields[0].key}"
        assert exercise.fields[0].type in {"long", "line"}
        then = "later" if at % 2 else "finish"
        fill(browser, f"/{where}/{exercise.home}/{key}/", {name: "x", "then": then})
        assert not offers(browser, key)
        assert offers(browser, keys[at + 1])


def test_another_relationship_begins_with_its_own_first_thing(
    browser: Client, story_of: Callable[..., Relationship]
) -> None:
    story = {"kind": "friend", "part": "hurt", "causes": {"broken-promises": 2}}
    story_of(**story)
    first = leans()[0]
    exercise = catalogue.get().exercises[first]
    url = f"/path/{exercise.home}/{first}/"
    fill(browser, url, {f"answer-{exercise.fields[0].key}": "x", "then": "finish"})
    assert not offers(browser, first)
    story_of(**story)
    assert offers(browser, first)


def test_a_step_set_aside_or_called_enough_asks_for_nothing(
    browser: Client, story_of: Callable[..., Relationship]
) -> None:
    story_of(kind="friend", part="hurt", causes={"broken-promises": 2})
    first = catalogue.get().exercises[leans()[0]]
    for state in ("aside", "done"):
        browser.post(f"/path/{first.home}/say/", {"state": state})
        assert not offers(browser, first.key)
    browser.post(f"/path/{first.home}/say/", {"state": "open"})
    assert offers(browser, first.key)


def test_with_every_step_set_aside_nothing_is_due(browser: Client, mending: Relationship) -> None:
    for key in catalogue.get().steps:
        browser.post(f"/path/{key}/say/", {"state": "aside"})
    shown = browser.get("/")
    assert shown.status_code == 200
    assert not any(offers(browser, key) for key in leans())
    assert 'href="/journal/new/"' in shown.content.decode()


@pytest.mark.parametrize("state", ["paused", "ended"])
def test_a_relationship_at_rest_asks_for_nothing(
    browser: Client, mending: Relationship, state: str
) -> None:
    fill(browser, ASK, {"answer-wish": "x", "then": "later"})
    fill(browser, FEEL, {"answer-now": "x", "then": "later"})
    browser.post(f"/you/relationships/{mending.pk}/state/", {"state": state})
    shown = words(browser.get("/"))
    assert "You stopped" not in shown
    assert not any(offers(browser, key) for key in catalogue.get().exercises)
    browser.post(f"/you/relationships/{mending.pk}/state/", {"state": "active"})
    assert "You stopped" in words(browser.get("/"))


def test_what_was_begun_without_a_relationship_is_still_found_beside_a_resting_one(
    browser: Client, mending: Relationship
) -> None:
    browser.post(f"/you/relationships/{mending.pk}/state/", {"state": "paused"})
    posted = {"answer-now": "hollow", "about": "", "then": "later"}
    fill(browser, FEEL, posted)
    assert Entry.unscoped.get().relationship is None
    assert "hollow" in words(browser.get("/"))


@pytest.mark.parametrize(
    ("age", "ago"),
    [
        (timedelta(weeks=4, hours=1), "Four weeks ago"),
        (timedelta(weeks=8), "Eight weeks ago"),
        (timedelta(weeks=9), "2 months ago"),
        (timedelta(weeks=52), "13 months ago"),
        (timedelta(weeks=200), "Years ago"),
    ],
)
def test_it_remembers_something_from_a_while_ago(
    browser: Client, ana: Any, age: timedelta, ago: str
) -> None:
    now = timezone.now()
    row = write(ana, now - age, now - timedelta(weeks=3))[0]
    shown = browser.get("/")
    assert f"{ago}, you wrote" in words(shown)
    assert f'href="/journal/{row.pk}/"' in shown.content.decode()


def test_it_remembers_nothing_younger_than_four_weeks(browser: Client, page: Entry) -> None:
    assert "you wrote" not in words(browser.get("/"))


def test_there_is_a_prompt_for_thanks_that_fits_the_person(
    browser: Client, story_of: Callable[..., Relationship]
) -> None:
    for kind in ("partner", "friend", "family", "colleague", "other"):
        story_of(kind=kind)
        assert "{" not in words(browser.get("/"))


def test_the_thanks_of_sixty_days_differ(browser: Client, ana: Any) -> None:
    seen = set()
    prompts = {
        catalogue.for_kind(one.text, None): one.key for one in catalogue.get().prompts["gratitude"]
    }
    begun = datetime(2026, 11, 22, 12, tzinfo=UTC)
    ana.date_joined = begun
    ana.time_zone = "UTC"
    ana.save()
    for day in range(60):
        with time_machine.travel(begun + timedelta(days=day), tick=False):
            browser.force_login(ana)
            shown = words(browser.get("/"))
        seen |= {key for text, key in prompts.items() if " ".join(text.split()) in shown}
    assert len(seen) == 60


def test_it_says_how_many_steps_are_behind_and_that_none_has_a_deadline(
    browser: Client, mending: Relationship
) -> None:
    assert len(catalogue.get().steps) == len(NUMBERS) - 1 == 8
    assert "None of the steps has a deadline." in words(browser.get("/"))
    for number, key in enumerate(catalogue.get().steps, 1):
        browser.post(f"/path/{key}/say/", {"state": "done"})
        steps = "One step" if number == 1 else f"{NUMBERS[number]} steps"
        assert f"{steps} behind you." in words(browser.get("/"))


def test_an_exercise_that_left_the_guide_can_still_be_gone_on_with(
    browser: Client, mending: Relationship, edition: Callable[[str, str], None]
) -> None:
    from steps.models import Exercise

    fill(browser, ASK, {"answer-wish": "An hour.", "then": "later"})
    Entry.unscoped.update(exercise=Exercise.objects.create(key="long-gone", order=999, step_id=1))
    shown = browser.get("/")
    assert "An hour." in words(shown)
    entry = Entry.unscoped.get()
    assert browser.get(f"/journal/{entry.pk}/edit/").status_code == 200


def test_a_stranger_meets_nothing_of_anothers(
    browser: Client, stranger: Client, mending: Relationship, ana: Any
) -> None:
    fill(browser, ASK, {"answer-wish": "Gooseberries.", "then": "later"})
    write(ana, timezone.now() - timedelta(weeks=9))
    shown = words(stranger.get("/"))
    assert "Gooseberries" not in shown
    assert "you wrote" not in shown
    assert "Stan" in shown


def test_other_methods_are_refused(browser: Client) -> None:
    assert browser.post("/", save(text="x")).status_code == 405


def test_the_last_words_begin_with_a_whole_word(browser: Client, mending: Relationship) -> None:
    fill(browser, ASK, {"answer-wish": "gooseberry " * 40, "then": "later"})
    shown = words(browser.get("/"))
    assert "“… gooseberry gooseberry" in shown


def test_whoever_is_afraid_is_offered_only_what_is_stressed_for_that(
    browser: Client, story_of: Callable[..., Relationship]
) -> None:
    story_of(name="K", afraid="sometimes")
    for lean in catalogue.stress([], "hurt", afraid=True).exercises:
        assert offers(browser, lean.key)
        exercise = catalogue.get().exercises[lean.key]
        field = next(one for one in exercise.fields if one.type in {"long", "line"})
        fill(browser, address(exercise), {f"answer-{field.key}": "x", "then": "finish"})
    shown = words(browser.get("/"))
    assert "Write what is there" in shown
    assert "A next page, if you like" not in shown
