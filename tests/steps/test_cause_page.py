"""/guide/causes/<key>/: both sides, signs, questions for each part, what to lean on."""

import pytest
from django.test import Client

from steps import catalogue
from steps.pieces import CAUSES, PARTS, for_kind
from tests.steps.reading import check_links, check_reading


@pytest.mark.parametrize("key", CAUSES)
def test_a_cause_is_shown_whole(client: Client, key: str) -> None:
    response = client.get(f"/guide/causes/{key}/")
    main = check_reading(response)
    cause = catalogue.get().causes[key]
    for section in cause.sections:
        assert f'id="{section.id}"' in main
        assert section.html_for() in main
    for part in PARTS:
        assert f'id="questions-{part}"' in main
    assert main.count("<li>") >= sum(len(asks) for asks in cause.questions.values())
    for lean in (*cause.lean_on, *cause.exercises):
        assert lean.key in main
    assert f"Takes about {cause.reading_minutes} minute" in main
    for source in cause.sources:
        assert f"{source.year}." in main
    assert f'<meta name="description" content="{for_kind(cause.summary, None)}"' in (
        response.content.decode().replace("&#x27;", "'")
    )


def test_all_its_links_lead_somewhere(client: Client) -> None:
    for key in CAUSES:
        check_links(client, client.get(f"/guide/causes/{key}/"))


def test_a_cause_that_may_be_dangerous_opens_with_safety(client: Client) -> None:
    for key, cause in catalogue.get().causes.items():
        main = check_reading(client.get(f"/guide/causes/{key}/"))
        assert ('class="notice notice--safety"' in main) == cause.safety_first
    main = check_reading(client.get("/guide/causes/toxic-patterns/"))
    assert main.index("/safety/#fear-and-control") < main.index('id="what"')
    assert "/safety/#help-lines" in main
