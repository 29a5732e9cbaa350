"""/guide/tools/<key>/: the points of a tool, its exercises, a small act."""

import pytest
from django.test import Client

from steps import catalogue
from steps.pieces import TOOLS
from tests.steps.reading import check_links, check_reading


@pytest.mark.parametrize("key", TOOLS)
def test_a_tool_is_shown_whole(client: Client, key: str) -> None:
    response = client.get(f"/guide/tools/{key}/")
    main = check_reading(response)
    guide = catalogue.get()
    tool = guide.tools[key]
    for section in tool.sections:
        assert section.html_for() in main
    assert tool.section("how").html.count("<h3") >= 2
    for exercise in guide.exercises_of(tool):
        assert f'href="{exercise.url}"' in main
    check_links(client, response)


def test_the_one_button_begins_or_practises(client: Client, browser: Client) -> None:
    assert 'href="/begin/"' in client.get("/guide/tools/empathy/").content.decode()
    assert '<a class="btn" href="/practice/empathy/">' in (
        browser.get("/guide/tools/empathy/").content.decode()
    )
