"""An exercise can be read before it is done: purpose, questions for each part, an example."""

from html import escape

import pytest
from django.test import Client

from steps import catalogue
from steps.pieces import PARTS, for_kind
from tests.steps.reading import check_links, check_reading


def test_every_exercise_can_be_read(client: Client) -> None:
    for exercise in catalogue.get().exercises.values():
        main = check_reading(client.get(exercise.url))
        assert escape(for_kind(exercise.purpose, None)) in main
        assert f"About {exercise.minutes} minutes with a pen" in main
        for field in exercise.fields:
            for part in PARTS:
                assert escape(for_kind(field.ask_for(part), None)) in main
            for option in field.options:
                assert escape(for_kind(option.label, None)) in main
        for cause in catalogue.get().causes.values():
            fits = exercise.key in [lean.key for lean in cause.exercises]
            assert (f'<h3><a href="{cause.url}">' in main) is fits
        assert exercise.example is not None
        assert exercise.example.html_for() in main


def test_questions_that_differ_are_named_for_each_part(client: Client) -> None:
    main = check_reading(client.get("/guide/steps/own-your-mistakes/the-cost-list/"))
    assert main.count("If you were hurt") >= 1
    assert main.count("If it went both ways") >= 1


def test_a_question_that_serves_two_parts_stands_there_once(client: Client) -> None:
    for exercise in catalogue.get().exercises.values():
        main = check_reading(client.get(exercise.url))
        for field in exercise.fields:
            asks = {field.ask_for(part) for part in PARTS}
            for ask in asks:
                assert main.count(f'asking__ask">{escape(for_kind(ask, None))}<') == 1, exercise.key
    main = check_reading(client.get("/guide/steps/own-your-mistakes/apology-builder/"))
    assert "<dt>If you did the hurting, or it went both ways</dt>" in main


def test_a_frame_shows_its_gaps(client: Client) -> None:
    main = check_reading(client.get("/guide/steps/communicate-openly/softened-start/"))
    assert 'I felt <span class="gap">feeling</span> when' in main
    main = check_reading(client.get("/guide/steps/communicate-openly/clear-ask/"))
    assert 'When <span class="gap">it happens</span>, would you' in main


def test_an_exercise_in_sittings_says_so_and_names_its_clock(client: Client) -> None:
    exercise = next(one for one in catalogue.get().exercises.values() if one.sittings > 1)
    main = check_reading(client.get(exercise.url))
    assert f"in {exercise.sittings} sittings" in main
    assert f"a clock of {exercise.timer} minutes" in main


def test_a_warning_comes_before_the_first_question(client: Client) -> None:
    warned = [one for one in catalogue.get().exercises.values() if one.warning]
    assert warned
    for exercise in warned:
        main = check_reading(client.get(exercise.url))
        assert main.index("Before you begin") < main.index("The questions")


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("/guide/steps/communicate-openly/clear-ask/", "/path/communicate-openly/clear-ask/"),
        (
            "/guide/tools/communication-skills/daily-check-in/",
            "/practice/communication-skills/daily-check-in/",
        ),
    ],
)
def test_the_one_button_begins_or_opens_the_page(
    client: Client, browser: Client, path: str, there: str
) -> None:
    assert '<a class="btn" href="/begin/">' in client.get(path).content.decode()
    assert f'<a class="btn" href="{there}">Write this page</a>' in (
        browser.get(path).content.decode()
    )


def test_its_links_lead_somewhere(client: Client) -> None:
    for key in ("clear-ask", "apology-builder", "expressive-writing", "red-flag-review"):
        check_links(client, client.get(catalogue.get().exercises[key].url))
