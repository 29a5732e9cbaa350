"""/guide/steps/<key>/: the idea, exercises, questions for each part, a small act, the path."""

from typing import Any

import pytest
from django.test import Client

from steps import catalogue
from steps.pieces import PARTS, STEPS
from tests.steps.reading import check_links, check_reading


@pytest.mark.parametrize("key", STEPS)
def test_a_step_is_shown_whole(client: Client, key: str) -> None:
    main = check_reading(client.get(f"/guide/steps/{key}/"))
    guide = catalogue.get()
    step = guide.steps[key]
    for section in step.sections:
        assert section.html_for() in main
    for part in PARTS:
        assert f'id="questions-{part}"' in main
    for exercise in guide.exercises_of(step):
        assert f'href="{exercise.url}"' in main
        assert f"{exercise.minutes} minutes" in main
    for cause in guide.causes.values():
        leaning = [lean.key for lean in cause.lean_on]
        assert (f'href="{cause.url}"' in main) is (key in leaning)
    assert "A small act for this week" in main
    assert main.count('aria-current="page"') == 1
    assert main.index('id="idea"') < main.index('id="exercises"') < main.index('id="enough"')


def test_all_its_links_lead_somewhere(client: Client) -> None:
    for key in STEPS:
        check_links(client, client.get(f"/guide/steps/{key}/"))


def test_the_one_button_begins_or_walks_this_step(client: Client, browser: Client) -> None:
    assert '<a class="btn" href="/begin/">Walk this step</a>' in (
        client.get("/guide/steps/quality-time/").content.decode()
    )
    assert '<a class="btn" href="/path/quality-time/">Walk this step</a>' in (
        browser.get("/guide/steps/quality-time/").content.decode()
    )


def test_a_signed_in_page_costs_no_query_of_its_own(
    browser: Client, django_assert_max_num_queries: Any
) -> None:
    browser.get("/guide/steps/quality-time/")
    with django_assert_max_num_queries(3):  # the session and the person in the header
        browser.get("/guide/steps/quality-time/")
